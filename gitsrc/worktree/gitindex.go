package worktree

import (
	"crypto/sha1"
	"encoding/binary"

	"cargohome/gitsrc/object"
	"cargohome/internal/fsx"

	"github.com/go-git/go-git/v5/plumbing"
)

// indexEntry is one entry of a git index: a file as it lies in the work tree.
type indexEntry struct {
	stat fileStat
	mode uint32
	hash plumbing.Hash
	path string
}

// fileStat is what git remembers of a file to see whether it has changed. All of
// it may be 0, which makes git read the file to find out.
type fileStat struct {
	ctime, ctimeNano, mtime, mtimeNano uint32
	dev, ino, uid, gid, size           uint32
}

// lstat returns what the git index remembers of a file, as far as the system tells.
func lstat(path string) (s fileStat, err error) {
	e, err := fsx.Lstat(path)
	if err != nil {
		return s, err
	}
	s = fileStat{dev: uint32(e.Dev), ino: uint32(e.Ino), uid: e.Owner, gid: e.Group, size: uint32(e.Size)}
	s.mtime, s.mtimeNano = uint32(e.Modified.Unix()), uint32(e.Modified.Nanosecond())
	if !e.Changed.IsZero() {
		s.ctime, s.ctimeNano = uint32(e.Changed.Unix()), uint32(e.Changed.Nanosecond())
	}
	return s, nil
}

// encodeIndex writes a git index of version 2 without extensions: a head with the
// number of entries; for each what is known of the file, its object, a number
// that has the path's length in its lower 12 bits, the path, and 1 to 8 NULs up
// to a multiple of 8 bytes; and the SHA-1 of all that.
func encodeIndex(entries []indexEntry) []byte {
	b := []byte{'D', 'I', 'R', 'C', 0, 0, 0, 2}
	b = binary.BigEndian.AppendUint32(b, uint32(len(entries)))
	for _, e := range entries {
		start := len(b)
		s := e.stat
		for _, n := range []uint32{s.ctime, s.ctimeNano, s.mtime, s.mtimeNano, s.dev, s.ino, e.mode, s.uid, s.gid, s.size} {
			b = binary.BigEndian.AppendUint32(b, n)
		}
		b = append(b, e.hash[:]...)
		b = binary.BigEndian.AppendUint16(b, uint16(min(len(e.path), 0xfff)))
		b = append(b, e.path...)
		b = append(b, make([]byte, 8-(len(b)-start)%8)...)
	}
	sum := sha1.Sum(b)
	return append(b, sum[:]...)
}

// indexMode is the mode the git index has for an entry: it knows two for files.
func indexMode(mode uint32) uint32 {
	switch {
	case mode&object.TypeMask != object.TypeFile:
		return mode & object.TypeMask
	case mode&0o100 != 0:
		return object.TypeFile | 0o755
	}
	return object.TypeFile | 0o644
}
