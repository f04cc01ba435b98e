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
	file File
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
	return admit(path, func() (File, error) {
		fd, err := d.openat(path, flags, 0)
		return File{fd: fd}, pathError("open", path, err)
	})
}

// OpenListed is OpenToRead for a file of which a listing told that it is regular: nothing is
// asked before it is open, and nothing waited for, whatever has taken its place.
func (d Folder) OpenListed(name string) (*Regular, error) {
	return admit(name, func() (File, error) { return d.open(name, unix.O_RDONLY|openFlags, 0) })
}

// OpenSeen is [OpenToRead] for a path, or what a link there leads to, that was seen to be
// a regular file a moment ago: as OpenListed, it asks nothing before it is open.
func OpenSeen(path string) (*Regular, error) {
	return admit(path, func() (File, error) {
		fd, err := Folder{fd: unix.AT_FDCWD}.openat(path, unix.O_RDONLY|openFlags, 0)
		return File{fd: fd}, pathError("open", path, err)
	})
}

// ReadBelow reads what there is room for of the regular file at a path below the folder, and
// describes it. Links on the way there are followed, one at its end is refused, and nothing
// is waited for.
func (d Folder) ReadBelow(path string, buf []byte) (n int, e Entry, err error) {
	f, err := d.open(path, unix.O_RDONLY|openFlags, 0)
	if err != nil {
		return 0, e, err
	}
	defer f.Close()
	var st unix.Stat_t
	err = f.stat(&st)
	if err == nil && !isRegular(&st) {
		err = ErrNotRegular
	}
	if err == nil {
		n, err = f.read(buf)
	}
	return n, newEntry(&st), pathError("read", path, err)
}

// admit opens a file, and closes it again if it is not regular.
func admit(path string, open func() (File, error)) (*Regular, error) {
	r := &Regular{path: path}
	err := soon(func() (err error) {
		r.file, err = open()
		return err
	})
	if err != nil {
		return nil, err
	}
	var st unix.Stat_t
	err = r.file.stat(&st)
	if err == nil && !isRegular(&st) {
		err = ErrNotRegular
	}
	if err != nil {
		_ = r.Close()
		return nil, openError(path, err)
	}
	r.size, r.perm = st.Size, newMode(uint32(st.Mode))
	return r, nil
}

func isRegular(st *unix.Stat_t) bool { return st.Mode&unix.S_IFMT == unix.S_IFREG }

// Size is the size in bytes when it was opened.
func (r *Regular) Size() int64 { return r.size }

// Perm is the permissions when it was opened, with the bits for setuid, setgid and sticky.
func (r *Regular) Perm() fs.FileMode { return r.perm }

// ReadAt implements [io.ReaderAt].
func (r *Regular) ReadAt(p []byte, offset int64) (n int, err error) {
	for n < len(p) {
		var got int
		err := again(func() (err error) {
			got, err = unix.Pread(r.file.fd, p[n:], offset+int64(n))
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

// Read implements [io.Reader].
func (r *Regular) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	n, err := r.file.read(p)
	switch {
	case err != nil:
		return 0, pathError("read", r.path, err)
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

// Close implements [io.Closer].
func (r *Regular) Close() error {
	f := r.file
	if f.fd < 0 {
		return os.ErrClosed
	}
	r.file.fd = -1
	return f.Close()
}
