//go:build !portable

package fsx

import (
	"io/fs"
	"slices"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// File is a file that is being written, or read by [Folder.Read]. It is for one goroutine
// at a time.
//
// Its calls, of which each file takes three or four, are made without telling Go's
// scheduler, where that is safe. They return in a few microseconds, but now and then one
// takes so long that the scheduler hands the processor to another thread, and a tenth of
// all time went into that: to write nu's 44,000 files took 1.50 s, and so 1.27 s.
//
// A call that hangs, as on a server that is away, would then hold a processor, and with
// it the garbage collector and in the end all else, signals included. So it is done on
// file systems alone that wait for nobody but the machine's own disk. For writing that is
// asked for once in a tree, as nothing is mounted in a folder that was just made; for
// reading in each folder.
type File struct {
	fd    int
	quick bool
}

// localTypes are the file systems that do not go by a network or another process.
var localTypes = []int64{
	unix.EXT4_SUPER_MAGIC, // ext2 and ext3 too
	unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.F2FS_SUPER_MAGIC, unix.TMPFS_MAGIC, unix.RAMFS_MAGIC,
	0x2fc12fc1, // ZFS
	0xca451a4e, // bcachefs
}

// ForWriting returns the folder for writing the files of a tree that nobody else touches;
// it is the same folder, to be closed once. Folders that are opened from it are for that
// too.
func (d Folder) ForWriting() Folder {
	typ := d.fileSystem()
	// What is made in an overlay goes to its upper layer, which lies on a local one.
	d.quick = slices.Contains(localTypes, typ) || typ == unix.OVERLAYFS_SUPER_MAGIC
	return d
}

// ForReading returns the folder for reading many files; it is the same folder, to be closed
// once. Folders that are opened from it are for that too.
func (d Folder) ForReading() Folder {
	d.quick, d.reads = slices.Contains(localTypes, d.fileSystem()), true
	return d
}

// fileSystem returns the type of the file system that the folder is on, 0 if that cannot be
// told.
func (d Folder) fileSystem() int64 {
	var s unix.Statfs_t
	if err := again(func() error { return unix.Fstatfs(d.fd, &s) }); err != nil {
		return 0
	}
	return int64(s.Type) & 0xffffffff
}

// call makes a system call, with the scheduler's knowledge unless it is quick.
//
//go:uintptrescapes
func call(quick bool, trap, a1, a2, a3, a4 uintptr) (uintptr, error) {
	for {
		var n uintptr
		var errno unix.Errno
		if quick {
			n, _, errno = unix.RawSyscall6(trap, a1, a2, a3, a4, 0, 0)
		} else {
			n, _, errno = unix.Syscall6(trap, a1, a2, a3, a4, 0, 0)
		}
		switch errno {
		case 0:
			return n, nil
		case unix.EINTR:
		default:
			return 0, errno
		}
	}
}

// Create makes a file, its mode being mode under the umask, also one that denies writing.
// The error matches fs.ErrExist if anything is there.
func (d Folder) Create(name string, mode fs.FileMode) (File, error) {
	return d.open(name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL, mode)
}

func (d Folder) open(name string, flags uintptr, mode fs.FileMode) (File, error) {
	path, err := unix.BytePtrFromString(name)
	if err != nil {
		return File{}, pathError("open", name, err)
	}
	flags |= unix.O_NOFOLLOW | unix.O_CLOEXEC | unix.O_LARGEFILE
	fd, err := call(d.quick, unix.SYS_OPENAT, uintptr(d.fd), uintptr(unsafe.Pointer(path)), flags, uintptr(mode))
	return File{int(fd), d.quick}, pathError("open", name, err)
}

// timespec is the system's, with seconds of 64 bits everywhere.
type timespec struct{ sec, nsec int64 }

// SetTime sets the time of last modification, and of last access. It goes by the open
// file, so that its name need not be looked up.
func (f File) SetTime(t time.Time) error {
	ts := timespec{t.Unix(), int64(t.Nanosecond())}
	both := [2]timespec{ts, ts}
	_, err := call(f.quick, utimensat, uintptr(f.fd), 0, uintptr(unsafe.Pointer(&both)), 0)
	if err == unix.ENOSYS {
		return f.setShortTime(t)
	}
	return err
}

func (f File) write(b []byte) (int, error) {
	n, err := call(f.quick, unix.SYS_WRITE, uintptr(f.fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), 0)
	return int(n), err
}

func (f File) read(b []byte) (int, error) {
	n, err := call(f.quick, unix.SYS_READ, uintptr(f.fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), 0)
	return int(n), err
}

// Close closes the file. It is not repeated: a descriptor is gone even if a signal came.
func (f File) Close() error {
	if !f.quick {
		return unix.Close(f.fd)
	}
	_, _, errno := unix.RawSyscall(unix.SYS_CLOSE, uintptr(f.fd), 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}
