package object

import (
	"bytes"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// The types of entries, as in the modes of stat(2).
const (
	TypeMask    = 0o170000
	TypeTree    = 0o040000
	TypeFile    = 0o100000
	TypeLink    = 0o120000
	TypeGitlink = 0o160000
)

const (
	maxMode = 16 // bytes of a mode: six, or seven with an odd tool's zero

	// MaxName is the most bytes that the name of an entry may have, or a path.
	MaxName = 4096
)

// TreeEntry is an entry of a tree: "MODE NAME\0" and 20 bytes.
type TreeEntry struct {
	Mode uint32        // as it is there: "100664" is kept
	Name string        // possibly hostile
	Hash plumbing.Hash // of a file, a link's target, a folder, or the commit of a submodule
}

// CutEntry cuts the first entry off a tree. The error matches [ErrDamaged].
func CutEntry(tree []byte) (e TreeEntry, rest []byte, err error) {
	mode, name, hash, rest, err := cutEntry(tree)
	if err != nil {
		return e, nil, err
	}
	if len(mode) > maxMode || len(name) > MaxName {
		return e, nil, fmt.Errorf("%w: an entry of a tree has a mode or a name without end", ErrDamaged)
	}
	bits, err := strconv.ParseUint(string(mode), 8, 16)
	if err != nil {
		return e, nil, fmt.Errorf("%w: an entry of a tree has no mode", ErrDamaged)
	}
	return TreeEntry{uint32(bits), string(name), hash}, rest, nil
}

// cutEntry is CutEntry without a look at what the parts are. There is no mode where no
// space is.
func cutEntry(tree []byte) (mode, name []byte, h plumbing.Hash, rest []byte, err error) {
	head, rest, ok := bytes.Cut(tree, []byte{0})
	if !ok || len(rest) < len(h) {
		return nil, nil, h, nil, fmt.Errorf("%w: a tree ends within an entry", ErrDamaged)
	}
	mode, name, ok = bytes.Cut(head, []byte{' '})
	if !ok {
		mode, name = nil, head
	}
	return mode, name, plumbing.Hash(rest[:len(h)]), rest[len(h):], nil
}

// The modes of tree entries as they are written. 100664 was by git's first versions.
const (
	modeDir     = "40000"
	modeFile    = "100644"
	modeExec    = "100755"
	modeGroup   = "100664"
	modeGitlink = "160000"
)

// findEntry looks through a tree for a name. The error matches fs.ErrNotExist if there
// is none.
func findEntry(tree []byte, want string) (mode string, h plumbing.Hash, err error) {
	for len(tree) > 0 {
		var m, name []byte
		if m, name, h, tree, err = cutEntry(tree); err != nil {
			return "", h, err
		}
		if m != nil && string(name) == want {
			return strings.TrimLeft(string(m), "0"), h, nil
		}
	}
	return "", h, fs.ErrNotExist
}
