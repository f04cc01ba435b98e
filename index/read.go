package index

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync"

	"cargohome/internal/fsx"
)

// MaxFileSize bounds an entry or cache file. The largest of crates.io have a few
// megabytes.
const MaxFileSize = 128 << 20

// buffers hold whole files while one line is looked for.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// openRegular opens a file that is one, and not too large.
func openRegular(path string) (*fsx.Regular, error) {
	f, err := fsx.OpenToRead(path)
	if err != nil {
		return nil, err
	}
	return bounded(f, path)
}

// bounded returns the file at a path if it is not too large.
func bounded(f *fsx.Regular, path string) (*fsx.Regular, error) {
	if f.Size() > MaxFileSize {
		return nil, errors.Join(&fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("larger than %d bytes", MaxFileSize)}, f.Close())
	}
	return f, nil
}

// readAt fills *buf, whose room is used again, with n bytes of f from offset on,
// or fewer if the file was cut short meanwhile.
func readAt(f io.ReaderAt, buf *[]byte, offset, n int64) error {
	*buf = slices.Grow((*buf)[:0], int(n))[:n]
	got, err := f.ReadAt(*buf, offset)
	*buf = (*buf)[:got]
	if err == io.EOF {
		err = nil
	}
	return err
}

// readFile reads a whole file into *buf.
func readFile(path string, buf *[]byte) error {
	f, err := openRegular(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return readAt(f, buf, 0, f.Size())
}

func isDir(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && fi.IsDir()
}
