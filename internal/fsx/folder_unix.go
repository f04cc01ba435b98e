//go:build unix && !portable

package fsx

import (
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// Folder is an open folder, held by its descriptor: whoever gives its path to another
// folder meanwhile changes nothing. Names that its methods are given are single path
// elements, and links are not followed but by [Folder.Enter]. It is safe for concurrent
// use, but for [Folder.Names].
type Folder struct {
	fd    int
	quick bool // its files may be written or read as [File] says
	reads bool // it is for reading
}

// OpenFolder opens the folder at path, or that which links lead to. The caller closes
// it.
func OpenFolder(path string) (Folder, error) {
	return Folder{fd: unix.AT_FDCWD}.openFolder(path, path, 0)
}

// OpenFolderHere opens the folder at path itself; a link is refused.
func OpenFolderHere(path string) (Folder, error) { return Folder{fd: unix.AT_FDCWD}.Open(path) }

// Open opens a folder in the folder.
func (d Folder) Open(name string) (Folder, error) {
	return d.openFolder(name, name, unix.O_NOFOLLOW)
}

// openFolder: a folder, so no pipe is waited for.
func (d Folder) openFolder(name, target string, flags int) (Folder, error) {
	fd, err := d.openat(target, unix.O_RDONLY|unix.O_DIRECTORY|flags, 0)
	sub := Folder{fd, d.quick, d.reads}
	if err == nil && d.reads { // something may be mounted there
		sub = sub.ForReading()
	}
	return sub, pathError("open", name, err)
}

func (d Folder) openat(name string, flags int, mode uint32) (fd int, err error) {
	err = again(func() error {
		fd, err = unix.Openat(d.fd, name, flags|unix.O_CLOEXEC, mode)
		return err
	})
	return fd, err
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
	target, err := d.Readlink(name)
	if err != nil {
		return sub, err
	}
	if after, err := d.Stat(name); err != nil || !after.is(before) { // so it was that link which was read
		return sub, pathError("open", name, ErrLink)
	}
	return d.openFolder(name, target, 0)
}

// is tells whether nobody changed anything between two looks, or put another there.
func (e Entry) is(o Entry) bool {
	return e.ID == o.ID && e.Mode == o.Mode && e.Owner == o.Owner && e.Changed.Equal(o.Changed)
}

// Close closes the folder.
func (d Folder) Close() error { return unix.Close(d.fd) }

// Stat describes what has a name in the folder.
func (d Folder) Stat(name string) (Entry, error) {
	var st unix.Stat_t
	if err := again(func() error { return unix.Fstatat(d.fd, name, &st, unix.AT_SYMLINK_NOFOLLOW) }); err != nil {
		return Entry{}, pathError("stat", name, err)
	}
	return newEntry(&st), nil
}

// Self describes the folder.
func (d Folder) Self() (Entry, error) {
	var st unix.Stat_t
	if err := again(func() error { return unix.Fstat(d.fd, &st) }); err != nil {
		return Entry{}, os.NewSyscallError("fstat", err)
	}
	return newEntry(&st), nil
}

// Mkdir makes a folder, its mode being mode under the umask.
func (d Folder) Mkdir(name string, mode fs.FileMode) error {
	return pathError("mkdir", name, unix.Mkdirat(d.fd, name, uint32(mode)))
}

// Remove deletes a file or a link.
func (d Folder) Remove(name string) error {
	return pathError("remove", name, again(func() error { return unix.Unlinkat(d.fd, name, 0) }))
}

// RemoveFolder deletes an empty folder.
func (d Folder) RemoveFolder(name string) error {
	return pathError("remove", name, again(func() error { return unix.Unlinkat(d.fd, name, unix.AT_REMOVEDIR) }))
}

// Chmod sets the folder's mode.
func (d Folder) Chmod(mode fs.FileMode) error {
	return os.NewSyscallError("fchmod", unix.Fchmod(d.fd, uint32(mode)))
}

// openFile opens a file for reading, without waiting for anything else.
func (d Folder) openFile(name string) (*os.File, error) {
	fd, err := d.openat(name, unix.O_RDONLY|unix.O_NOFOLLOW|openFlags, 0)
	if err != nil {
		return nil, pathError("open", name, err)
	}
	return os.NewFile(uintptr(fd), name), nil
}

// Read calls each with the content of a file that is known to be regular, as a listing
// told: piece by piece, of which all but the last fill buf. A piece is good until the next
// call. An error of each ends it. Nothing is waited for, whatever has taken the file's
// place.
func (d Folder) Read(name string, buf []byte, each func(piece []byte) error) error {
	f, err := d.open(name, unix.O_RDONLY|openFlags, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	for {
		n, err := f.read(buf)
		if err != nil {
			return pathError("read", name, err)
		}
		if n == 0 {
			return nil
		}
		if err := each(buf[:n]); err != nil || n < len(buf) { // of a regular file, its end
			return err
		}
	}
}

// IsAt reports whether an open file has a name in the folder.
func (d Folder) IsAt(name string, f *os.File) bool {
	e, err := d.Stat(name)
	info, err2 := f.Stat()
	return err == nil && err2 == nil && IDOf(info) == e.ID
}

// Link gives the file at a path, which must not be a symbolic link, another name in the
// folder. The error matches fs.ErrExist if anything is there.
func (d Folder) Link(path, name string) error {
	return pathError("link", name, unix.Linkat(unix.AT_FDCWD, path, d.fd, name, 0))
}

// Symlink makes a symbolic link. The error matches fs.ErrExist if anything is there.
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
	return linkError("rename", a, b, again(func() error { return unix.Renameat(from.fd, a, to.fd, b) }))
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
