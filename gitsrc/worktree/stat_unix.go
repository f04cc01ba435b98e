//go:build unix && !portable

package worktree

import (
	"cargohome/internal/fsx"

	"golang.org/x/sys/unix"
)

// lstat returns what the git index remembers of a file.
func lstat(path string) (fileStat, error) {
	var s unix.Stat_t
	if err := fsx.Again(func() error { return unix.Lstat(path, &s) }); err != nil {
		return fileStat{}, err
	}
	return fileStat{
		ctime: uint32(s.Ctim.Sec), ctimeNano: uint32(s.Ctim.Nsec), mtime: uint32(s.Mtim.Sec), mtimeNano: uint32(s.Mtim.Nsec),
		dev: uint32(s.Dev), ino: uint32(s.Ino), uid: s.Uid, gid: s.Gid, size: uint32(s.Size),
	}, nil
}
