package fsx

import (
	"errors"
	"io/fs"
)

// WithoutPath is an error of the system without the operation and the path that it names,
// for whoever says both.
func WithoutPath(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// WithPath says path in place of the name that an error of the system has.
func WithPath(path string, err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return &fs.PathError{Op: e.Op, Path: path, Err: e.Err}
	}
	return err
}
