package pack

import (
	"context"
	"crypto/sha256"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"cargohome/internal/bundle"
	"cargohome/internal/par"
)

// addFolder adds all files below a folder that was staged, under dir.
func (p *Plan) addFolder(ctx context.Context, dir, staged, packages string) error {
	first := len(p.items)
	err := filepath.WalkDir(staged, func(at string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(staged, at)
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		entry := bundle.Entry{Path: path.Join(dir, filepath.ToSlash(rel)), Size: info.Size(), Executable: info.Mode()&0o100 != 0, Package: packages}
		p.items = append(p.items, item{Entry: entry, file: at})
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	return p.sum(ctx, p.items[first:])
}

// sum hashes files.
func (p *Plan) sum(ctx context.Context, items []item) error {
	none := func() []byte { return make([]byte, 256<<10) }
	errs := par.Do(ctx, p.o.Jobs, len(items), none, func(buf []byte, i int) error {
		f, err := os.Open(items[i].file)
		if err != nil {
			return err
		}
		defer f.Close()
		sum := sha256.New()
		_, err = io.CopyBuffer(struct{ io.Writer }{sum}, struct{ io.Reader }{f}, buf)
		sum.Sum(items[i].Sum[:0])
		return err
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
