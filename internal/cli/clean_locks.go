package cli

import (
	"context"
	"errors"
	"fmt"

	"cargohome/crate"
	"cargohome/internal/home"
	"cargohome/internal/lockfile"
	"cargohome/internal/project"
	"cargohome/internal/usage"
)

// needs finds out what lockfiles need. It returns nil if no path was given.
func (r *run) needs(ctx context.Context, h *home.Home, search *project.Search) (*usage.Needs, error) {
	if len(search.Locks)+len(search.Unlocked) == 0 {
		return nil, nil
	}
	r.warnUnlocked(search.Unlocked)
	locks, err := r.neededBy(search.Locks, h.Dir())
	if err != nil {
		return nil, err
	}
	return usage.NewNeeds(ctx, h, locks)
}

// reportKept says what was found to keep things for.
func (r *run) reportKept(search *project.Search) {
	text := "what 1 lockfile needs"
	if n := len(search.Locks); n != 1 {
		text = fmt.Sprintf("what %d lockfiles need", n)
	}
	r.out.status("Keeping", "%s", text)
	for _, l := range search.Locks {
		r.out.detail("Keeping", "what %s needs", l.Name)
	}
}

// search finds the lockfiles that paths mean. One that cannot be read could need
// anything.
func (r *run) search(ctx context.Context, h *home.Home, paths []string) (*project.Search, error) {
	search := project.NewSearch(h)
	var errs []error
	for _, path := range paths {
		errs = append(errs, search.Add(ctx, r.path(path), path))
	}
	err := errors.Join(errs...)
	_, hinted := errors.AsType[interface {
		error
		Hint() string
	}](err)
	_, unread := errors.AsType[*lockfile.ParseError](err) // there may be no need to mend it
	if err == nil || hinted && !unread || ctx.Err() != nil {
		return search, err
	}
	return nil, withHint(err, "what a lockfile or folder that cannot be read needs is not known: mend it, or name other ones")
}

// warnUnlocked says for which packages there is no lockfile.
func (r *run) warnUnlocked(packages []project.Unlocked) {
	if len(packages) == 0 {
		return
	}
	text := plural(len(packages), "project has", "projects have") + " no Cargo.lock, so what is needed is not known, and not kept:"
	for i, p := range packages {
		if i == shownProblems {
			text += fmt.Sprintf("\n  and %d more", len(packages)-i)
			break
		}
		text += fmt.Sprintf("\n  %q", p.Name)
		if p.Err != nil {
			text += fmt.Sprintf(": %v", p.Err)
		}
	}
	r.out.warning(text)
}

// packageIDs counts in patches that nothing uses: Cargo looks at them all the same.
func packageIDs(lock *lockfile.Lockfile) (ids []crate.ID) {
	ids = append(ids, lock.Unused...)
	for _, p := range lock.Packages {
		ids = append(ids, p.ID)
		if p.Replace != nil {
			ids = append(ids, *p.Replace)
		}
	}
	return ids
}
