package usage

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/par"
	"cargohome/internal/reextract"
)

// path is where something below the home is.
func (p *planner) path(rel string) string {
	return filepath.Join(p.plan.home.Dir(), filepath.FromSlash(rel))
}

// whyOrphan returns why Cargo's collector would take an item as an orphan, "" if it
// would not (cargo 1.95: update_db_parent_for_removed_from_disk). The error is why that
// is not known: an index or repository that may not be looked at is not gone, nor is
// one on a drive that is away.
func (p *planner) whyOrphan(i *Item) (string, error) {
	parent := ""
	switch i.Kind {
	case Source, Archive:
		parent = home.IndexPath
	case Checkout:
		parent = home.DBPath
	}
	if parent == "" {
		return "", nil
	}
	found, err := fsx.Look(p.plan.home.Dir(), parent+"/"+i.Folder)
	if found == fsx.NotThere {
		return fmt.Sprintf("orphan: there is no %s/%s", parent, i.Folder), nil
	}
	return "", err
}

// whyBroken returns why an item is of no use, "" if it is. The error is why that is not
// known.
func (p *planner) whyBroken(ctx context.Context, i *Item) (string, error) {
	switch i.Kind {
	case Leftover:
		return "left by a run that was killed", nil
	case Archive:
		if i.Whole().Apparent == 0 {
			return "empty, of an interrupted download", nil
		}
	case Checkout:
		return p.whyHalf(ctx, i)
	case Source:
		switch state, why := reextract.Look(p.path(i.Path())); state {
		case reextract.Broken:
			return "half-extracted: " + why, nil
		case reextract.Unknown:
			return "", errors.New(why)
		}
	}
	return "", nil
}

// spare takes out what may not be touched, and sources that could not be unpacked again.
func (p *planner) spare(ctx context.Context, list []*Removal) (left []*Removal, err error) {
	whys := par.Do(ctx, p.sel.Jobs, len(list), newChecker, func(c *reextract.Checker, n int) error { return p.whySpared(ctx, c, list[n]) })
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	for n, r := range list {
		if whys[n] == nil {
			left = append(left, r)
		} else {
			p.plan.Spared = append(p.plan.Spared, Spared{r.Path(), whys[n]})
		}
	}
	return left, nil
}

// errBusy is why a leftover stays whose owner lives.
var errBusy = errors.New("a run is at work in it")

func newChecker() *reextract.Checker { return &reextract.Checker{} }

func (p *planner) whySpared(ctx context.Context, c *reextract.Checker, r *Removal) error {
	switch {
	case r.Item.err != nil:
		return r.Item.err
	case r.Kind == Build:
		unlock, err := home.LockBuild(p.path(r.Path()))
		if err != nil {
			return err
		}
		return unlock()
	case p.keep.mayNeed(r.Item):
		return errUnknown
	case r.by != "":
		return p.whySupersededSpared(ctx, c, r)
	case r.Kind == Source && !r.broken && p.mustComeBack(r.Item):
		if err := c.Check(ctx, p.plan.home, r.Folder, r.id); err != nil {
			return fmt.Errorf("it could not be unpacked again: %w", err)
		}
	}
	return nil
}

// whySupersededSpared: what may not go as superseded may go for another reason.
func (p *planner) whySupersededSpared(ctx context.Context, c *reextract.Checker, r *Removal) error {
	why := p.whyNotSuperseded(ctx, c, r)
	if why == nil || r.Kind == Index && p.keep.has(r.Item) {
		return why
	}
	anyway := p.selectedAnyway(ctx, r.Item)
	if anyway == nil {
		return why
	}
	r.by, r.Reason, r.broken = "", anyway.Reason, anyway.broken
	return p.whySpared(ctx, c, r)
}

// mustComeBack reports whether a source may only go if it can be unpacked again: its
// archive is not selected, or is kept.
func (p *planner) mustComeBack(source *Item) bool {
	return !p.sel.has(Archive) || p.keep.has(source)
}
