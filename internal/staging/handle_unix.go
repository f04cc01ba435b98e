//go:build unix && !linux && !portable

package staging

import (
	"io/fs"
	"time"

	"golang.org/x/sys/unix"
)

// waitsForNone: here the scheduler knows of all calls.
func waitsForNone(int) bool { return false }

// create passes the mode to openat, so the umask applies to it without another
// call, and a mode that denies writing does not hinder the handle it returns.
func (d folder) create(name string, mode fs.FileMode) (handle, error) {
	fd, err := retry(func() (int, error) {
		return unix.Openat(d.fd, name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, uint32(mode))
	})
	return handle{fd: fd}, err
}

func (d folder) setTime(name string, _ handle, t time.Time) error {
	ts, err := unix.TimeToTimespec(t)
	if err != nil {
		return err
	}
	return unix.UtimesNanoAt(d.fd, name, []unix.Timespec{ts, ts}, unix.AT_SYMLINK_NOFOLLOW)
}

func (h handle) write(b []byte) (int, error) {
	written := 0
	for written < len(b) {
		n, err := retry(func() (int, error) { return unix.Write(h.fd, b[written:]) })
		if err != nil {
			return written, err
		}
		written += n
	}
	return written, nil
}

func (h handle) close() error { return unix.Close(h.fd) }
