//go:build unix && !portable

package fsx

import (
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Folder is an open folder, held by its descriptor: whoever gives its path to another
// folder meanwhile changes nothing. Names that its methods are given are single path
// elements, and links are not followed but by [Folder.Enter].
type Folder struct{ fd int }

// OpenFolder opens the folder at path, or that which links lead to. The caller closes
// it.
func OpenFolder(path string) (Folder, error) {
	fd, err := openFolder(unix.AT_FDCWD, path, 0)
	return Folder{fd}, pathError("open", path, err)
}

// Open opens a folder in the folder.
func (d Folder) Open(name string) (Folder, error) {
	fd, err := openFolder(d.fd, name, unix.O_NOFOLLOW)
	return Folder{fd}, pathError("open", name, err)
}

// openFolder: a folder, so no pipe is waited for.
func openFolder(at int, name string, flags int) (fd int, err error) {
	err = uninterrupted(func() (err error) {
		fd, err = unix.Openat(at, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC|flags, 0)
		return err
	})
	return fd, err
}

// uninterrupted repeats a call that a signal interrupted.
func uninterrupted(call func() error) error {
	for {
		if err := call(); err != unix.EINTR {
			return err
		}
	}
}

// Enter is Open that follows a link, if it is ours or root's: who may put links into the
// folder leads nobody elsewhere. The error for another matches [ErrLink].
func (d Folder) Enter(name string) (Folder, error) {
	sub, err := d.Open(name)
	if err == nil {
		return sub, nil
	}
	before, statErr := d.Stat(name)
	if statErr != nil || before.Mode.Type() != fs.ModeSymlink {
		return sub, err
	}
	if before.Owner != 0 && before.Owner != uint32(os.Geteuid()) {
		return sub, pathError("open", name, ErrLink)
	}
	buf := make([]byte, unix.PathMax)
	n, err := unix.Readlinkat(d.fd, name, buf)
	if err != nil {
		return sub, pathError("open", name, err)
	}
	if after, err := d.Stat(name); err != nil || after != before { // so it was that link which was read
		return sub, pathError("open", name, ErrLink)
	}
	fd, err := openFolder(d.fd, string(buf[:n]), 0)
	return Folder{fd}, pathError("open", name, err)
}

// Close closes the folder.
func (d Folder) Close() error { return unix.Close(d.fd) }

// FD is the descriptor, the folder's own.
func (d Folder) FD() int { return d.fd }

// Stat describes what has a name in the folder.
func (d Folder) Stat(name string) (Entry, error) {
	var st unix.Stat_t
	err := uninterrupted(func() error { return unix.Fstatat(d.fd, name, &st, unix.AT_SYMLINK_NOFOLLOW) })
	return newEntry(&st), pathError("stat", name, err)
}

// Self describes the folder.
func (d Folder) Self() (Entry, error) {
	var st unix.Stat_t
	err := unix.Fstat(d.fd, &st)
	return newEntry(&st), os.NewSyscallError("fstat", err)
}

func newEntry(st *unix.Stat_t) Entry {
	e := Entry{ID: ID{uint64(st.Dev), uint64(st.Ino)}, Owner: st.Uid, Changed: st.Ctim.Nano(), Mode: fs.FileMode(st.Mode & 0o777)}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
	case unix.S_IFDIR:
		e.Mode |= fs.ModeDir
	case unix.S_IFLNK:
		e.Mode |= fs.ModeSymlink
	default:
		e.Mode |= fs.ModeIrregular
	}
	return e
}

// Mkdir makes a folder, its mode being mode under the umask.
func (d Folder) Mkdir(name string, mode fs.FileMode) error {
	return pathError("mkdir", name, unix.Mkdirat(d.fd, name, uint32(mode)))
}

// Remove deletes a file or a link.
func (d Folder) Remove(name string) error {
	return pathError("remove", name, uninterrupted(func() error { return unix.Unlinkat(d.fd, name, 0) }))
}

// RemoveFolder deletes an empty folder.
func (d Folder) RemoveFolder(name string) error {
	return pathError("remove", name, uninterrupted(func() error { return unix.Unlinkat(d.fd, name, unix.AT_REMOVEDIR) }))
}

// Chmod sets the folder's mode.
func (d Folder) Chmod(mode fs.FileMode) error {
	return os.NewSyscallError("fchmod", unix.Fchmod(d.fd, uint32(mode)))
}

// OpenFile opens a regular file for reading, without waiting for anything else.
func (d Folder) OpenFile(name string) (*os.File, error) {
	return d.openFile(name, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
}

// Create makes a file, with a mode under the umask. The error matches fs.ErrExist if
// anything is there.
func (d Folder) Create(name string, mode fs.FileMode) (*os.File, error) {
	return d.openFile(name, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL, uint32(mode))
}

func (d Folder) openFile(name string, flags int, mode uint32) (f *os.File, err error) {
	err = uninterrupted(func() error {
		fd, err := unix.Openat(d.fd, name, flags|unix.O_NOFOLLOW|unix.O_CLOEXEC, mode)
		if err == nil {
			f = os.NewFile(uintptr(fd), name)
		}
		return err
	})
	return f, pathError("open", name, err)
}

// SetTime sets the time of last modification, and of last access.
func (d Folder) SetTime(name string, t time.Time) error {
	ts, err := unix.TimeToTimespec(t)
	if err == nil {
		err = unix.UtimesNanoAt(d.fd, name, []unix.Timespec{ts, ts}, unix.AT_SYMLINK_NOFOLLOW)
	}
	return pathError("set time", name, err)
}

// IsAt reports whether an open file has a name in the folder.
func (d Folder) IsAt(name string, f *os.File) bool {
	var st unix.Stat_t
	e, err := d.Stat(name)
	return err == nil && unix.Fstat(int(f.Fd()), &st) == nil && newEntry(&st).ID == e.ID
}

// Symlink makes a symbolic link.
func (d Folder) Symlink(target, name string) error {
	return pathError("symlink", name, unix.Symlinkat(target, d.fd, name))
}

// Readlink returns where a symbolic link leads.
func (d Folder) Readlink(name string) (string, error) {
	buf := make([]byte, unix.PathMax)
	n, err := unix.Readlinkat(d.fd, name, buf)
	return string(buf[:max(n, 0)]), pathError("readlink", name, err)
}

// Rename gives what is in one folder a name in another, in the place of a file that has
// it.
func Rename(from Folder, a string, to Folder, b string) error {
	return linkError("rename", a, b, uninterrupted(func() error { return unix.Renameat(from.fd, a, to.fd, b) }))
}

func linkError(op, a, b string, err error) error {
	if err == nil {
		return nil
	}
	return &os.LinkError{Op: op, Old: a, New: b, Err: err}
}

func pathError(op, path string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: path, Err: err}
}
