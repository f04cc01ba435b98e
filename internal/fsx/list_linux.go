//go:build !portable

package fsx

import (
	"encoding/binary"
	"io/fs"
	"strings"

	"golang.org/x/sys/unix"
)

// yieldNames: the records are struct linux_dirent64: inode, offset, length of the record,
// type, name. All names are parts of one text, as making each costs more than all else.
func yieldNames(records []byte, yield func(Listed, error) bool) bool {
	for text := string(records); len(text) > 0; {
		length := binary.NativeEndian.Uint16([]byte(text[16:18]))
		name, typ := text[19:length], text[18]
		if end := strings.IndexByte(name, 0); end >= 0 {
			name = name[:end]
		}
		if l := (Listed{name, direntType(typ)}); l.Name != "." && l.Name != ".." && !yield(l, nil) {
			return false
		}
		text = text[length:]
	}
	return true
}

func direntType(t byte) fs.FileMode {
	switch t {
	case unix.DT_REG:
		return 0
	case unix.DT_DIR:
		return fs.ModeDir
	case unix.DT_LNK:
		return fs.ModeSymlink
	case unix.DT_UNKNOWN:
		return Untold
	}
	return fs.ModeIrregular
}
