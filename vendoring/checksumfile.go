package vendoring

import (
	"encoding/hex"
	"fmt"
	"unicode/utf8"

	"cargohome/crate"
	"cargohome/crate/archive"
)

// recordHead opens a checksum file, and commentedHead one of cargo 1.97 and later (cargo
// 1.97: ops/vendor.rs).
const (
	recordHead    = `{"files":{`
	commentedHead = `{"$comment":"This file only protects against accidental modifications. ` +
		`It is not a security mechanism and does not protect against malicious changes.","files":{`
)

// appendChecksumFile appends the bytes cargo writes (spec 7.8): no spaces,
// keys in byte order, no newline at the end. The files must be in byte order of
// their paths. The checksum is nil for a package from git, which has no archive.
func appendChecksumFile(b []byte, files []archive.File, sum *crate.Checksum, commented bool) []byte {
	if commented {
		b = append(b, commentedHead...)
	} else {
		b = append(b, recordHead...)
	}
	for i, f := range files {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, f.Path)
		b = append(b, `:"`...)
		b = hex.AppendEncode(b, f.Sum[:])
		b = append(b, '"')
	}
	return appendTail(b, sum)
}

// appendTail appends what follows the files.
func appendTail(b []byte, sum *crate.Checksum) []byte {
	if sum == nil {
		return append(b, `},"package":null}`...)
	}
	b = append(b, `},"package":"`...)
	b = hex.AppendEncode(b, sum[:])
	return append(b, `"}`...)
}

// appendJSONString escapes as serde_json does: quote, backslash and what lies
// below a space. Go's own encoder escapes more.
func appendJSONString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= ' ':
			b = append(b, c)
		default:
			b = appendControl(b, c)
		}
	}
	return append(b, '"')
}

func appendControl(b []byte, c byte) []byte {
	switch c {
	case '\b':
		return append(b, `\b`...)
	case '\t':
		return append(b, `\t`...)
	case '\n':
		return append(b, `\n`...)
	case '\f':
		return append(b, `\f`...)
	case '\r':
		return append(b, `\r`...)
	}
	return fmt.Appendf(b, `\u%04x`, c)
}

// validPath reports whether a path listed in a checksum file is one that
// appendChecksumFile could have been given.
func validPath(path string) bool {
	return path != "" && utf8.ValidString(path)
}
