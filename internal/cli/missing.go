package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"cargohome/internal/spelling"
)

// missingError says that what was named is not there. It matches fs.ErrNotExist.
type missingError struct {
	what string // "bundle"
	path string // absolute
	err  error
}

// missing makes more of the error of the system for a path that was typed. Others stay as
// they are.
func missing(what string, err error) error {
	at, ok := errors.AsType[*fs.PathError](err)
	if !ok || !errors.Is(at, fs.ErrNotExist) {
		return err
	}
	return &missingError{what, at.Path, err}
}

func (e *missingError) Error() string { return fmt.Sprintf("there is no %s %s", e.what, e.path) }
func (e *missingError) Unwrap() error { return e.err }

// Hint names what lies beside it and may be meant.
func (e *missingError) Hint() string {
	dir, name := filepath.Split(e.path)
	if scheme := filepath.Base(filepath.Dir(filepath.Dir(e.path))); strings.HasSuffix(scheme, ":") {
		return "only files are read: fetch it first"
	}
	var names []string
	entries, err := os.ReadDir(dir)
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	switch near := spelling.Nearest(name, names); {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf("there is no folder %s either", filepath.Clean(dir))
	case near != "":
		return fmt.Sprintf("did you mean %s?", filepath.Join(dir, near))
	}
	return "a path that does not begin with a slash is taken from the current folder, or that of -C"
}
