//go:build unix && !portable

package usage

import (
	"io/fs"
	"os"

	"cargohome/internal/fsx"

	"golang.org/x/sys/unix"
)

// folder is an open folder. Nothing below it is reached by a link.
type folder struct{ fd int }

// openTop opens the folder at path, which may be a link to one.
func openTop(path string) (folder, error) {
	fd, err := openat(unix.AT_FDCWD, path, 0)
	return folder{fd}, pathError("open", path, err)
}

func (f folder) open(name string) (folder, error) {
	fd, err := openat(f.fd, name, unix.O_NOFOLLOW)
	return folder{fd}, pathError("open", name, err)
}

// openat: a folder, so no pipe is waited for.
func openat(at int, name string, flags int) (int, error) {
	for {
		fd, err := unix.Openat(at, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC|flags, 0)
		if err != unix.EINTR {
			return fd, err
		}
	}
}

func (f folder) close() { _ = unix.Close(f.fd) }

// read calls yield with what is in the folder, in no certain order. What vanishes
// meanwhile is passed over.
func (f folder) read(yield func(entry) error) error {
	buf := make([]byte, 32<<10)
	var names []string
	for {
		n, err := unix.ReadDirent(f.fd, buf)
		if err == unix.EINTR {
			continue
		}
		if n <= 0 || err != nil {
			return os.NewSyscallError("readdirent", err)
		}
		_, _, names = unix.ParseDirent(buf[:n], -1, names[:0])
		for _, name := range names {
			e, err := f.stat(name)
			if err == unix.ENOENT {
				continue
			}
			if err != nil {
				return pathError("stat", name, err)
			}
			if err := yield(e); err != nil {
				return err
			}
		}
	}
}

func (f folder) stat(name string) (entry, error) {
	var st unix.Stat_t
	for {
		err := unix.Fstatat(f.fd, name, &st, unix.AT_SYMLINK_NOFOLLOW)
		if err == nil {
			return newEntry(name, &st), nil
		}
		if err != unix.EINTR {
			return entry{}, err
		}
	}
}

// self describes the folder itself.
func (f folder) self() (entry, error) {
	var st unix.Stat_t
	if err := fsx.Again(func() error { return unix.Fstat(f.fd, &st) }); err != nil {
		return entry{}, os.NewSyscallError("fstat", err)
	}
	return newEntry("", &st), nil
}

func newEntry(name string, st *unix.Stat_t) entry {
	return entry{
		name: name, mode: fileType(uint32(st.Mode)),
		size:  Size{st.Size, int64(st.Blocks) * 512},
		inode: inode{uint64(st.Dev), uint64(st.Ino)},
		links: uint64(st.Nlink),
		mod:   int64(st.Mtim.Sec), acc: int64(st.Atim.Sec),
	}
}

func fileType(mode uint32) fs.FileMode {
	switch mode & unix.S_IFMT {
	case unix.S_IFREG:
		return 0
	case unix.S_IFDIR:
		return fs.ModeDir
	case unix.S_IFLNK:
		return fs.ModeSymlink
	case unix.S_IFIFO:
		return fs.ModeNamedPipe
	}
	return fs.ModeIrregular
}

func pathError(op, path string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: path, Err: err}
}
