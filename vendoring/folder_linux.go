//go:build !portable

package vendoring

import (
	"bytes"
	"encoding/binary"
	"io/fs"

	"cargohome/internal/fsx"

	"golang.org/x/sys/unix"
)

// folder is an open folder; names are single elements of a path, and links are not
// followed. It costs the system calls that must be, and no more: that an unchanged
// vendor folder has 40,000 files is not rare.
type folder struct{ fd int }

func openDir(path string) (folder, error) { return folder{unix.AT_FDCWD}.open(path) }

func (d folder) open(name string) (folder, error) {
	fd, err := d.openat(name, unix.O_DIRECTORY)
	return folder{fd}, err
}

func (d folder) openat(name string, flags int) (int, error) {
	for {
		fd, err := unix.Openat(d.fd, name, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_CLOEXEC|flags, 0)
		if err != unix.EINTR {
			return fd, err
		}
	}
}

func (d folder) close() { _ = unix.Close(d.fd) }

// list appends what the folder holds to entries, in no order. buf is for the system.
func (d folder) list(buf []byte, entries []entry) ([]entry, error) {
	for {
		n, err := unix.Getdents(d.fd, buf)
		if err == unix.EINTR {
			continue
		}
		if n <= 0 || err != nil {
			return entries, err
		}
		for rest := buf[:n]; len(rest) > 0; {
			// struct linux_dirent64: inode, offset, length of the record, type, name.
			length := binary.NativeEndian.Uint16(rest[16:])
			if e := parseDirent(rest[18:length]); e.name != "." && e.name != ".." {
				entries = append(entries, e)
			}
			rest = rest[length:]
		}
	}
}

func parseDirent(typeAndName []byte) entry {
	name := typeAndName[1:]
	if end := bytes.IndexByte(name, 0); end >= 0 {
		name = name[:end]
	}
	return entry{string(name), direntType(typeAndName[0])}
}

// direntType: a file system that does not tell the type makes none that is expected.
func direntType(t byte) fs.FileMode {
	switch t {
	case unix.DT_REG:
		return 0
	case unix.DT_DIR:
		return fs.ModeDir
	case unix.DT_LNK:
		return fs.ModeSymlink
	case unix.DT_UNKNOWN:
		return unknownType
	}
	return fs.ModeIrregular
}

// unknownType is for file systems that do not say in a listing what is a folder.
const unknownType = fs.ModeDir | fs.ModeIrregular

// stat does not follow links.
func (d folder) stat(name string) (status, error) {
	var s unix.Stat_t
	err := fsx.Again(func() error { return unix.Fstatat(d.fd, name, &s, unix.AT_SYMLINK_NOFOLLOW) })
	return newStatus(&s), err
}

func newStatus(s *unix.Stat_t) status {
	return status{
		size: s.Size, mtime: s.Mtim.Nano(), ctime: s.Ctim.Nano(),
		inode: s.Ino, device: uint64(s.Dev), mode: s.Mode,
	}
}

func (s status) isDir() bool     { return s.mode&unix.S_IFMT == unix.S_IFDIR }
func (s status) isRegular() bool { return s.mode&unix.S_IFMT == unix.S_IFREG }

// read calls each with the content of a file, piece by piece, of which all but the
// last fill buf; what is no regular file has none. A piece is good until the next
// call. An error of each ends it.
func (d folder) read(name string, buf []byte, each func(piece []byte) error) error {
	fd, err := d.openat(name, unix.O_NONBLOCK) // or a pipe would hang
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	for {
		n, err := unix.Read(fd, buf)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return err
		case n == 0:
			return nil
		}
		if err := each(buf[:n]); err != nil || n < len(buf) { // of a regular file, its end
			return err
		}
	}
}

// statCaches says that status has all that a cache needs.
const statCaches = true
