//go:build unix && !portable

package fsx

import (
	"io/fs"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func newEntry(st *unix.Stat_t) Entry {
	return Entry{
		ID:    ID{uint64(st.Dev), uint64(st.Ino)},
		Mode:  newMode(uint32(st.Mode)),
		Owner: st.Uid, Group: st.Gid,
		Links: uint64(st.Nlink),
		Size:  st.Size, Allocated: int64(st.Blocks) * 512,
		Modified: newTime(st.Mtim), Accessed: newTime(st.Atim), Changed: newTime(st.Ctim),
	}
}

func newTime(t unix.Timespec) time.Time { return time.Unix(t.Unix()) }

func newMode(mode uint32) fs.FileMode {
	m := fs.FileMode(mode & 0o777)
	switch mode & unix.S_IFMT {
	case unix.S_IFREG:
	case unix.S_IFDIR:
		m |= fs.ModeDir
	case unix.S_IFLNK:
		m |= fs.ModeSymlink
	default:
		m |= fs.ModeIrregular
	}
	for bit, is := range [...]fs.FileMode{fs.ModeSticky, fs.ModeSetgid, fs.ModeSetuid} {
		if mode&(unix.S_ISVTX<<bit) != 0 {
			m |= is
		}
	}
	return m
}

// IDOf returns the ID of what package os has described, zero if that does not tell it.
func IDOf(info fs.FileInfo) ID {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return ID{uint64(st.Dev), uint64(st.Ino)}
	}
	return ID{}
}

// Allocated returns how many bytes on the disk belong to what package os has described.
func Allocated(info fs.FileInfo) int64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return int64(st.Blocks) * 512
	}
	return info.Size()
}

// Lstat describes what is at a path.
func Lstat(path string) (Entry, error) { return Folder{fd: unix.AT_FDCWD}.Stat(path) }
