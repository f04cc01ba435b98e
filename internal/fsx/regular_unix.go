//go:build unix && !portable

package fsx

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// Regular is a regular file that is open for reading. It is a bare descriptor: making
// the runtime wait for a file, which need not be waited for, takes longer than reading a
// small one. It is for one goroutine, and whoever opened it closes it.
type Regular struct {
	fd   int
	path string
	size int64
}

// OpenToRead is [OpenRegular] for many small files.
func OpenToRead(path string) (*Regular, error) {
	var st unix.Stat_t
	if err := again(func() error { return unix.Stat(path, &st) }); err != nil {
		return nil, pathError("stat", path, err)
	}
	if !isRegular(&st) {
		return nil, openError(path, ErrNotRegular)
	}
	r := &Regular{fd: -1, path: path}
	err := soon(func() (err error) {
		r.fd, err = Folder{fd: unix.AT_FDCWD}.openat(path, unix.O_RDONLY|openFlags, 0)
		return err
	})
	if err != nil {
		return nil, pathError("open", path, err)
	}
	err = again(func() error { return unix.Fstat(r.fd, &st) })
	if err == nil && !isRegular(&st) {
		err = ErrNotRegular
	}
	if err != nil {
		_ = r.Close()
		return nil, openError(path, err)
	}
	r.size = st.Size
	return r, nil
}

func isRegular(st *unix.Stat_t) bool { return st.Mode&unix.S_IFMT == unix.S_IFREG }

// Size is the size in bytes when it was opened.
func (r *Regular) Size() int64 { return r.size }

// ReadAt implements [io.ReaderAt].
func (r *Regular) ReadAt(p []byte, offset int64) (n int, err error) {
	for n < len(p) {
		var got int
		err := again(func() (err error) {
			got, err = unix.Pread(r.fd, p[n:], offset+int64(n))
			return err
		})
		if err != nil {
			return n, pathError("read", r.path, err)
		}
		if got == 0 {
			return n, io.EOF
		}
		n += got
	}
	return n, nil
}

// Close implements [io.Closer].
func (r *Regular) Close() error {
	if r.fd < 0 {
		return os.ErrClosed
	}
	fd := r.fd
	r.fd = -1
	return unix.Close(fd)
}
