package pack

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"slices"

	"cargohome/crate"
	"cargohome/internal/bundle"
	"cargohome/internal/filter"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/lockfile"
	"cargohome/internal/project"
	"cargohome/internal/staging"
)

// Options say what is packed.
type Options struct {
	Jobs    int              // 0 means one for each processor
	Home    *home.Home       // that everything is from
	Sources *locate.Sources  // where packages are read from
	Project *project.Project // whose lockfiles are packed for
	// Choice is what is built, with what Cargo gets for that: no other archives go in. Found
	// is what it was made from, in any order. Nil is for all.
	Choice *filter.Choice
	Found  []locate.Package
	// Since are the bundles of which the receiver has everything.
	Since []*bundle.Manifest
	// Shelves are of those that are small: what the home does not have any more is taken from
	// them.
	Shelves []*bundle.Shelf
	// Redact leaves URLs with user info out where nothing depends on them, in place of
	// refusing them.
	Redact bool
	// Small has what is in archives in place of them.
	Small bool
	// TempDir is a folder for what is made on the way, which is gone after Close.
	TempDir string

	WithLockfiles bool // the lockfiles themselves
	WithSources   bool // archives unpacked, too
	WithCheckouts bool // work trees of repositories, too
	WithVendor    bool // the vendor folder, too
}

// Plan is what a bundle will hold. It is to be closed.
type Plan struct {
	Manifest *bundle.Manifest // of it, but for what [bundle.Write] completes
	Warnings []string         // what the user should know of it

	o          Options
	packages   []lockfile.Package // of other sources than paths, each once
	known      map[crate.ID]int   // place of what is in Options.Found
	items      []item             // one for each entry of the manifest, once it is sorted
	lines      []line             // of indexes
	archives   []archived
	configured []config                  // the registries
	registries map[crate.SourceID]string // names of their folders
	spool      spool
	stage      *staging.Dir // nil unless something was staged
}

// item is an entry, and where its content is.
type item struct {
	bundle.Entry
	file string // its path; "" if it is in the spool
	at   int64  // in the spool
}

// New finds out what a bundle holds. Everything that is missing is reported at once, as a
// [*GapsError]; archives are only read when they are written, and checked then. A URL that
// holds a secret is a [*SecretError].
func New(ctx context.Context, o Options) (*Plan, error) {
	own := *o.Project // of which addLockfiles changes the order
	own.Locks = slices.Clone(own.Locks)
	o.Project = &own
	p := &Plan{Manifest: &bundle.Manifest{}, o: o, known: map[crate.ID]int{}, registries: map[crate.SourceID]string{}, spool: spool{dir: o.TempDir, left: maxKept}}
	for i := range o.Found {
		p.known[o.Found[i].ID] = i
	}
	err := p.gather(ctx)
	if err == nil {
		err = p.finish()
	}
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// gather adds everything.
func (p *Plan) gather(ctx context.Context) (err error) {
	if p.packages, err = p.locked(); err != nil {
		return err
	}
	for _, add := range []func(context.Context) error{
		p.addLockfiles, p.addRegistries, p.addIndexes, p.addRepositories, p.addSources, p.addVendor,
	} {
		if err := add(ctx); err != nil {
			return err
		}
	}
	return nil
}

// locked returns the packages of all lockfiles that are not the user's own, each once.
func (p *Plan) locked() ([]lockfile.Package, error) {
	merged, err := locate.Merge(p.o.Project.Locked())
	if err != nil {
		return nil, err
	}
	return merged.Packages, p.checkSources(merged.Packages)
}

// find finds packages that nobody has found yet, and returns all of them in their order.
func (p *Plan) find(ctx context.Context, packages []lockfile.Package) ([]locate.Package, error) {
	if len(p.known) == 0 {
		return locate.Find(ctx, p.o.Jobs, packages, p.o.Sources)
	}
	found := make([]locate.Package, len(packages))
	var rest []lockfile.Package
	var places []int
	for i, l := range packages {
		if at, known := p.known[l.ID]; known {
			found[i] = p.o.Found[at]
			continue
		}
		rest, places = append(rest, l), append(places, i)
	}
	more, err := locate.Find(ctx, p.o.Jobs, rest, p.o.Sources)
	for i := range more {
		found[places[i]] = more[i]
	}
	return found, err
}

// finish sorts what was added, and makes the manifest of it.
func (p *Plan) finish() error {
	slices.SortFunc(p.items, func(a, b item) int { return bundle.Compare(a.Path, b.Path) })
	p.packages, p.known, p.o.Found, p.o.Project = nil, nil, nil, nil // which a long list is no more needed of
	p.Manifest.Entries = make([]bundle.Entry, len(p.items))
	for i := range p.items {
		p.Manifest.Entries[i] = p.items[i].Entry
	}
	slices.Sort(p.Manifest.LeftOut)
	p.Manifest.Hold(p.o.Since)
	return p.spool.flush()
}

// Write writes the bundle; see [bundle.Write]. Archives that are not what the lockfile says are
// reported all at once, as a [*GapsError].
func (p *Plan) Write(ctx context.Context, w io.Writer, o bundle.WriteOptions) error {
	if p.o.Small {
		o.Small = &frames{spool: &p.spool}
		old := olderOf(p.o.Since, p.o.Shelves)
		o.Base = func(i int) *bundle.Base { return old.base(ctx, &p.items[i]) }
	}
	err := bundle.Write(ctx, w, p.Manifest, o, p.open)
	refused, ok := errors.AsType[*bundle.Error](err)
	if !ok || ctx.Err() != nil {
		return err
	}
	if e := p.Manifest.Find(refused.Entry); e == nil || e.Kind() != bundle.ArchiveEntry {
		return err
	}
	if gaps := p.damaged(ctx); len(gaps) > 0 {
		return &GapsError{gaps}
	}
	return err
}

// open opens the content of an entry.
func (p *Plan) open(i int) (io.ReadCloser, error) {
	it := &p.items[i]
	if it.file == "" {
		return p.spool.open(it.at, it.Size), nil
	}
	if err := staging.Point(staging.OpOpen, it.file); err != nil {
		return nil, err
	}
	file, _, err := fsx.OpenRegular(it.file)
	return file, err
}

// put adds a file with some content.
func (p *Plan) put(path string, data []byte, pkg string) error {
	at, err := p.spool.put(data)
	p.items = append(p.items, item{bundle.Entry{Path: path, Size: int64(len(data)), Sum: crate.Sum(data), Package: pkg}, "", at})
	return err
}

// tree makes a folder to be filled, in the temporary one.
func (p *Plan) tree(ctx context.Context, name string) (w *staging.Writer, dir string, err error) {
	stage, err := p.staging(ctx)
	if err != nil {
		return nil, "", err
	}
	w, err = stage.Writer(name)
	return w, filepath.Join(stage.Fresh(), name), err
}

// Close lets go of everything.
func (p *Plan) Close() error {
	err := p.spool.close()
	if p.stage != nil {
		err = errors.Join(err, p.stage.Close())
	}
	return err
}
