// Package rustpath joins and compares paths as the text that they are, as Rust's Path
// does, where Go's would go a step too far: "a/.." and a link are left as they are.
package rustpath

import (
	"os"
	"path/filepath"
	"strings"
)

// Join is Path::join: an absolute path, or one with a volume, replaces the base, and
// nothing is normalised.
func Join(base, path string) string {
	switch {
	case filepath.IsAbs(path) || filepath.VolumeName(path) != "":
		return path
	case path != "" && os.IsPathSeparator(path[0]): // Windows: rooted, on the drive of base
		return filepath.VolumeName(base) + path
	case base != "" && os.IsPathSeparator(base[len(base)-1]):
		return base + path
	}
	return base + string(filepath.Separator) + path
}

// Tidy returns an absolute path by its components, so that texts which Path takes as
// equal become equal: without empty and "." parts, with one kind of separator, and with
// none at the end but for the root. ".." stays: /a/b/.. does not begin with /a/x.
func Tidy(path string) string {
	volume := filepath.VolumeName(path)
	var b strings.Builder
	b.WriteString(volume)
	for part := range strings.FieldsFuncSeq(path[len(volume):], IsSeparator) {
		if part != "." {
			b.WriteByte(filepath.Separator)
			b.WriteString(part)
		}
	}
	if b.Len() == len(volume) {
		b.WriteByte(filepath.Separator)
	}
	return b.String()
}

// IsSeparator reports whether the system takes a character for what parts a path.
func IsSeparator(r rune) bool { return r < 0x80 && os.IsPathSeparator(byte(r)) }
