package unpack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
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
	if err := cmp.Or(w.proveConfigs(), w.proveArchives()); err != nil {
		return err
	}
	if areas := w.stage.all(); len(areas) == 1 && w.isAll() {
		return w.compare(ctx, areas[0], filepath.Join(areas[0].dir.Fresh(), homeName, putName))
	}
	return nil
}

// isAll reports whether all that the bundle lists is staged: then that is a home.
func (w *writing) isAll() bool {
	return !slices.ContainsFunc(w.Units, func(u Unit) bool { return u.Action != Added && u.Action != Rebuilt })
}

// compare has the staged packages of a vendor folder compared, once, with what a home makes
// of them.
func (w *writing) compare(ctx context.Context, a *area, home string) error {
	staged := a.vendored()
	if len(staged) == 0 || w.compared || w.opts.Compare == nil {
		return nil
	}
	w.compared = true
	return w.opts.Compare(ctx, filepath.Dir(a.staged(w.path(staged[0].Path), staged[0])), home)
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
		return w.proveIndex(ctx, u, filepath.Dir(dir))
	case len(w.commits[u.folder()]) == 0:
		return w.refuse(u, u.Path, errors.New("the manifest does not say which commits it is for"))
	}
	if err := w.hasWhole(ctx, u, dir); err != nil {
		return w.refuse(u, u.Path, err)
	}
	return nil
}

// proveIndex reads an index in git that was staged in dir, and takes it for what it says of
// archives.
func (w *writing) proveIndex(ctx context.Context, u *Unit, dir string) error {
	err := index.EachCrate(dir, func(entries []index.Entry) error {
		return errors.Join(w.vouch(u.folder(), entries), checkEntries(entries), ctx.Err())
	})
	if err == nil {
		err = checkConfig(dir)
	}
	if err != nil && !isRefusal(err) {
		err = w.refuse(u, u.Path, err)
	}
	return err
}

// checkConfig is an error if an index in git that was staged has no configuration, which says
// nothing of where it is staged.
func checkConfig(dir string) error {
	x := index.Git(dir)
	defer x.Close() // it was only read
	_, err := x.Config()
	if bad, ok := errors.AsType[*index.CorruptError](err); ok {
		return bad.Err
	}
	if errors.Is(err, index.ErrNoConfig) {
		return index.ErrNoConfig
	}
	return err
}

func isRefusal(err error) bool {
	_, ok := errors.AsType[*bundle.Error](err)
	return ok
}

// proveConfigs looks for the configuration of each sparse index, without which Cargo unpacks no
// archive. That of one in git is in its repository.
func (w *writing) proveConfigs() error {
	proven := "" // the last folder: what is of one stands together
	for i := range w.Units {
		u := &w.Units[i]
		if u.Kind != bundle.IndexEntry || u.folder() == proven {
			continue
		}
		if proven = u.folder(); w.manifest.Find(home.IndexPath+"/"+proven+"/config.json") != nil {
			continue
		}
		if _, err := w.index(proven).Config(); err != nil {
			return w.refuse(u, u.Path, err)
		}
	}
	return nil
}

// proveArchives looks for the index entry of each archive, but of those whose index a dry run
// has not read, as it is in git.
func (w *writing) proveArchives() error {
	unread := w.unread()
	for i := range w.Units {
		u := &w.Units[i]
		if u.Kind != bundle.ArchiveEntry || w.vouched[&u.entries[0]] || unread[u.folder()] {
			continue
		}
		if err := w.proveArchive(u, w.index(u.folder())); err != nil {
			return w.refuse(u, u.Path, err)
		}
	}
	return nil
}

// unread are the folders of indexes in git that would be staged, and are not.
func (w *writing) unread() map[string]bool {
	folders := map[string]bool{}
	for i := range w.Units {
		if u := &w.Units[i]; u.Kind == bundle.IndexRepository && u.Action != Kept {
			folders[u.folder()] = w.stage == nil
		}
	}
	return folders
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
	return agrees(&u.entries[0], &e)
}

// vouch takes a crate's index entries of the bundle for what they say of archives.
func (w *writing) vouch(folder string, entries []index.Entry) error {
	for i := range entries {
		e := &entries[i]
		archive := w.manifest.Find(home.CachePath + "/" + folder + "/" + e.Name + "-" + e.Version + ".crate")
		if archive == nil {
			continue
		}
		w.vouched[archive] = true
		if err := agrees(archive, e); err != nil {
			return &bundle.Error{Bundle: w.opts.Name, Entry: archive.Path, Package: archive.Package, Err: err}
		}
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

// staged is where what goes to a place in the home is staged.
func (a *area) staged(place string, u *Unit) string {
	return filepath.Join(a.dir.Fresh(), homeName, filepath.FromSlash(a.name(u.stagedIn, place)))
}
