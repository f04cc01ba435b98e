package unpack

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/gitsrc"
	"cargohome/gitsrc/object"
	"cargohome/index"
	"cargohome/internal/bundle"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/par"
	"cargohome/internal/reextract"
)

// Plan is what a bundle's manifest and a home come to. It is not safe for concurrent use.
type Plan struct {
	// Units are all of the bundle, in its order. Of index entries the action is only known
	// when they are read.
	Units []Unit

	home     *home.Home
	manifest *bundle.Manifest
	commits  map[string][]string     // that a repository is for, by its NAME
	leftOut  []string                // sorted, as the first version of cargohome did not write it
	counted  map[string][]crate.Spec // see counted
}

// NewPlan looks at what the home has of a bundle, or of those entries that only says yes to;
// nil is for all. What is there is read, not believed.
func NewPlan(ctx context.Context, h *home.Home, m *bundle.Manifest, only func(e *bundle.Entry) bool, jobs int) (*Plan, error) {
	p := &Plan{
		Units: units(m), home: h, manifest: m, commits: map[string][]string{}, counted: counted(m),
		leftOut: slices.Sorted(slices.Values(m.LeftOut)),
	}
	if only != nil {
		p.Units = slices.DeleteFunc(p.Units, func(u Unit) bool { return !only(&u.entries[0]) })
	}
	for _, r := range m.Repositories {
		p.commits[r.Name] = append(p.commits[r.Name], r.Commits...)
	}
	p.lookAbove()
	buffer := func() []byte { return make([]byte, bufferSize) }
	errs := par.Do(ctx, jobs, len(p.Units), buffer, func(buf []byte, i int) error {
		u := &p.Units[i]
		action, err := p.look(ctx, u, buf)
		if action != Kept && action != Rebuilt && (u.held() || !p.hasHeld(u, buf) || !p.hasBase(u, buf)) {
			action = Lacking
		}
		u.Action = action
		return err
	})
	return p, errors.Join(errs...)
}

// hasBase reports whether the home has the archive of which that of a unit is made, if it is
// made of one.
func (p *Plan) hasBase(u *Unit, buf []byte) bool {
	at := u.base()
	if at == "" {
		return true
	}
	f, err := fsx.OpenToRead(p.path(at))
	if err != nil {
		return false
	}
	defer f.Close()
	sum, err := hashOf(f, min(f.Size(), archive.MaxSize), buf)
	return err == nil && sum == u.entries[0].Content.BaseSum
}

// path is where something is in the home.
func (p *Plan) path(at string) string { return filepath.Join(p.home.Dir(), filepath.FromSlash(at)) }

// lookAbove finds out for all units which folder around their place is there: for a home
// that is new the system is asked little.
func (p *Plan) lookAbove() {
	asked := map[string]string{".": "."}
	for i := range p.Units {
		u := &p.Units[i]
		u.above = p.innermost(path.Dir(u.Path), asked)
	}
}

// innermost returns a folder below the home if it is there, or else the one above.
func (p *Plan) innermost(dir string, asked map[string]string) string {
	at, ok := asked[dir]
	if ok {
		return at
	}
	if at = p.innermost(path.Dir(dir), asked); at == path.Dir(dir) {
		if _, err := os.Lstat(p.path(dir)); ignoreMissing(err) != nil || err == nil {
			at = dir
		}
	}
	asked[dir] = at
	return at
}

// look says what is to become of a unit.
func (p *Plan) look(ctx context.Context, u *Unit, buf []byte) (Action, error) {
	if u.Kind == bundle.SourceEntry || u.Kind == bundle.CheckoutEntry {
		return p.lookMade(u), nil
	}
	if u.above != path.Dir(u.Path) {
		return Added, nil
	}
	if _, err := os.Lstat(p.path(u.Path)); err != nil {
		return Added, ignoreMissing(err)
	}
	switch u.Kind {
	case bundle.IndexEntry, bundle.IndexRepository:
		return p.lookIndex(u), nil
	case bundle.IndexConfig:
		_, err := index.Sparse(p.path(home.IndexPath + "/" + u.folder())).Config()
		return keptIf(err == nil), nil
	case bundle.RepositoryEntry:
		return p.lookRepository(ctx, u)
	}
	return keptIf(p.same(u, buf)), nil
}

