//go:build !portable

package fsx

import (
	"bytes"
	"encoding/binary"
	"io/fs"

	"golang.org/x/sys/unix"
)

// yieldNames: the records are struct linux_dirent64: inode, offset, length of the record,
// type, name.
func yieldNames(records []byte, yield func(Listed, error) bool) bool {
	for len(records) > 0 {
		length := binary.NativeEndian.Uint16(records[16:])
		name, typ := records[19:length], records[18]
		if end := bytes.IndexByte(name, 0); end >= 0 {
			name = name[:end]
		}
		if l := (Listed{string(name), direntType(typ)}); l.Name != "." && l.Name != ".." && !yield(l, nil) {
			return false
		}
		records = records[length:]
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
