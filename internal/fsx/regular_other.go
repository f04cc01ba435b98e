//go:build !unix || portable

package fsx

import (
	"io"
	"io/fs"
	"os"
)

// Regular is a regular file that is open for reading. It is for one goroutine, and
// whoever opened it closes it.
type Regular struct {
	*os.File
	size int64
	perm fs.FileMode
}

// OpenToRead is [OpenRegular] for many small files.
func OpenToRead(path string) (*Regular, error) {
	f, info, err := OpenRegular(path)
	if err != nil {
		return nil, err
	}
	return &Regular{f, info.Size(), info.Mode()}, nil
}

// OpenToRead is the function of that name for a file in the folder; a link is refused.
func (d Folder) OpenToRead(name string) (*Regular, error) {
	f, info, err := d.OpenRegular(name)
	if err != nil {
		return nil, err
	}
	return &Regular{f, info.Size(), info.Mode()}, nil
}

// OpenListed is OpenToRead for a file of which a listing told that it is regular.
func (d Folder) OpenListed(name string) (*Regular, error) { return d.OpenToRead(name) }

// OpenSeen is [OpenToRead] for a path that was seen to be a regular file a moment ago.
func OpenSeen(path string) (*Regular, error) { return OpenToRead(path) }

// ReadBelow reads what there is room for of the regular file at a path below the folder, and
// describes it.
func (d Folder) ReadBelow(path string, buf []byte) (n int, e Entry, err error) {
	f, info, err := d.OpenRegular(path)
	if err != nil {
		return 0, e, err
	}
	defer f.Close()
	n, err = io.ReadFull(f, buf)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return n, newEntry(info), err
}

// Size is the size in bytes when it was opened.
func (r *Regular) Size() int64 { return r.size }

// Perm is the permissions when it was opened, with the bits for setuid, setgid and sticky
// where there are such.
func (r *Regular) Perm() fs.FileMode { return r.perm }
