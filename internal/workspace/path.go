package workspace

import (
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// absolute returns path in absolute, normalised form. [os.Getwd] would believe
// $PWD, and with it a symbolic link.
func absolute(path string) (string, error) {
	if filepath.IsAbs(path) {
		return normalize(path), nil
	}
	wd, err := os.Getwd()
	if err == nil && runtime.GOOS != "windows" {
		wd, err = filepath.EvalSymlinks(wd)
	}
	if err != nil {
		return "", err
	}
	return normalize(join(wd, path)), nil
}

// join is Rust's Path::join: an absolute path replaces the base, and nothing is
// normalised.
func join(base, path string) string {
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

// normalize resolves "." and ".." in an absolute path as text.
func normalize(path string) string { return filepath.Clean(path) }

// components returns path with its separators made '/' and without empty and "."
// parts, so that texts which Rust's Path takes as equal become equal. Unlike
// normalize it keeps "..": /a/b/.. is not a prefix of /a/x.
func components(path string) string {
	volume := filepath.VolumeName(path)
	var b strings.Builder
	b.WriteString(volume)
	for part := range strings.FieldsFuncSeq(path[len(volume):], isSeparator) {
		if part != "." {
			b.WriteByte('/')
			b.WriteString(part)
		}
	}
	return b.String()
}

func isSeparator(r rune) bool { return r < 0x80 && os.IsPathSeparator(byte(r)) }

// ancestors yields dir and the folders above it, up to the root of the file
// system.
func ancestors(dir string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for yield(dir) {
			parent := filepath.Dir(dir)
			if parent == dir {
				return
			}
			dir = parent
		}
	}
}

// within reports whether the normalised path is dir or lies below it.
func within(path, dir string) bool {
	rest, ok := strings.CutPrefix(path, dir)
	return ok && (rest == "" || os.IsPathSeparator(rest[0]) || os.IsPathSeparator(dir[len(dir)-1]))
}
