//go:build !unix || portable

package fsx

import (
	"io/fs"
	"os"
)

// newEntry: folders take nothing.
func newEntry(info fs.FileInfo) Entry {
	size := info.Size()
	if info.IsDir() {
		size = 0
	}
	return Entry{Mode: info.Mode(), Links: 1, Size: size, Allocated: size, Modified: info.ModTime(), Accessed: info.ModTime()}
}

// IDOf returns the ID of what package os has described, zero as that does not tell it.
func IDOf(fs.FileInfo) ID { return ID{} }

// Allocated returns the size of what package os has described, as that does not tell how
// much of it is on the disk.
func Allocated(info fs.FileInfo) int64 { return info.Size() }

// Lstat describes what is at a path.
func Lstat(path string) (Entry, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return Entry{}, err
	}
	return newEntry(info), nil
}