// lookMade says what is to become of sources and work trees: those that Cargo would use stay.
func (p *Plan) lookMade(u *Unit) Action {
	if u.above != path.Dir(u.Path) {
		return Rebuilt
	}
	if u.Kind == bundle.CheckoutEntry && p.home.Git().HasHead(u.folder(), path.Base(u.Path)) {
		return Kept
	}
	if state, _ := reextract.Look(p.path(u.Path)); u.Kind == bundle.SourceEntry && state == reextract.Present {
		return Kept
	}
	return Rebuilt
}

func keptIf(right bool) Action {
	if right {
		return Kept
	}
	return Replaced
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fsx.ErrNotFolder) {
		return nil
	}
	return err
}

// lookRepository: one that has all that its commits take may stay as it is.
func (p *Plan) lookRepository(ctx context.Context, u *Unit) (Action, error) {
	dir := p.path(u.Path)
	if isUseless(gitsrc.Opens(dir, p.home.Dir())) {
		return Replaced, nil
	}
	if p.hasWhole(ctx, u, dir) == nil {
		return Kept, nil
	}
	return Merged, ctx.Err()
}

// isUseless reports whether a repository that is opened with an error is of no use to Cargo: it
// makes one anew that git does not open, and goes on with one of which it could not fetch
// anything (cargo 1.95: GitRemote::checkout, RemoteRegistry::repo). What could not be looked at
// may be of use.
func isUseless(err error) bool {
	if _, unseen := errors.AsType[*fs.PathError](err); unseen {
		return errors.Is(err, fsx.ErrNotFolder)
	}
	return slices.ContainsFunc([]error{object.ErrUnopened, object.ErrNoDB, object.ErrNoIndex, object.ErrDamaged}, func(useless error) bool { return errors.Is(err, useless) })
}

// hasWhole reports why a repository in dir, wherever in the home that is, lacks something
// that a checkout of the unit's commits takes.
func (p *Plan) hasWhole(ctx context.Context, u *Unit, dir string) error {
	return gitsrc.HasWhole(ctx, dir, p.home.Dir(), p.commits[u.folder()]...)
}

// same reports whether the home has the files of a unit, and nothing besides in their
// folders.
func (p *Plan) same(u *Unit, buf []byte) bool {
	for i := range u.entries {
		if !p.sameEntry(&u.entries[i], buf) {
			return false
		}
	}
	return u.Kind != bundle.VendoredEntry || p.count(u) == len(u.entries)
}

func (p *Plan) sameEntry(e *bundle.Entry, buf []byte) bool {
	switch {
	case e.IsFolder():
		info, err := os.Lstat(p.path(e.Path))
		return err == nil && info.IsDir()
	case e.Link != "":
		target, err := os.Readlink(p.path(e.Path))
		return err == nil && filepath.ToSlash(target) == e.Link
	}
	sum, err := sumOf(p.path(e.Path), e.Size, buf)
	return err == nil && sum == e.Sum
}

// count returns how many files, links and empty folders there are below a unit.
func (p *Plan) count(u *Unit) (n int) {
	err := filepath.WalkDir(p.path(u.Path), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			n++
			return err
		}
		inside, err := os.ReadDir(path)
		if len(inside) == 0 {
			n++
		}
		return err
	})
	if err != nil {
		return -1
	}
	return n
}

var errSize = errors.New("it has another size")

// sumOf hashes a file that should have that many bytes; another one is not read.
func sumOf(path string, size int64, buf []byte) (sum crate.Checksum, err error) {
	f, err := fsx.OpenToRead(path)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	return hashOf(f, size, buf)
}

// hashOf is sumOf for a file that is open.
func hashOf(f *fsx.Regular, size int64, buf []byte) (sum crate.Checksum, err error) {
	if f.Size() != size {
		return sum, errSize
	}
	hash := sha256.New()
	if _, err := io.CopyBuffer(hash, io.NewSectionReader(f, 0, size), buf); err != nil {
		return sum, err
	}
	return crate.Checksum(hash.Sum(nil)), nil
}
