package gitsrc

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/gitsrc/object"
	"cargohome/gitsrc/worktree"
	"cargohome/internal/par"
	"cargohome/internal/staging"
)

// CheckoutState is how a checkout stands.
type CheckoutState uint8

const (
	Present     CheckoutState = iota // Cargo will use it as it is
	Absent                           // it can be made
	Broken                           // something is there that Cargo would delete, or that is incomplete
	Unavailable                      // it is absent or broken, and what it takes is not at hand
)

// Checkout is the work tree of one locked git source, for the Cargos that have one
// repository for it.
type Checkout struct {
	Sources []crate.SourceID // all that were asked for and share it
	Dir     string           // where it is, or will be
	State   CheckoutState    // what is there, of what should be
	Why     error            // what is wrong with a Broken one, or lacking for an Unavailable one, else nil
	Files   int              // files and links in it, 0 if Unavailable

	tree *worktree.WorkTree
}

// CheckoutPlan says what restoring git/checkouts takes. It is made by
// [Folder.Plan].
type CheckoutPlan struct {
	Checkouts []*Checkout // in order of Dir, those without one first

	// Behind are repositories of sources that lack the locked commit while another
	// of the source has it, as those of a Cargo that is no longer used do. There are
	// no checkouts for the Cargos that look there. They are in order of folders.
	Behind []Behind

	folder *Folder
}

// Behind is a repository that lacks a source's commit, or cannot be read.
type Behind struct {
	Source crate.SourceID // the first of those that share it
	Dir    string         // the repository's
	Why    error          // never nil
}

// PlanOptions change what is planned.
type PlanOptions struct {
	Force bool // replace checkouts that are in order, too
	Jobs  int  // sources looked at at the same time; 0 means one for each processor
}

// Plan finds out which checkouts the git sources lack, all of which are to be
// locked. Everything that is missing, or in the way, is found at once, and is in
// the plan; the error is for ctx only. Other kinds of sources are passed over.
// Nothing is written.
//
// There is a checkout for each folder of git/db that shows that a Cargo used the
// source: one named by the current function, one named by that of Cargo up to 1.84. A
// Cargo that finds its repository in the one looks for the checkout beside it, and
// nowhere else.
func (f *Folder) Plan(ctx context.Context, sources []crate.SourceID, opts *PlanOptions) (*CheckoutPlan, error) {
	if opts == nil {
		opts = &PlanOptions{}
	}
	groups := group(sources)
	parts := make([]*CheckoutPlan, len(groups))
	errs := par.Each(ctx, opts.Jobs, len(groups), func(i int) (err error) {
		parts[i], err = f.planSource(ctx, groups[i], opts.Force)
		return err
	})
	if err := cmp.Or(errs...); err != nil {
		return nil, err
	}
	p := &CheckoutPlan{folder: f, Checkouts: []*Checkout{}}
	for _, part := range parts {
		p.Checkouts = append(p.Checkouts, part.Checkouts...)
		p.Behind = append(p.Behind, part.Behind...)
	}
	slices.SortStableFunc(p.Checkouts, func(a, b *Checkout) int { return strings.Compare(a.Dir, b.Dir) })
	slices.SortStableFunc(p.Behind, func(a, b Behind) int { return strings.Compare(a.Dir, b.Dir) })
	return p, nil
}

// group puts sources together that have the same checkouts.
func group(sources []crate.SourceID) (all [][]crate.SourceID) {
	type place struct {
		key    crate.SourceKey
		commit string
	}
	seen := map[place]int{}
	for _, src := range sources {
		if src.Kind() != crate.Git {
			continue
		}
		at := place{sourceKey(src), strings.ToLower(src.Precise())}
		n, ok := seen[at]
		if !ok {
			n = len(all)
			seen[at], all = n, append(all, nil)
		}
		all[n] = append(all[n], src)
	}
	return all
}

// planSource plans the checkouts of one source. The error is for ctx only.
func (f *Folder) planSource(ctx context.Context, sources []crate.SourceID, force bool) (*CheckoutPlan, error) {
	src := sources[0]
	dbs, behind, err := f.dbs(src, src.Precise())
	if err != nil {
		return &CheckoutPlan{Checkouts: []*Checkout{{Sources: sources, State: Unavailable, Why: err}}}, nil
	}
	p := &CheckoutPlan{Behind: behind}
	for _, db := range dbs {
		c := &Checkout{Sources: sources}
		if err := c.plan(ctx, f, db, force); err != nil {
			return nil, err
		}
		p.Checkouts = append(p.Checkouts, c)
	}
	return p, nil
}

// plan fills in the fields of c.
func (c *Checkout) plan(ctx context.Context, f *Folder, db *object.DB, force bool) error {
	src := c.Sources[0]
	var err error
	if c.Dir, err = f.checkoutDir(db, src.Precise()); err == nil {
		c.tree, err = f.workTreeIn(ctx, db, src)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		c.State, c.Why = Unavailable, err
		return nil
	}
	c.look(f.home, force)
	return nil
}

