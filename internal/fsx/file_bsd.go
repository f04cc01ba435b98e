//go:build unix && !linux && !portable

package fsx

import (
	"io/fs"
	"time"

	"golang.org/x/sys/unix"
)

// File is a file that is being written, or read by [Folder.Read]. It is for one goroutine
// at a time.
type File struct {
	fd   int
	in   Folder
	name string
}

// ForWriting returns the folder for writing the files of a tree that nobody else touches;
// it is the same folder, to be closed once. Here that makes no difference.
func (d Folder) ForWriting() Folder { return d }

// ForReading returns the folder for reading many files; it is the same folder, to be closed
// once. Here that makes no difference.
func (d Folder) ForReading() Folder { return d }

// Create makes a file, its mode being mode under the umask, also one that denies writing.
// The error matches fs.ErrExist if anything is there.
func (d Folder) Create(name string, mode fs.FileMode) (File, error) {
	return d.open(name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL, mode)
}

func (d Folder) open(name string, flags int, mode fs.FileMode) (File, error) {
	fd, err := d.openat(name, flags|unix.O_NOFOLLOW, uint32(mode))
	return File{fd, d, name}, pathError("open", name, err)
}

// SetTime sets the time of last modification, and of last access.
func (f File) SetTime(t time.Time) error {
	ts, err := unix.TimeToTimespec(t)
	if err != nil {
		return err
	}
	return unix.UtimesNanoAt(f.in.fd, f.name, []unix.Timespec{ts, ts}, unix.AT_SYMLINK_NOFOLLOW)
}

func (f File) write(b []byte) (n int, err error) {
	err = again(func() error {
		n, err = unix.Write(f.fd, b)
		return err
	})
	return n, err
}

func (f File) read(b []byte) (n int, err error) {
	err = again(func() error {
		n, err = unix.Read(f.fd, b)
		return err
	})
	return n, err
}

// Close closes the file.
func (f File) Close() error { return unix.Close(f.fd) }
