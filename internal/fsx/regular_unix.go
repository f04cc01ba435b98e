//go:build unix && !portable

package fsx

import (
	"io"
	"io/fs"
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
	perm fs.FileMode
}

// OpenToRead is [OpenRegular] for many small files.
func OpenToRead(path string) (*Regular, error) {
	return Folder{fd: unix.AT_FDCWD}.openToRead(path, 0)
}

// OpenToRead is the function of that name for a file in the folder; a link is refused.
func (d Folder) OpenToRead(name string) (*Regular, error) {
	return d.openToRead(name, unix.AT_SYMLINK_NOFOLLOW)
}

// openToRead opens a path below the folder; links are followed unless the flag says not to.
func (d Folder) openToRead(path string, flag int) (*Regular, error) {
	var st unix.Stat_t
	if err := again(func() error { return unix.Fstatat(d.fd, path, &st, flag) }); err != nil {
		return nil, pathError("stat", path, err)
	}
	if !isRegular(&st) {
		return nil, openError(path, ErrNotRegular)
	}
	flags := unix.O_RDONLY | openFlags
	if flag != 0 {
		flags |= unix.O_NOFOLLOW
	}
	r := &Regular{fd: -1, path: path}
	err := soon(func() (err error) {
		r.fd, err = d.openat(path, flags, 0)
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
	r.size, r.perm = st.Size, fs.FileMode(st.Mode)&fs.ModePerm
	return r, nil
}

func isRegular(st *unix.Stat_t) bool { return st.Mode&unix.S_IFMT == unix.S_IFREG }

// Size is the size in bytes when it was opened.
func (r *Regular) Size() int64 { return r.size }

// Perm is the permissions when it was opened.
func (r *Regular) Perm() fs.FileMode { return r.perm }

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
