package vendoring

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"cargohome/internal/staging"
)

// Lock keeps other runs from working on the vendor folder dest, which need not
// exist, until the function returned is called: two runs would otherwise put
// their folders in each other's way. While another run has it, waiting is called
// once, and then Lock waits until it has it or ctx ends. Where there are no locks
// it returns at once.
func Lock(ctx context.Context, dest string, waiting func()) (unlock func() error, err error) {
	for {
		dir := existing(dest)
		held, err := staging.Lock(ctx, dir, waiting)
		if err != nil {
			return nil, err
		}
		if dir == existing(dest) { // another run may have made it meanwhile
			return held, nil
		}
		if err := held(); err != nil {
			return nil, err
		}
	}
}

// nearest returns path, or the nearest above it that is there, as it is written.
func nearest(path string) string {
	for path != filepath.Dir(path) {
		if _, err := os.Stat(path); err == nil {
			break
		}
		path = filepath.Dir(path)
	}
	return path
}

// existing returns the folder at path, or the nearest above it that exists.
func existing(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) || path == filepath.Dir(path) {
		return path
	}
	return existing(filepath.Dir(path))
}
