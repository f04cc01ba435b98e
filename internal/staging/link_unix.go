//go:build unix

package staging

import "golang.org/x/sys/unix"

func (d folder) symlink(target, name string) error { return unix.Symlinkat(target, d.fd, name) }
