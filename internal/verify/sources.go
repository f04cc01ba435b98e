package verify

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/reextract"
)

func (p *Plan) listSources() {
	root := p.home.SourcesDir()
	for _, registry := range p.names(Sources, root) {
		for _, stem := range p.names(Sources, filepath.Join(root, registry)) {
			path := filepath.Join(root, registry, stem)
			id, err := home.ParseStem(stem)
			if err != nil {
				p.Strange = append(p.Strange, fmt.Errorf("%q: it has not the name of a package's source", path))
				continue
			}
			p.addSource(path, registry, id)
		}
	}
}

// names lists a folder that need not be there. Names that begin with a dot are nobody's.
func (p *Plan) names(area Area, dir string) (names []string) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		p.cannot(area, dir, fsx.WithoutPath(err))
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names
}

// cannot adds what cannot be looked at.
func (p *Plan) cannot(area Area, path string, why error) {
	p.add(&Item{Area: area, Name: filepath.Base(path), Path: path, check: func(_ context.Context, _ *worker, i *Item) error {
		i.is(Unknown, why.Error())
		return nil
	}})
}

func (p *Plan) addSource(path, registry string, id crate.ID) {
	item := &Item{Area: Sources, Name: id.String(), Path: path, check: func(ctx context.Context, w *worker, i *Item) error {
		return p.checkSource(ctx, w, i, registry, id)
	}}
	if info, err := os.Lstat(p.home.ArchivePath(registry, id)); err == nil && info.Mode().IsRegular() {
		item.Size = info.Size()
	}
	item.mend = p.unpackerOf(registry, id, item.Size)
	p.add(item)
}

// checkSource compares a source with the archive beside it, which is hashed as it is
// read. One that cannot be trusted says nothing of the source.
func (p *Plan) checkSource(ctx context.Context, w *worker, i *Item, registry string, id crate.ID) error {
	if !i.isFolder() {
		return nil
	}
	path := p.home.ArchivePath(registry, id)
	file, err := fsx.OpenToRead(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		i.is(Unvouched, "registry/cache has no archive of it")
		return nil
	case err != nil:
		return i.unread(ctx, err)
	}
	_ = file.Close()
	vouched, err := p.vouch(path, registry, id)
	if err != nil {
		i.is(Unvouched, err.Error())
		return nil
	}
	c, err := compare(i.Path, crate.OKFile, w.buffers)
	if err != nil {
		return i.failed(ctx, err)
	}
	defer c.close()
	if _, err := w.unpack.Unpack(ctx, c, vouched.Archive(id, home.Archive{Path: path, Size: file.Size()}), nil); err != nil {
		return i.unread(ctx, err)
	}
	i.By = vouched.By
	found, err := c.finishSource(ctx, i.Path)
	if err != nil {
		return i.failed(ctx, err)
	}
	if i.differs(found); i.State == Sound && vouched.By == locate.ByNobody {
		i.is(Unvouched, "it is as its archive, for which nobody vouches")
	}
	return nil
}

// unread takes what kept the archive of a source from being read: what is wrong with it the
// archive is to be told of, and what is wrong with the system is not known to be nothing.
func (i *Item) unread(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case isArchiveFault(err), errors.Is(err, fsx.ErrNotRegular):
		i.is(Unvouched, "its archive is of no use: "+err.Error())
	default:
		i.is(Unknown, "its archive cannot be read: "+fsx.WithoutPath(err).Error())
	}
	return nil
}

// Source compares a source, the folder dir, with an archive. The error is that the archive
// is of no use, or that of ctx.
func Source(ctx context.Context, dir string, a archive.Archive) ([]Difference, error) {
	w := newWorker()
	c, err := compare(dir, crate.OKFile, w.buffers)
	if err != nil {
		return nil, err
	}
	defer c.close()
	if _, err := w.unpack.Unpack(ctx, c, a, nil); err != nil {
		return nil, err
	}
	return c.finishSource(ctx, dir)
}

// finishSource ends the comparison of a source, of which the mark is Cargo's.
func (c *comparison) finishSource(ctx context.Context, dir string) ([]Difference, error) {
	state, _ := reextract.Look(dir)
	c.mark(state == reextract.Present)
	return c.finish(ctx)
}
