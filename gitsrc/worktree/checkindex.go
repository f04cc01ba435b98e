package worktree

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/go-git/go-git/v5/plumbing"
)

// ErrIndexVersion is matched by the error for a git index of a version that is not read
// here, as git writes it if it is told to.
var ErrIndexVersion = errors.New("a git index of another version than 2 and 3")

// ErrIndex is matched by the error for a git index that is not of the commit.
var ErrIndex = errors.New("not the git index of the commit")

// The layout of a git index of version 2 or 3:
//
//	"DIRC" VERSION COUNT             4 bytes each
//	ENTRY                            of each path, in order of the paths' bytes
//	    10 numbers of 4 bytes        of them the 7th is the mode; what else was remembered
//	    NAME FLAGS                   20 bytes of the object, 2: whether there are more, stage, length of the path
//	    MORE                         2 bytes, if there are
//	    PATH 00…                     up to a multiple of 8 bytes, one zero at least
//	extensions                       which nobody needs
//	SUM                              20 bytes, of all before, or zeros
const (
	indexHead   = 12
	indexModeAt = 24 // where in an entry the mode is
	indexName   = 40
	indexFlags  = 60
	indexPath   = 62
	indexMore   = 0x4000 // in the flags
	indexStage  = 0x3000
)

// IndexSize is how many bytes a git index of the layer's commit may have that is read.
func (l *Layer) IndexSize() int64 {
	size := int64(1 << 20)
	for _, it := range l.items {
		size += 2 * int64(len(it.path)+indexPath+8)
	}
	return size
}

// CheckIndex reports whether data is a git index with the paths, modes and objects of the
// layer's commit. What it remembers of files besides counts for nothing.
func (l *Layer) CheckIndex(data []byte) error {
	body := len(data) - sha1.Size
	if body < indexHead || !bytes.HasPrefix(data, []byte("DIRC")) {
		return ErrIndex
	}
	version := binary.BigEndian.Uint32(data[4:])
	if version != 2 && version != 3 {
		return fmt.Errorf("%w: %d", ErrIndexVersion, version)
	}
	sum := sha1.Sum(data[:body])
	if end := data[body:]; !bytes.Equal(end, sum[:]) && !bytes.Equal(end, make([]byte, sha1.Size)) {
		return fmt.Errorf("%w: its content has another hash than it says", ErrIndex)
	}
	if n := binary.BigEndian.Uint32(data[8:]); int64(n) != int64(len(l.items)) {
		return fmt.Errorf("%w: it has %d entries, and not %d", ErrIndex, n, len(l.items))
	}
	rest := data[indexHead:body]
	for _, it := range l.items {
		size := it.indexed(rest)
		if size == 0 {
			return fmt.Errorf("%w: it differs at %q", ErrIndex, it.path)
		}
		rest = rest[size:]
	}
	return nil
}

// indexed returns how long the entry of the item is with which data begins, 0 if it does
// not.
func (i item) indexed(data []byte) (size int) {
	if len(data) < indexPath {
		return 0
	}
	at, flags := indexPath, binary.BigEndian.Uint16(data[indexFlags:])
	if flags&indexMore != 0 {
		at += 2
	}
	size = (at + len(i.path) + 8) &^ 7
	if size > len(data) || flags&indexStage != 0 || !bytes.HasPrefix(data[at:], append([]byte(i.path), 0)) {
		return 0
	}
	name := plumbing.Hash(data[indexName:indexFlags])
	if name != i.hash || binary.BigEndian.Uint32(data[indexModeAt:]) != uint32(indexMode(i.mode)) {
		return 0
	}
	return size
}
