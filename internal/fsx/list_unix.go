//go:build unix && !portable

package fsx

import (
	"iter"
	"os"

	"golang.org/x/sys/unix"
)

// Names yields what is in the folder, in no order, as far as it was not listed before. It
// is for one goroutine at a time. buf is for the system; nil makes one. After an error
// nothing more comes.
func (d Folder) Names(buf []byte) iter.Seq2[Listed, error] {
	return func(yield func(Listed, error) bool) { d.names(buf, yield) }
}

func (d Folder) names(buf []byte, yield func(Listed, error) bool) {
	if buf == nil {
		buf = make([]byte, 8<<10)
	}
	for {
		n, err := unix.ReadDirent(d.fd, buf)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			yield(Listed{}, os.NewSyscallError("readdirent", err))
			return
		case n <= 0 || !yieldNames(buf[:n], yield):
			return
		}
	}
}
