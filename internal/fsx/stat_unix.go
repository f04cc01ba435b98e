//go:build unix && !(linux && (amd64 || arm64)) && !portable

package fsx

import "golang.org/x/sys/unix"

// stat describes the file.
func (f File) stat(st *unix.Stat_t) error {
	return again(func() error { return unix.Fstat(f.fd, st) })
}
