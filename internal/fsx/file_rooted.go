//go:build !unix || portable

package fsx

import (
	"io/fs"
	"os"
	"time"
)

// File is a file that is being written. It is for one goroutine at a time.
type File struct {
	f    *os.File
	in   Folder
	name string
}

// ForWriting returns the folder for writing the files of a tree that nobody else touches;
// it is the same folder, to be closed once. Here that makes no difference.
func (d Folder) ForWriting() Folder { return d }

// ForReading returns the folder for reading many files; it is the same folder, to be closed
// once. Here that makes no difference.
func (d Folder) ForReading() Folder { return d }

// Create makes a file, its mode being mode under the umask, also one that denies writing.
// The error matches fs.ErrExist if anything is there.
func (d Folder) Create(name string, mode fs.FileMode) (File, error) {
	f, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	return File{f, d, name}, withOp("open", err)
}

// SetTime sets the time of last modification, and of last access.
func (f File) SetTime(t time.Time) error { return f.in.root.Chtimes(f.name, t, t) }

// Write writes all of b.
func (f File) Write(b []byte) (int, error) { return f.f.Write(b) }

// Chmod sets the file's mode.
func (f File) Chmod(mode fs.FileMode) error { return f.f.Chmod(mode) }

// Close closes the file.
func (f File) Close() error { return f.f.Close() }

// OS leaves the file to package os, which closes it.
func (f File) OS(string) *os.File { return f.f }

// Umask returns the process's umask, 0 where that is not told.
func Umask() fs.FileMode { return 0 }

// TellsUmask says whether Umask does tell it.
const TellsUmask = false
