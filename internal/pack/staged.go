package pack

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"cargohome/internal/bundle"
	"cargohome/internal/fsx"
	"cargohome/internal/par"
)

// addFolder adds all files below a folder that was staged, under dir.
func (p *Plan) addFolder(ctx context.Context, dir, staged, packages string) error {
	items, err := listed(ctx, dir, staged, packages)
	if err != nil {
		return err
	}
	items = slices.DeleteFunc(items, func(it item) bool { return it.IsFolder() })
	if at := refused(items); at != "" {
		return fmt.Errorf("no bundle has a name, or a link, as %q: leave out the flag that packs it", at)
	}
	return p.add(ctx, items)
}

// add adds what was listed.
func (p *Plan) add(ctx context.Context, items []item) error {
	first := len(p.items)
	p.items = append(p.items, items...)
	return p.sum(ctx, p.items[first:])
}

// listed returns the files, links and empty folders below one that was staged, under dir;
// without checksums.
func listed(ctx context.Context, dir, staged, packages string) (items []item, err error) {
	err = filepath.WalkDir(staged, func(at string, e fs.DirEntry, err error) error {
		if err != nil || at == staged {
			return err
		}
		rel, err := filepath.Rel(staged, at)
		if err != nil {
			return err
		}
		// A folder that what follows lies in is not empty.
		if n := len(items) - 1; n >= 0 && items[n].IsFolder() && filepath.Dir(at) == items[n].file {
			items = items[:n]
		}
		it := item{Entry: bundle.Entry{Path: path.Join(dir, filepath.ToSlash(rel)), Package: packages}, file: at}
		if err := it.look(e); err != nil {
			return err
		}
		items = append(items, it)
		return ctx.Err()
	})
	return items, err
}

// look says what the item is.
func (it *item) look(e fs.DirEntry) (err error) {
	switch {
	case e.IsDir():
		it.Path += "/"
	case e.Type() == fs.ModeSymlink:
		it.Link, err = os.Readlink(it.file)
		it.Link = filepath.ToSlash(it.Link)
	default:
		var info fs.FileInfo
		if info, err = e.Info(); err == nil {
			it.Size, it.Executable = info.Size(), info.Mode()&0o100 != 0
		}
	}
	return err
}

// refused returns the path of the first item that no bundle has, "" if there is none.
func refused(items []item) string {
	for i := range items {
		if items[i].Check() != nil {
			return items[i].Path
		}
	}
	return ""
}

// sum hashes files.
func (p *Plan) sum(ctx context.Context, items []item) error {
	none := func() []byte { return make([]byte, 256<<10) }
	errs := par.Do(ctx, p.o.Jobs, len(items), none, func(buf []byte, i int) error {
		if !items[i].IsFile() {
			return nil
		}
		f, _, err := fsx.OpenRegular(items[i].file)
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
