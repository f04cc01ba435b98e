package workspace

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"cargohome/internal/rustpath"
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
	return normalize(rustpath.Join(wd, path)), nil
}

// normalize resolves "." and ".." in an absolute path as text.
func normalize(path string) string { return filepath.Clean(path) }

// within reports whether the normalised path is dir or lies below it.
func within(path, dir string) bool {
	rest, ok := strings.CutPrefix(path, dir)
	return ok && (rest == "" || os.IsPathSeparator(rest[0]) || os.IsPathSeparator(dir[len(dir)-1]))
}
