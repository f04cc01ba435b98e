package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"cargohome/internal/config"
	"cargohome/internal/fsx"
	"cargohome/internal/staging"
)

// configEdit is a change to the project's own cargo configuration.
type configEdit struct {
	path    string               // "" if none is asked for
	file    *staging.Replacement // nil if it is as it should be
	changed bool
}

// planConfig works out what --write-config is to change, and does so up to the
// last step: what refuses, or fails, is to do so before packages are touched.
func (r *run) planConfig(ctx context.Context, job *vendorJob) (*configEdit, error) {
	if !job.opts.writeConfig {
		return &configEdit{}, nil
	}
	path, err := config.File(job.project.Root)
	if err != nil {
		return nil, err
	}
	old, err := fsx.ReadRegular(path, config.MaxFileSize)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	directory := config.Directory(job.project.Root, r.sys.Dir, job.opts.destination)
	text, differs, err := config.Edit(old, config.NewTables(job.folders(directory)...))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	edit := &configEdit{path: path}
	switch {
	case differs && job.opts.dryRun:
		r.out.Detail("Would change", "%s", path)
	case differs:
		edit.file, err = staging.NewReplacement(ctx, path, text)
	}
	return edit, err
}

// commit makes the change, if there is one.
func (e *configEdit) commit() error {
	if e.file == nil {
		return nil
	}
	file := e.file
	e.file, e.changed = nil, true // a Commit that fails discards
	return file.Commit()
}

func (e *configEdit) report(r *run) {
	switch {
	case e.changed:
		r.out.Status("Configured", "%s", e.path)
	case e.path != "":
		r.out.Detail("Fresh", "%s", e.path)
	}
}

// discard undoes what planConfig did, unless it was committed.
func (e *configEdit) discard() {
	if e.file != nil {
		_ = e.file.Discard() // it is swept up later if it cannot be deleted now
	}
}

// folders returns the vendor folders, directory being the name of the first.
func (j *vendorJob) folders(directory string) []config.Folder {
	folders := []config.Folder{{Directory: directory, Sources: j.groups[0].Sources}}
	for _, g := range j.groups[1:] {
		folders = append(folders, config.Folder{Directory: strings.TrimSuffix(directory, "/") + "/" + g.Folder, Sources: g.Sources})
	}
	return folders
}
