//go:build unix && !portable

package staging

import (
	"io/fs"
	"sync"

	"golang.org/x/sys/unix"

	"cargohome/internal/fsx"
)

// folder is an open folder; names given to its methods are single path elements.
type folder struct {
	fd    int
	quick bool // calls on it and its files need not be told to the scheduler
}

// handle is a file open for writing.
type handle struct {
	fd    int
	quick bool
}

// folderOf takes an open folder over, the first of a tree: what is below it is on the
// same file system.
func folderOf(d fsx.Folder) folder { return folder{d.FD(), waitsForNone(d.FD())} }

func openFolder(at int, name string) (folder, error) {
	fd, err := retry(func() (int, error) {
		return unix.Openat(at, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	})
	return folder{fd: fd}, err
}

func (d folder) open(name string) (folder, error) {
	sub, err := openFolder(d.fd, name)
	sub.quick = d.quick
	return sub, err
}

func (d folder) mkdir(name string) error { return unix.Mkdirat(d.fd, name, 0o777) }

func (d folder) remove(name string) error { return unix.Unlinkat(d.fd, name, 0) }

func (d folder) close() error { return unix.Close(d.fd) }

func (d folder) chmod(mode fs.FileMode) error { return unix.Fchmod(d.fd, uint32(mode)) }

func (d folder) chmodChild(name string, mode fs.FileMode) error {
	return unix.Fchmodat(d.fd, name, uint32(mode), 0)
}

// retry repeats a call that a signal interrupted.
func retry(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if err != unix.EINTR {
			return n, err
		}
	}
}

// umask returns the process's umask. Reading it means setting it for a moment,
// so it is done once.
var umask = sync.OnceValue(func() fs.FileMode {
	old := unix.Umask(0o077)
	unix.Umask(old)
	return fs.FileMode(old)
})
