package config

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"cargohome/internal/fsx"
	"cargohome/internal/staging"
)

// Change is a change to a configuration file, made up to its last step: what refuses, or
// fails, does so before [Change.Commit]. A nil one changes nothing.
type Change struct {
	Path    string // of the file
	Differs bool   // whether there is anything to change
	Made    bool   // whether that is done

	file *staging.Replacement // nil before [Change.Prepare], and after it was made or undone
	text []byte
}

// NewChange works out how the file at path, which need not exist, gets tables in place of
// those that [Edit] put there before. It only reads.
func NewChange(path string, tables Tables) (*Change, error) {
	old, err := fsx.ReadRegular(path, MaxFileSize)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	text, differs, err := Edit(old, tables)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &Change{Path: path, Differs: differs, text: text}, nil
}

// Prepare writes the new file beside the old one. It is to be followed by Commit or
// Discard.
func (c *Change) Prepare(ctx context.Context) (err error) {
	if c != nil && c.Differs {
		c.file, err = staging.NewReplacement(ctx, c.Path, c.text)
	}
	return err
}

// Commit makes the change, if there is one.
func (c *Change) Commit() error {
	if c == nil || c.file == nil {
		return nil
	}
	file := c.file
	c.file, c.Made = nil, true // a Commit that fails discards
	return file.Commit()
}

// Discard undoes what Prepare did, unless it was committed.
func (c *Change) Discard() {
	if c != nil && c.file != nil {
		_ = c.file.Discard() // it is swept up later if it cannot be deleted now
	}
}
