package fsx

import (
	"io/fs"
	"os"
	"time"
)

const (
	leaseTries = 50
	leaseWait  = 2 * time.Millisecond
)

// openSoon opens a file. Another program may hold a lease on it for a moment, such as
// one that looks whether the file is in use: who will not wait is then sent away.
func openSoon(path string, flags int, mode fs.FileMode) (f *os.File, err error) {
	for range leaseTries {
		if f, err = os.OpenFile(path, flags, mode); !isLeased(err) {
			break
		}
		time.Sleep(leaseWait)
	}
	return f, err
}
