package vendoring

import (
	"bytes"
	"encoding/hex"

	"cargohome/crate"
	"cargohome/crate/archive"
)

// readCanonical reads a checksum file of a registry package that is, to the byte, as
// appendChecksumFile writes it for the archive; false for any other. Files are
// added to files, in byte order of their paths.
// Whether it has cargo's comment makes no difference, and is told.
//
// Being strict it is simple and quick: most of what an unchanged vendor folder takes
// besides hashing would else be the decoding of JSON.
func readCanonical(text []byte, files []archive.File, sum *crate.Checksum) (_ []archive.File, commented, ok bool) {
	rest, commented := bytes.CutPrefix(text, []byte(commentedHead))
	if !commented {
		if rest, ok = bytes.CutPrefix(text, []byte(recordHead)); !ok {
			return files, false, false
		}
	}
	tail := appendTail(nil, sum)
	if rest, ok = bytes.CutSuffix(rest, tail); !ok {
		return files, commented, false
	}
	for len(rest) > 0 {
		var f archive.File
		if f, rest, ok = cutFile(rest); !ok || len(files) > 0 && files[len(files)-1].Path >= f.Path {
			return files, commented, false
		}
		files = append(files, f)
		if len(rest) > 0 {
			if rest, ok = bytes.CutPrefix(rest, []byte(",")); !ok || len(rest) == 0 {
				return files, commented, false
			}
		}
	}
	return files, commented, true
}

// cutFile reads `"PATH":"SHA256"`.
func cutFile(text []byte) (f archive.File, rest []byte, ok bool) {
	if text, ok = bytes.CutPrefix(text, []byte(`"`)); !ok {
		return f, nil, false
	}
	path, text, ok := bytes.Cut(text, []byte(`":"`))
	const digits = 2 * len(f.Sum)
	// A path that is escaped in JSON is not worth the effort: its package is made anew.
	if !ok || bytes.ContainsAny(path, `"\`) || len(text) <= digits || text[digits] != '"' {
		return f, nil, false
	}
	f.Path = string(path)
	if _, err := hex.Decode(f.Sum[:], text[:digits]); err != nil || hasUpper(text[:digits]) || !validPath(f.Path) {
		return f, nil, false
	}
	return f, text[digits+1:], true
}

func hasUpper(hex []byte) bool {
	return bytes.ContainsAny(hex, "ABCDEF")
}
