//go:build !unix || portable

package fsx

import "os"

// Regular is a regular file that is open for reading. It is for one goroutine, and
// whoever opened it closes it.
type Regular struct {
	*os.File
	size int64
}

// OpenToRead is [OpenRegular] for many small files.
func OpenToRead(path string) (*Regular, error) {
	f, info, err := OpenRegular(path)
	if err != nil {
		return nil, err
	}
	return &Regular{f, info.Size()}, nil
}

// Size is the size in bytes when it was opened.
func (r *Regular) Size() int64 { return r.size }
