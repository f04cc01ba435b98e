//go:build unix && !portable

package staging

import "golang.org/x/sys/unix"

func (d folder) symlink(target, name string) error { return unix.Symlinkat(target, d.fd, name) }

func (d folder) link(from, name, _ string) error {
	return unix.Linkat(unix.AT_FDCWD, from, d.fd, name, 0)
}
