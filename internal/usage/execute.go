package usage

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/lastuse"
	"cargohome/internal/par"
	"cargohome/internal/staging"
)

// ExecuteOptions say how a plan is carried out.
type ExecuteOptions struct {
	// Removed is told of each item when it is out of the way. It may be nil, as may the others.
	Removed func(*Removal)
	// Unlock gives the home's locks back, when all is out of the way.
	Unlock func() error
	// Leftover is told of what could not be deleted. The next run deletes it.
	Leftover func(error)
}

// Outcome is what became of a plan.
type Outcome struct {
	Removed []Removed      // all that was to go, in order of their paths; then of the plan's Stale what was
	Moved   []Moved        // in order of the plan's Moves
	Thinned []Thinned      // in order of the plan's Thins
	Spared  []Spared       // what was to go and turned out to be in use, in order of their paths
	Failed  []Failure      // in order of paths
	Gives   map[Kind]Total // back, by what it is given back from
	Record  error          // why Cargo's database of last uses could not be kept true, nil if it was
}

// Removed is what became of an item that was to go.
type Removed struct {
	*Removal
	Back Size  // that it gave; if it stays, that it would have given by the plan
	Err  error // why it stays, nil if it went
}

// Failure is an item that stays because removing it failed.
type Failure struct {
	Path string // of the item, below the home
	Err  error  // why it failed
}

// Execute carries out the plan, under the locks that [home.Home.LockRemoving] takes.
// Each item is moved out of the way in one step. One that cannot be does not stop the
// others; the error is for a run that ctx ended, which may have been while it deleted: what
// is left of that the next run deletes. Deleting comes last, without a lock, unless
// there is no space left for anything else.
func (p *Plan) Execute(ctx context.Context, opts *ExecuteOptions) (*Outcome, error) {
	x := &execution{plan: p, opts: opts, out: &Outcome{}, stages: map[string]*staging.Dir{}}
	for _, dir := range p.sweeps {
		staging.Sweep(ctx, p.in(dir)) // of runs that were killed, also if there is nothing to do
	}
	err := x.moveAll(ctx)
	if err == nil {
		err = x.removeEach(ctx, p.Removals)
	}
	if err == nil {
		err = x.thinAll(ctx)
	}
	if x.out.Record = x.forget(ctx); x.out.Record != nil { // it takes space on the disk, which was perhaps not there
		x.delete()
		x.out.Record = x.forget(ctx)
	}
	x.addGives()
	x.addThins()
	if opts.Unlock != nil {
		err = errors.Join(err, opts.Unlock())
	}
	x.delete()
	return x.out, errors.Join(err, ctx.Err())
}

// execution is a plan being carried out.
type execution struct {
	plan   *Plan
	opts   *ExecuteOptions
	out    *Outcome
	stages map[string]*staging.Dir // by the folder of the home they are in
	gone   []*Removal
}

func (p *Plan) path(rel string) string { return filepath.Join(p.home.Dir(), filepath.FromSlash(rel)) }

// fail notes why an item stays, without the paths of both ends of a renaming.
func (x *execution) fail(path string, err error) {
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		err = fmt.Errorf("move aside: %w", e.Err)
	}
	x.out.Failed = append(x.out.Failed, Failure{path, err})
}

func (x *execution) removeEach(ctx context.Context, list []*Removal) error {
	for _, r := range list {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := x.remove(ctx, r)
		x.out.Removed = append(x.out.Removed, Removed{r, r.Back, err})
		switch {
		case errors.Is(err, errBusy) || errors.Is(err, home.ErrBuilding):
			x.out.Spared = append(x.out.Spared, Spared{r.Path(), err})
		case err != nil:
			x.fail(r.Path(), err)
		default:
			x.gone = append(x.gone, r)
			if x.opts.Removed != nil {
				x.opts.Removed(r)
			}
		}
	}
	return nil
}

// addGives works out what came back.
func (x *execution) addGives() {
	backs, totals := gives(x.gone, x.sizeMoved())
	x.out.Gives = totals
	for i := range x.out.Removed {
		if x.out.Removed[i].Err == nil {
			x.out.Removed[i].Back, backs = backs[0], backs[1:]
		}
	}
}

func (x *execution) remove(ctx context.Context, r *Removal) error {
	path := x.plan.path(r.Path())
	if err := x.notMoved(r); err != nil {
		return err
	}
	if r.Kind == Leftover {
		return x.plan.sweep(ctx, r.Item)
	}
	if r.Kind == Build {
		unlock, err := home.LockBuild(path)
		if err != nil {
			return err
		}
		defer unlock()
	}
	stage, err := x.stage(ctx, r.Path())
	if staging.Hopeless(err) { // no space for a folder; when this has gone there may be
		return staging.Dismantle(ctx, x.plan.in(topOf(r.Path())), path)
	}
	if err != nil {
		return err
	}
	return stage.Drop(path)
}

// sweep deletes a leftover, unless a run that lives has it locked.
func (p *Plan) sweep(ctx context.Context, i *Item) error {
	if err := staging.Point(staging.OpRemove, i.Path()); err != nil {
		return err
	}
	staging.Sweep(ctx, p.in(i.Folder))
	found, err := fsx.Look(p.home.Dir(), i.Path())
	switch found {
	case fsx.There:
		return errBusy
	case fsx.Unknown:
		return err
	}
	return nil
}

// in is where things are staged, below the home: when the plan was made no link led
// anywhere else.
func (p *Plan) in(dir string) staging.In {
	return staging.In{Root: p.home.Dir(), Is: p.is, Below: dir, NoLinks: true}
}

// topOf is the folder of the home to stage in for what lies at a path below: registry, git,
// or the home itself. What Cargo has built may lie anywhere.
func topOf(rel string) string {
	top, _, _ := strings.Cut(rel, "/")
	if top != "registry" && top != "git" {
		return "."
	}
	return top
}

// stage returns the temporary folder for what lies at a path below the home: in registry,
// in git or in the home itself, or on the file system that is mounted below those.
func (x *execution) stage(ctx context.Context, rel string) (*staging.Dir, error) {
	top := topOf(rel)
	if x.stages[top] == nil {
		stage, err := staging.New(ctx, x.plan.in(top))
		if err != nil {
			return nil, err
		}
		x.stages[top] = stage
	}
	return x.stages[top].For(x.plan.path(rel))
}

// lastWords is how long a run that is to end may still take for Cargo's database.
const lastWords = 300 * time.Millisecond

// forget keeps Cargo's database true, also for what went before ctx ended, unless that
// takes long: Cargo looks itself what is gone before it goes by what is in there.
func (x *execution) forget(ctx context.Context) error {
	var gone []lastuse.Key
	for _, r := range x.gone {
		if r.Kind != Leftover && r.Kind != Build && (r.Kind != Index || r.Name == "") {
			gone = append(gone, r.use())
		}
	}
	if len(gone) == 0 {
		return nil
	}
	longer, stop := par.Outlive(ctx, lastWords)
	defer stop()
	return lastuse.Forget(longer, x.plan.home.Dir(), gone)
}

// delete deletes what lies aside, and the temporary folders.
func (x *execution) delete() {
	for _, top := range slices.Sorted(maps.Keys(x.stages)) {
		if err := x.stages[top].Close(); err != nil && x.opts.Leftover != nil {
			x.opts.Leftover(fmt.Errorf("%s: %w", x.plan.path(top), err))
		}
	}
	clear(x.stages)
}
