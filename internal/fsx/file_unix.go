//go:build unix && !portable

package fsx

import (
	"io/fs"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// Write writes all of b.
func (f File) Write(b []byte) (int, error) {
	written := 0
	for written < len(b) {
		n, err := f.write(b[written:])
		if err != nil {
			return written, err
		}
		written += n
	}
	return written, nil
}

// Chmod sets the file's mode.
func (f File) Chmod(mode fs.FileMode) error { return unix.Fchmod(f.fd, uint32(mode)) }

// OS leaves the file to package os, which closes it.
func (f File) OS(path string) *os.File { return os.NewFile(uintptr(f.fd), path) }

// Umask returns the process's umask. Reading it means setting it for a moment, so it is
// done once: call it before other goroutines make files.
var Umask = sync.OnceValue(func() fs.FileMode {
	old := unix.Umask(0o077)
	unix.Umask(old)
	return fs.FileMode(old)
})

// TellsUmask says that Umask does tell it.
const TellsUmask = true
