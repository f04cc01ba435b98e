package config

import (
	"os"
	"path/filepath"

	"cargohome/internal/rustpath"
)

// Paths from configuration enter the names of folders (spec 2.1), so they must
// be the ones cargo builds: "." and empty segments dropped, ".." kept, symlinks
// not followed.

// join returns p as seen from the absolute folder base.
func join(base, p string) string { return rustpath.Tidy(rustpath.Join(base, p)) }

func parent(p string) string { return rustpath.Parent(p) }

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
