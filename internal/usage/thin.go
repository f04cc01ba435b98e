package usage

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"cargohome/gitsrc"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/staging"
)

// Thin is a database that is reduced to the commits that are needed.
type Thin struct {
	Name    string   // in git/db
	Commits []string // that it keeps, in order
	Before  Size     // its files with several names counted

	item *Item
}

// Thinned is what became of a database that was to be reduced.
type Thinned struct {
	*Thin
	After Size  // zero if it is as it was
	Err   error // why it is, nil if it was reduced
}

// Path is where the database is, below the home.
func (t *Thin) Path() string { return t.item.Path() }

// thin adds the databases that are to be reduced: those that are needed and stay.
// Checkouts of other commits go, as Cargo takes none whose commit is not in the
// database; those that stay get the objects of the new one.
func (p *planner) thin(ctx context.Context) error {
	if !p.sel.Thin {
		return nil
	}
	going := map[*Item]bool{}
	for _, r := range p.plan.Removals {
		going[r.Item] = true
	}
	reduced := map[string]bool{}
	for _, i := range p.all {
		commits := p.keep.Commits(i.Folder)
		switch {
		case i.Kind != Database || len(commits) == 0 || going[i] || p.plan.movesTo(i.Folder):
		case p.whyWhole(i) != nil:
			p.plan.Spared = append(p.plan.Spared, Spared{i.Path(), p.whyWhole(i)})
		default:
			p.plan.Thins = append(p.plan.Thins, &Thin{Name: i.Folder, Commits: commits, Before: i.Whole(), item: i})
			reduced[i.Folder] = true
		}
	}
	for _, i := range p.all {
		switch {
		case i.Kind != Checkout || going[i] || i.err != nil || len(reduced) == 0:
		case p.keep.has(i):
			p.plan.relink = append(p.plan.relink, i)
		case reduced[i.Folder]:
			last, from := p.uses.Last(i.use(), i.Used)
			p.plan.Stale = append(p.plan.Stale, &Removal{Item: i, Reason: "its commit leaves the repository", Last: last, From: from})
		}
	}
	return ctx.Err()
}

// whyWhole returns why a database is not reduced, nil if it may be.
func (p *planner) whyWhole(i *Item) error {
	switch {
	case p.keep.mayNeed(i):
		return errUnknown
	case p.keep.lenders[i.Folder]:
		return errLender
	}
	return i.err
}

// errLender is why a database stays as it is that could be reduced by itself.
var errLender = errors.New("another repository reads its objects")

// errNoGain is why a database stays as it is.
var errNoGain = errors.New("it would not become smaller")

// thinAll reduces databases, and then sees to their checkouts.
func (x *execution) thinAll(ctx context.Context) error {
	var reduced []string
	for n, t := range x.plan.Thins {
		stage, err := x.stage(ctx, t.Path())
		done := Thinned{Thin: t}
		if err == nil {
			done.After, err = t.reduce(ctx, x.plan, stage, n)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		done.Err = err
		x.out.Thinned = append(x.out.Thinned, done)
		switch {
		case err == nil || errors.Is(err, errNoGain): // then a run that was killed may have done it
			reduced = append(reduced, t.Name)
		case !errors.Is(err, gitsrc.ErrShort):
			x.fail(t.Path(), err)
		}
	}
	return x.afterThin(ctx, reduced)
}

// reduce writes the small database beside, and exchanges the two.
func (t *Thin) reduce(ctx context.Context, p *Plan, stage *staging.Dir, number int) (after Size, err error) {
	fresh := fmt.Sprintf("thin-%d", number)
	tree, err := stage.Writer(fresh)
	if err != nil {
		return Size{}, err
	}
	if err := p.home.Git().WriteThin(ctx, t.Name, t.Commits, tree); err != nil {
		return Size{}, err
	}
	if after, err = sizeOf(ctx, tree.Path()); err != nil {
		return Size{}, err
	}
	if after.Allocated >= t.Before.Allocated {
		return Size{}, errNoGain
	}
	if err := stage.Replace(fresh, p.path(t.Path())); err != nil {
		return Size{}, err
	}
	return after, nil
}

func sizeOf(ctx context.Context, dir string) (Size, error) {
	t, err := measureAt(ctx, dir)
	if err != nil {
		return Size{}, err
	}
	return t.size, t.err
}

func measureAt(ctx context.Context, dir string) (*extent, error) {
	f, err := fsx.OpenFolder(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return measure(ctx, f), nil
}

// afterThin removes checkouts that Cargo would not take any more, and relinks others.
func (x *execution) afterThin(ctx context.Context, reduced []string) error {
	if len(reduced) == 0 {
		return nil
	}
	anew := home.New(x.plan.home.Dir()) // sees the repositories that are there now
	defer anew.Close()
	var stale []*Removal
	for _, r := range x.plan.Stale {
		if slices.Contains(reduced, r.Folder) && !anew.Git().HasHead(r.Folder, r.Name) {
			stale = append(stale, r)
		}
	}
	if err := x.removeEach(ctx, stale); err != nil {
		return err
	}
	for n, i := range x.plan.relink {
		stage, err := x.stage(ctx, i.Path())
		if err == nil {
			err = anew.Git().Relink(ctx, i.Folder, i.Name, reduced, stage, fmt.Sprintf("links-%d-", n))
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			x.fail(i.Path(), fmt.Errorf("its share of the repository: %w", err))
		}
	}
	return nil
}

// addThins adds what reducing gave back.
func (x *execution) addThins() {
	var done []*Item
	var after Size
	for _, t := range x.out.Thinned {
		if t.Err == nil {
			done = append(done, t.item)
			after.add(t.After)
		}
	}
	if len(done) == 0 {
		return
	}
	back := newGivesBack()
	for _, r := range x.gone {
		back.add(r.Item)
	}
	total := x.out.Gives[Database]
	for _, i := range x.plan.relink {
		total.add(back.add(&Item{links: i.links}))
	}
	for _, i := range done {
		total.add(back.add(i))
	}
	total.sub(after)
	x.out.Gives[Database] = total
}
