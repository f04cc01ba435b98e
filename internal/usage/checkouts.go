package usage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/fsx"
	"cargohome/internal/par"
)

// settle limits what goes, and takes out the checkouts that may not, until what is left
// is both: one that stays makes room for others to go.
func (p *planner) settle(ctx context.Context, list []*Removal) ([]*Removal, error) {
	for {
		cut := p.limit(slices.Clone(list))
		judged, err := p.judge(ctx, cut)
		if err != nil {
			return nil, err
		}
		stay := p.stay(cut)
		p.plan.Moves = p.movesOf(ctx, cut)
		switch {
		case len(stay) > 0:
			list = slices.DeleteFunc(list, func(r *Removal) bool { return stay[r] })
		case judged == 0 || p.sel.UntilSize < 0:
			explainMoves(cut)
			return cut, ctx.Err()
		}
	}
}

// judge finds out of the checkouts that were not asked before whether they may go. This
// is the only place where that is decided, whatever selected them. One that goes with
// its database does so unasked, as whoever selects those knows that a network is needed
// to have them again; and so does with --ci what no lockfile needs.
func (p *planner) judge(ctx context.Context, list []*Removal) (judged int, err error) {
	going := goingDatabases(list)
	var ask []*Removal
	for _, r := range list {
		unasked := r.by == "" && (going[r.Folder] || p.sel.CI && !p.keep.has(r.Item))
		if r.Kind == Checkout && !unasked && r.rebuild == nil && r.why == nil {
			ask = append(ask, r)
		}
	}
	par.Each(ctx, p.sel.Jobs, len(ask), func(n int) error {
		ask[n].why = p.mayGo(ctx, ask[n])
		return nil
	})
	return len(ask), ctx.Err()
}

// goingDatabases are the databases that nothing can be made from any more.
func goingDatabases(list []*Removal) map[string]bool {
	going := map[string]bool{}
	for _, r := range list {
		if r.Kind == Database && r.by == "" { // what others have is not gone
			going[r.Folder] = true
		}
	}
	return going
}

// mayGo returns why a checkout may not go: it could not come back.
func (p *planner) mayGo(ctx context.Context, r *Removal) (err error) {
	git := p.plan.home.Git()
	if r.by != "" {
		r.rebuild, err = p.supersedes(ctx, r)
		if err == nil || p.selectedAnyway(ctx, r.Item) == nil {
			return err
		}
		r.by, r.Reason = "", kindReasons[Checkout]
	}
	if p.sel.CI && p.keep.has(r.Item) && git.FetchesSubmodules(r.Folder, r.Name) {
		return ErrOldSubmodules
	}
	if (r.broken || p.sel.CI) && p.isUseless(r.Item) {
		r.rebuild, err = git.Salvage(ctx, r.Folder, r.Name)
		return err
	}
	if r.rebuild, err = git.Rebuildable(ctx, r.Folder, r.Name); err != nil {
		return fmt.Errorf("it could not be checked out again: %w", err)
	}
	return nil
}

// ErrOldSubmodules is matched by the error for a checkout that a cache of CI holds, as the
// Cargos that look there could not make it again.
var ErrOldSubmodules = errors.New("it has submodules, which cargo before 1.85 would fetch again")

// isUseless reports whether no Cargo would use a checkout as it is. An orphan may yet be
// whole; Cargo's own collector removes it all the same.
func (p *planner) isUseless(i *Item) bool {
	found, _ := fsx.Look(p.path(i.Path()), crate.OKFile)
	return found == fsx.NotThere || p.isOrphan(i)
}

func (p *planner) isOrphan(i *Item) bool {
	why, _ := p.whyOrphan(i)
	return why != ""
}

// whyHalf returns why a checkout is only half of one, "" if it is whole. The error is
// why that is not known.
func (p *planner) whyHalf(ctx context.Context, i *Item) (string, error) {
	found, err := fsx.Look(p.path(i.Path()), crate.OKFile)
	if found == fsx.NotThere {
		return "half checked out: has no " + crate.OKFile, nil
	}
	if found == fsx.There {
		found, err = fsx.Look(p.path(i.Path()), ".gitmodules")
	}
	if found != fsx.There {
		return "", err
	}
	if err := p.plan.home.Git().Filled(ctx, i.Folder, i.Name); err != nil {
		return "half checked out: " + err.Error(), nil
	}
	return "", nil
}

var errGoesToo = errors.New("it could not be checked out again: the repository of a submodule goes")

// stay returns the checkouts that may not go, and notes why.
func (p *planner) stay(list []*Removal) map[*Removal]bool {
	going, stay := goingDatabases(list), map[*Removal]bool{}
	for _, r := range list {
		if r.Kind != Checkout || going[r.Folder] && r.by == "" {
			continue
		}
		why := r.why
		if why == nil && r.rebuild != nil && r.needsAny(going) {
			why = errGoesToo
		}
		if why != nil {
			stay[r] = true
			p.plan.Spared = append(p.plan.Spared, Spared{r.Path(), why})
		}
	}
	return stay
}

// needsAny reports whether a checkout is made again from any of some databases.
func (r *Removal) needsAny(databases map[string]bool) bool {
	for _, h := range r.rebuild.Held {
		if databases[h.Database] {
			return true
		}
	}
	return slices.ContainsFunc(r.rebuild.Databases, func(name string) bool { return databases[name] })
}

// explainMoves adds to the reasons of checkouts what is moved out of them before.
func explainMoves(list []*Removal) {
	for _, r := range list {
		if r.rebuild == nil || len(r.rebuild.Held) == 0 {
			continue
		}
		var subs []string
		for _, h := range r.rebuild.Held {
			subs = append(subs, fmt.Sprintf("%q to git/db/%s", h.Submodule, h.Database))
		}
		r.Reason += ", after moving submodule " + strings.Join(subs, " and ")
	}
}
