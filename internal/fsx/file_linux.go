//go:build !portable

package fsx

import (
	"io/fs"
	"slices"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// File is a file that is being written. It is for one goroutine at a time.
//
// Its calls, of which each file takes four, are made without telling Go's scheduler, where
// that is safe. They return in a few microseconds, but now and then one takes so long that
// the scheduler hands the processor to another thread, and a tenth of all time went into
// that: nu's 44,000 files took 1.50 s, and so 1.27 s.
//
// A call that hangs, as on a server that is away, would then hold a processor, and with
// it the garbage collector and in the end all else, signals included. So it is done on
// file systems alone that wait for nobody but the machine's own disk, which is asked for
// once in a tree: nothing is mounted in a folder that was just made.
type File struct {
	fd    int
	quick bool
}

// localTypes are the file systems that do not go by a network or another process.
// Overlays are among them: what is made goes to the upper layer, which lies on one.
var localTypes = []int64{
	unix.EXT4_SUPER_MAGIC, // ext2 and ext3 too
	unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.F2FS_SUPER_MAGIC, unix.TMPFS_MAGIC, unix.RAMFS_MAGIC, unix.OVERLAYFS_SUPER_MAGIC,
	0x2fc12fc1, // ZFS
	0xca451a4e, // bcachefs
}

// ForWriting returns the folder for writing the files of a tree that nobody else touches;
// it is the same folder, to be closed once. Folders that are opened from it are for that
// too.
func (d Folder) ForWriting() Folder {
	var s unix.Statfs_t
	err := again(func() error { return unix.Fstatfs(d.fd, &s) })
	d.quick = err == nil && slices.Contains(localTypes, int64(s.Type)&0xffffffff)
	return d
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
	path, err := unix.BytePtrFromString(name)
	if err != nil {
		return File{}, pathError("open", name, err)
	}
	const flags = unix.O_WRONLY | unix.O_CREAT | unix.O_EXCL | unix.O_NOFOLLOW | unix.O_CLOEXEC | unix.O_LARGEFILE
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
