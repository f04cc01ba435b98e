//go:build !portable

package staging

import (
	"io/fs"
	"slices"
	"time"
	"unsafe"

	"cargohome/internal/fsx"

	"golang.org/x/sys/unix"
)

// The calls below, of which each file takes four, are made without telling Go's
// scheduler, where that is safe. They return in a few microseconds, but now and then one
// takes so long that the scheduler hands the processor to another thread, and a tenth
// of all time went into that: nu's 44,000 files took 1.50 s, and so 1.27 s.
//
// A call that hangs, as on a server that is away, would then hold a processor, and with
// it the garbage collector and in the end all else, signals included. So it is done on
// file systems alone that wait for nobody but the machine's own disk, which a Tree
// asks for once: nothing is mounted in a folder that it has just made.

// localTypes are the file systems that do not go by a network or another process.
// Overlays are among them: what is made goes to the upper layer, which lies on one.
var localTypes = []int64{
	unix.EXT4_SUPER_MAGIC, // ext2 and ext3 too
	unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.F2FS_SUPER_MAGIC, unix.TMPFS_MAGIC, unix.RAMFS_MAGIC, unix.OVERLAYFS_SUPER_MAGIC,
	0x2fc12fc1, // ZFS
	0xca451a4e, // bcachefs
}

// waitsForNone reports whether an open folder is on such a file system.
func waitsForNone(fd int) bool {
	var s unix.Statfs_t
	err := fsx.Again(func() error { return unix.Fstatfs(fd, &s) })
	return err == nil && slices.Contains(localTypes, int64(s.Type)&0xffffffff)
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

// create passes the mode to openat, so the umask applies to it without another
// call, and a mode that denies writing does not hinder the handle it returns.
func (d folder) create(name string, mode fs.FileMode) (handle, error) {
	path, err := unix.BytePtrFromString(name)
	if err != nil {
		return handle{}, err
	}
	const flags = unix.O_WRONLY | unix.O_CREAT | unix.O_EXCL | unix.O_NOFOLLOW | unix.O_CLOEXEC | unix.O_LARGEFILE
	fd, err := call(d.quick, unix.SYS_OPENAT, uintptr(d.fd), uintptr(unsafe.Pointer(path)), flags, uintptr(mode))
	return handle{int(fd), d.quick}, err
}

// timespec is the system's, with seconds of 64 bits everywhere.
type timespec struct{ sec, nsec int64 }

// setTime goes by the open file, so that its name need not be looked up.
func (d folder) setTime(_ string, h handle, t time.Time) error {
	ts := timespec{t.Unix(), int64(t.Nanosecond())}
	both := [2]timespec{ts, ts}
	_, err := call(h.quick, utimensat, uintptr(h.fd), 0, uintptr(unsafe.Pointer(&both)), 0)
	if err == unix.ENOSYS {
		return setShortTime(h, t)
	}
	return err
}

func (h handle) write(b []byte) (int, error) {
	written := 0
	for written < len(b) {
		n, err := call(h.quick, unix.SYS_WRITE, uintptr(h.fd), uintptr(unsafe.Pointer(&b[written])), uintptr(len(b)-written), 0)
		if err != nil {
			return written, err
		}
		written += int(n)
	}
	return written, nil
}

// close is not repeated: a descriptor is gone even if a signal came.
func (h handle) close() error {
	if !h.quick {
		return unix.Close(h.fd)
	}
	_, _, errno := unix.RawSyscall(unix.SYS_CLOSE, uintptr(h.fd), 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}
