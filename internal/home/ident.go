package home

import (
	"encoding/binary"
	"strings"

	"cargohome/crate"
)

// kindNumbers enter the hash of a registry's folders (spec 2.3). They are the
// places of the kinds in Cargo's source, not its order of sorting.
var kindNumbers = map[crate.SourceKind]byte{
	crate.Git:            0,
	crate.Path:           1,
	crate.Registry:       2,
	crate.SparseRegistry: 3,
	crate.LocalRegistry:  4,
	crate.Directory:      5,
}

// Ident returns the names that Cargo gives to the folders of a source: current
// by Cargo 1.85 and later, old by those before, on little-endian machines with 64
// bits. They are HOST-HASH for a registry (with an empty host for one in the file
// system), LAST-HASH for a git source, LAST being the end of its path.
//
// Neither is certain to be one element of a path on this system: the parts taken
// from the URL are as odd as the URL.
func Ident(src crate.SourceID) (current, old string) {
	if src.Kind() == crate.Git {
		return gitIdent(src.CanonicalURL())
	}
	return registryIdent(src, kindNumbers[src.Kind()])
}

// registryIdent: before 1.85 it was the URL as it is written, not the canonical one (cargo
// 1.84: impl Hash for SourceId).
func registryIdent(src crate.SourceID, kind byte) (current, old string) {
	host := src.Host() + "-"
	return host + hash(stream([]byte{kind}, src.CanonicalURL())), host + oldHash(stream(binary.LittleEndian.AppendUint64(nil, uint64(kind)), src.URL()))
}

// gitIdent: the kind takes no part, nor does the reference or the commit.
func gitIdent(url string) (current, old string) {
	last := lastSegment(url) + "-"
	return last + hash(stream(nil, url)), last + oldHash(stream(nil, url))
}

// stream is what is hashed: the kind, and the text ended by 0xFF.
func stream(kind []byte, text string) []byte {
	return append(append(kind, text...), 0xff)
}

// lastSegment returns the end of the path of a canonical URL.
func lastSegment(url string) string {
	_, path, _ := strings.Cut(url, "://")
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	_, path, _ = strings.Cut(path, "/")
	if last := path[strings.LastIndexByte(path, '/')+1:]; last != "" {
		return last
	}
	return "_empty"
}
