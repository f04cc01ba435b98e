package pack

import (
	"context"
	"io/fs"
	"path/filepath"

	"cargohome/internal/home"
)

// HomeSize is how many bytes the home has in what a bundle is made of: archives, indexes
// and repositories. What cannot be looked at does not count.
func HomeSize(ctx context.Context, dir string) (size int64) {
	for _, part := range []string{home.CachePath, home.IndexPath, home.DBPath} {
		_ = filepath.WalkDir(filepath.Join(dir, part), func(_ string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return ctx.Err()
			}
			if info, err := e.Info(); err == nil {
				size += info.Size()
			}
			return ctx.Err()
		})
	}
	return size
}
