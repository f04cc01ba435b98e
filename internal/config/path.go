package config

import (
	"os"
	"path/filepath"
	"strings"
)

// Paths from configuration enter the names of folders (spec 2.1), so they must
// be the ones cargo builds: "." and empty segments dropped, ".." kept, symlinks
// not followed.

// join returns p as seen from the absolute folder base.
func join(base, p string) string {
	switch vol := filepath.VolumeName(p); {
	case filepath.IsAbs(p) || vol != "":
		return tidy(p)
	case p != "" && os.IsPathSeparator(p[0]):
		return tidy(filepath.VolumeName(base) + p)
	}
	return tidy(base + string(filepath.Separator) + p)
}

func tidy(p string) string {
	vol := filepath.VolumeName(p)
	var b strings.Builder
	b.WriteString(vol)
	for part := range strings.FieldsFuncSeq(p[len(vol):], func(r rune) bool { return r < 0x80 && os.IsPathSeparator(uint8(r)) }) {
		if part != "." {
			b.WriteByte(filepath.Separator)
			b.WriteString(part)
		}
	}
	if b.Len() == len(vol) {
		b.WriteByte(filepath.Separator)
	}
	return b.String()
}

// parent drops the last segment of a tidy path, also where that is "..", and
// stays at the root.
func parent(p string) string {
	vol := len(filepath.VolumeName(p))
	if i := strings.LastIndexByte(p, filepath.Separator); i > vol {
		return p[:i]
	}
	return p[:min(vol+1, len(p))]
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// canonical follows symlinks where path exists.
func canonical(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}
