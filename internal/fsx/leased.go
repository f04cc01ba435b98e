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

// openSoon opens a file; see [soon].
func openSoon(path string, flags int, mode fs.FileMode) (f *os.File, err error) {
	err = soon(func() (err error) {
		f, err = os.OpenFile(path, flags, mode)
		return err
	})
	return f, err
}

// soon calls open until it does not fail for a lease. Another program may hold one on a
// file for a moment, such as one that looks whether the file is in use: who will not wait
// is then sent away.
func soon(open func() error) (err error) {
	for range leaseTries {
		if err = open(); !isLeased(err) {
			break
		}
		time.Sleep(leaseWait)
	}
	return err
}
