package unpack

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"cargohome/gitsrc/object"
	"cargohome/index"
	"cargohome/internal/bundle"
	"cargohome/internal/home"
)

// prove makes sure that what was read agrees: see the package comment. All that was
// staged is written.
func (w *writing) prove(ctx context.Context) error {
	for _, a := range w.stage.all() {
		for _, u := range a.units {
			if u.Kind != bundle.RepositoryEntry && u.Kind != bundle.IndexRepository {
				continue
			}
			if err := w.proveRepository(ctx, u, a.staged(w.path(u.Path), u)); err != nil {
				return err
			}
		}
	}
	return w.proveArchives()
}

// proveRepository reads a repository that was staged in dir, and looks for what its commits
// take.
func (w *writing) proveRepository(ctx context.Context, u *Unit, dir string) error {
	faults, _, err := object.Verify(ctx, dir, w.opts.Jobs)
	switch {
	case err != nil:
		return err
	case len(faults) > 0:
		return w.refuse(u, path.Join(u.Path, "objects", faults[0].File), faults[0].Err)
	case u.Kind == bundle.IndexRepository:
		return nil
	case len(w.commits[u.folder()]) == 0:
		return w.refuse(u, u.Path, errors.New("the manifest does not say which commits it is for"))
	}
	if err := w.hasWhole(ctx, u, dir); err != nil {
		return w.refuse(u, u.Path, err)
	}
	return nil
}

// proveArchives looks for the index entry of each archive.
func (w *writing) proveArchives() error {
	asked := map[string]*index.Index{}
	defer func() {
		for _, x := range asked {
			_ = x.Close()
		}
	}()
	for i := range w.Units {
		u := &w.Units[i]
		if u.Kind != bundle.ArchiveEntry || w.vouched[&u.entries[0]] {
			continue
		}
		if asked[u.folder()] == nil {
			asked[u.folder()] = w.vouching(u.folder())
		}
		if err := w.proveArchive(u, asked[u.folder()]); err != nil {
			return w.refuse(u, u.Path, err)
		}
	}
	return nil
}

// proveArchive asks an index for an archive that no entry of the bundle is for.
func (w *writing) proveArchive(u *Unit, x *index.Index) error {
	id, err := home.ParseStem(strings.TrimSuffix(path.Base(u.Path), ".crate"))
	if err != nil {
		return err
	}
	e, err := x.Lookup(id.Name, id.Version)
	if err != nil {
		return fmt.Errorf("nothing vouches for it: %w", err)
	}
	w.found(u.folder(), e)
	return agrees(&u.entries[0], &e)
}

// vouch takes an index entry of the bundle for what it says of an archive.
func (w *writing) vouch(folder string, e *index.Entry) error {
	archive := w.manifest.Find(home.CachePath + "/" + folder + "/" + e.Name + "-" + e.Version + ".crate")
	if archive == nil {
		return nil
	}
	w.vouched[archive] = true
	if err := agrees(archive, e); err != nil {
		return &bundle.Error{Bundle: w.opts.Name, Entry: archive.Path, Package: archive.Package, Err: err}
	}
	return nil
}

// agrees is an error if an archive is not the one that an index lists.
func agrees(archive *bundle.Entry, e *index.Entry) error {
	if e.Checksum != archive.Sum {
		return fmt.Errorf("it has checksum %s, and the index lists %s", archive.Sum, e.ChecksumText)
	}
	return nil
}

// vouching is the index that is asked for what the bundle has no entries of: that of the
// bundle if it is in git, or the home's.
func (w *writing) vouching(folder string) *index.Index {
	for _, a := range w.stage.all() {
		for _, u := range a.units {
			if u.Kind == bundle.IndexRepository && u.folder() == folder {
				return index.Git(filepath.Dir(a.staged(w.path(u.Path), u)))
			}
		}
	}
	return w.index(folder)
}

// staged is where what goes to a place in the home is staged.
func (a *area) staged(place string, u *Unit) string {
	return filepath.Join(a.dir.Fresh(), homeName, filepath.FromSlash(a.name(u.stagedIn(), place)))
}
