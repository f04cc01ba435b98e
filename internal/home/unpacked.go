package home

import (
	"encoding/binary"

	"cargohome/internal/fsx"
)

// Unpacked returns how many bytes the tar in the archive has, by what its last four bytes say
// (RFC 1952, ISIZE): nobody vouches for it, so it is good for telling people. It is 0 if the
// file cannot be read.
func (a Archive) Unpacked() int64 {
	f, _, err := fsx.OpenRegular(a.Path)
	if err != nil {
		return 0
	}
	defer f.Close()
	var size [4]byte
	if _, err := f.ReadAt(size[:], a.Size-int64(len(size))); err != nil {
		return 0
	}
	return int64(binary.LittleEndian.Uint32(size[:]))
}
