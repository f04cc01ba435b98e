package verify

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"cargohome/crate"
	"cargohome/gitsrc"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/reextract"
	"cargohome/internal/staging"
	"cargohome/vendoring"
)

// mender says how one item is mended.
type mender any

type (
	aside    struct{}                      // an archive is moved aside
	unpacker struct{ cached home.Cached }  // a source is unpacked
	restorer struct{ gitsrc.CheckoutName } // a checkout is made
	indexer  struct{ name string }         // indexes of a repository's packs are made
	vendorer struct{ *vendoring.Step }     // a vendored package is made
)

// Options say how a plan is repaired.
type Options struct {
	Jobs     int         // as for Run
	Leftover func(error) // is told of a temporary folder that could not be deleted; not nil
}

// Repair makes anew what was found to be damaged, or to differ, from what the home holds:
// each takes its place in one step, and nothing that is as it should be is touched. A
// damaged archive is moved aside, as an Aside that has no name of an archive. Then it looks
// at each again; those that are as they should be now are Mended. What was patched on purpose
// and is not as recorded is left alone: see Item.Patch. What runs left that were killed is
// deleted, also if there is nothing else to do. The caller holds Cargo's lock for replacing, and
// that of the vendor folder.
//
// The error joins what kept things from being mended, or is that of ctx. With one of ctx, or of
// a full disk, it ends, and has moved no archive.
func (p *Plan) Repair(ctx context.Context, o Options) error {
	r := &repair{ctx: ctx, plan: p, o: o}
	err := r.databases()
	for _, i := range p.Findings() {
		r.sort(i)
	}
	if p.dest != "" {
		err = r.vendor()
	} else {
		err = errors.Join(err, r.unpack(), r.restore())
	}
	if ctx.Err() != nil {
		return errors.Join(ctx.Err(), err)
	}
	if staging.Hopeless(err) {
		return err
	}
	return errors.Join(err, r.asides(), p.again(ctx, o.Jobs, r.mended))
}

// again looks at items once more.
func (p *Plan) again(ctx context.Context, jobs int, items []*Item) error {
	copies := make([]*Item, len(items))
	for n, i := range items {
		fresh := *i
		copies[n] = &fresh
	}
	if err := run(ctx, jobs, copies, nil); err != nil {
		return err
	}
	var errs []error
	for n, i := range items {
		i.Mended = !copies[n].IsFinding()
		if again := copies[n]; again.State == Unknown && i.State != Unknown {
			errs = append(errs, fmt.Errorf("%s: made anew, and then: %s", i.Path, again.Why))
		}
	}
	return errors.Join(errs...)
}

// repair is a run of Repair.
type repair struct {
	ctx  context.Context
	plan *Plan
	o    Options

	archives  []*Item
	cached    []home.Cached
	checkouts []gitsrc.CheckoutName
	steps     []vendoring.Step
	mended    []*Item // that are made anew
}

func (r *repair) sort(i *Item) {
	switch m := i.mend.(type) {
	case aside:
		if i.State == Damaged {
			r.archives = append(r.archives, i)
		}
		return
	case unpacker:
		r.cached = append(r.cached, m.cached)
	case restorer:
		r.checkouts = append(r.checkouts, m.CheckoutName)
	case vendorer:
		r.steps = append(r.steps, *m.Step)
	default:
		return
	}
	r.mended = append(r.mended, i)
}

// asides moves archives aside.
func (r *repair) asides() error {
	var errs []error
	for _, i := range r.archives {
		to, err := moveAside(i.Path)
		if i.Aside = to; err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", i.Path, err))
		}
	}
	return errors.Join(errs...)
}

// mostAsides bounds the names that are tried.
const mostAsides = 1000

// moveAside gives a file a name that says what it is, and nothing has.
func moveAside(path string) (string, error) {
	dir, err := fsx.OpenFolder(filepath.Dir(path))
	if err != nil {
		return "", err
	}
	defer dir.Close()
	name := filepath.Base(path)
	for n := 1; n < mostAsides; n++ {
		to := name + ".corrupt"
		if n > 1 {
			to = fmt.Sprintf("%s.corrupt-%d", name, n)
		}
		if err := fsx.Move(dir, name, dir, to); !errors.Is(err, fs.ErrExist) {
			return filepath.Join(filepath.Dir(path), to), err
		}
	}
	return "", fs.ErrExist
}

func (r *repair) unpack() error {
	plan, err := reextract.Anew(r.ctx, r.plan.home, r.cached)
	if err != nil {
		return err
	}
	results, err := plan.Unpack(r.ctx, reextract.Options{Jobs: r.o.Jobs, Leftover: r.o.Leftover})
	if err != nil {
		return err
	}
	var errs []error
	for _, result := range results {
		errs = append(errs, result.Err)
	}
	return errors.Join(errs...)
}

// databases makes the indexes of packs that seem to be sound; which are not shows. Then it
// looks again at checkouts, of which repositories may vouch for more.
func (r *repair) databases() error {
	var errs []error
	for _, i := range r.plan.Findings() {
		m, isIndexer := i.mend.(indexer)
		if !isIndexer || len(brokenIndexes(i)) == 0 {
			continue
		}
		if err := r.plan.home.Git().Reindex(r.ctx, m.name, brokenIndexes(i), r.o.Leftover); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", i.Path, err))
		}
		r.mended = append(r.mended, i)
	}
	if len(r.mended) == 0 {
		return nil
	}
	return errors.Join(append(errs, run(r.ctx, r.o.Jobs, r.plan.unsound(Checkouts), nil))...)
}

// brokenIndexes returns the packs of a repository of which the indexes differ.
func brokenIndexes(i *Item) (packs []string) {
	for _, d := range i.Differences {
		if pack, isIndex := strings.CutSuffix(strings.TrimPrefix(d.Path, "objects/"), ".idx"); isIndex {
			packs = append(packs, pack)
		}
	}
	return packs
}

func (r *repair) restore() error {
	plan, err := r.plan.home.Git().PlanAnew(r.ctx, r.checkouts)
	if err != nil {
		return err
	}
	return errors.Join(plan.Unavailable(), plan.Restore(r.ctx, &gitsrc.RestoreOptions{Jobs: r.o.Jobs, Leftover: r.o.Leftover}))
}

// vendor makes packages all at once, or if that fails each by itself: what one lacks keeps no
// other from being made.
func (r *repair) vendor() error {
	if len(r.steps) == 0 {
		staging.Sweep(r.ctx, staging.In{Root: r.plan.dest})
		return nil
	}
	err := r.write(r.steps)
	if err == nil || r.ctx.Err() != nil || staging.Hopeless(err) || len(r.steps) == 1 {
		return err
	}
	var errs []error
	for n := range r.steps {
		errs = append(errs, r.write(r.steps[n:n+1]))
	}
	return errors.Join(errs...)
}

func (r *repair) write(steps []vendoring.Step) error {
	plan, err := vendoring.NewPlan(steps, vendoring.Target{Dest: r.plan.dest, Home: r.plan.home.Dir(), NoDelete: true, Force: true, Anew: true})
	if err != nil {
		return err
	}
	_, err = plan.Write(r.ctx, vendoring.WriteOptions{Jobs: r.o.Jobs, Leftover: r.o.Leftover})
	return err
}

// unpackerOf mends a source from the archive beside it.
func (p *Plan) unpackerOf(registry string, id crate.ID, size int64) mender {
	if size == 0 {
		return nil
	}
	at := home.Archive{Path: p.home.ArchivePath(registry, id), Size: size, Registry: registry, Trusted: true}
	return unpacker{home.Cached{ID: id, Archive: at}}
}