func (f *Folder) checkoutDir(db *object.DB, commit string) (string, error) {
	short, err := db.Short(commit)
	return f.checkout(filepath.Base(db.Dir()), short), err
}

// look compares what is there with what should be.
func (c *Checkout) look(home string, force bool) {
	c.Files = len(c.tree.Entries())
	err := checkCheckout(c.Dir, home, c.tree, c.tree.Layers()[0].Commit)
	gaps := errors.Join(c.tree.Missing()...)
	if err == nil && gaps != nil {
		err = c.tree.CheckSubmodules(c.Dir)
	}
	switch {
	case err == nil && (!force || gaps != nil):
		c.State = Present // also if it could not be made again
	case gaps != nil:
		c.State, c.Why, c.Files = Unavailable, gaps, 0
	case errors.Is(err, errNotThere):
		c.State = Absent
	default:
		c.State, c.Why = Broken, err
	}
}

// Unavailable returns why checkouts that are needed cannot be made, one error for
// each in the plan's order, all of them joined; nil if there is no such.
func (p *CheckoutPlan) Unavailable() error {
	var errs []error
	for _, c := range p.Checkouts {
		if c.State == Unavailable {
			errs = append(errs, c.Why)
		}
	}
	return errors.Join(errs...)
}

// Needed returns how many checkouts are to be made, and the files in them.
func (p *CheckoutPlan) Needed() (checkouts, files int) {
	for _, c := range p.Checkouts {
		if c.toWrite() {
			checkouts, files = checkouts+1, files+c.Files
		}
	}
	return checkouts, files
}

// Replaces reports whether anything that is there is to be replaced.
func (p *CheckoutPlan) Replaces() bool {
	return slices.ContainsFunc(p.Checkouts, func(c *Checkout) bool { return c.State == Broken })
}

func (c *Checkout) toWrite() bool { return c.State == Absent || c.State == Broken }

// RestoreOptions say how a plan is carried out.
type RestoreOptions struct {
	Jobs int // files written at the same time; 0 means one for each processor
	// Progress is called for each file written, by several goroutines, with its
	// size in bytes.
	Progress func(c *Checkout, bytes int)
	// Done is called for each checkout that is in place, in the plan's order.
	Done func(c *Checkout)
	// Leftover is told of a temporary folder that could not be deleted after all
	// else went well. The next run deletes it.
	Leftover func(error)
}

// Restore makes the checkouts that are absent or broken. Those that are
// unavailable are left as they are. The caller holds Cargo's lock for changing
// what may exist (spec 10).
//
// Each is written whole into a temporary folder within the git folder, where no
// Cargo looks, and then takes its place by renaming. One that fails does not stop
// the others, and leaves what was there; the errors are joined.
func (p *CheckoutPlan) Restore(ctx context.Context, opts *RestoreOptions) error {
	if opts == nil {
		opts = &RestoreOptions{}
	}
	if n, _ := p.Needed(); n == 0 {
		staging.Sweep(ctx, p.folder.in())
		return nil
	}
	temp, err := staging.New(ctx, p.folder.in())
	if err != nil {
		return err
	}
	var errs []error
	for i, c := range p.Checkouts {
		if !c.toWrite() {
			continue
		}
		err := c.restore(ctx, temp, fmt.Sprint(i), opts)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", c.Sources[0].Display(), err))
		}
		if ctx.Err() != nil {
			errs = append(errs, ctx.Err())
			break
		}
	}
	closeErr := temp.Close()
	if len(errs) > 0 {
		return errors.Join(append(errs, closeErr)...)
	}
	if closeErr != nil && opts.Leftover != nil {
		opts.Leftover(closeErr)
	}
	return nil
}

// in is where what is written is staged: in the git folder, or on another file system
// that is mounted below.
func (f *Folder) in() staging.In { return staging.In{Root: f.home, Below: "git"} }

func (c *Checkout) restore(ctx context.Context, temp *staging.Dir, name string, opts *RestoreOptions) error {
	progress := func(bytes int) {
		if opts.Progress != nil {
			opts.Progress(c, bytes)
		}
	}
	temp, err := temp.For(c.Dir)
	if err != nil {
		return err
	}
	tree, err := temp.Writer(name)
	if err != nil {
		return err
	}
	if err := c.tree.Write(ctx, tree, opts.Jobs, progress); err != nil {
		return err
	}
	if c.State == Absent { // what has come to be there since is left alone
		err = temp.Publish(name, c.Dir)
	} else {
		err = temp.Replace(name, c.Dir)
	}
	if err != nil {
		return err
	}
	if opts.Done != nil {
		opts.Done(c)
	}
	return nil
}
