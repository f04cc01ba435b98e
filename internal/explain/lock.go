package explain

import (
	"context"
	"slices"

	"cargohome/crate"
	"cargohome/internal/declared"
	"cargohome/internal/locate"
	"cargohome/internal/lockfile"
	"cargohome/internal/resolve"
	"cargohome/internal/workspace"
)

// Project is a lockfile, and what is at hand beside it.
type Project struct {
	Name      string               // of the lockfile, for people
	Lock      *lockfile.Lockfile   // never nil
	Workspace *workspace.Workspace // nil if it is not known
	Found     []locate.Package     // what is locked, in any order; none if it cannot be found
	Err       error                // why it cannot
}

// Options say what else counts.
type Options struct {
	Jobs     int                                       // packages looked at at the same time
	Registry func(name string) (crate.SourceID, error) // of cargo's configuration
	Request  *resolve.Request                          // which dependencies count
}

// lock is a lockfile with what is known of its packages.
type lock struct {
	*Project
	declared []resolve.Package
	unknown  []error // why something is not known, in order of the packages

	members  []int
	isMember []bool

	locked   *graph     // by the lockfile
	built    *graph     // by builds, nil if that is not known
	shown    *graph     // likewise, as `cargo tree` has it
	features [][]string // of each package, that builds turn on, sorted
}

// newLock finds out what is known. The error is that of ctx, or for a request that makes
// no sense.
func newLock(ctx context.Context, p *Project, o *Options) (*lock, error) {
	l := &lock{Project: p, isMember: make([]bool, len(p.Lock.Packages))}
	if p.Err != nil {
		l.unknown = append(l.unknown, p.Err)
	}
	l.read(ctx, o)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	known, err := resolve.New(p.Lock, l.declared)
	if err != nil {
		l.unknown = append(l.unknown, err)
		l.declared = make([]resolve.Package, len(p.Lock.Packages))
		if known, err = resolve.New(p.Lock, l.declared); err != nil {
			return nil, err
		}
	}
	w := l.findMembers()
	l.linkLocked(known)
	if w != nil && len(l.unknown) == 0 {
		err = l.linkBuilt(known, w, o.Request)
	}
	return l, err
}

// read reads what the packages declare.
func (l *lock) read(ctx context.Context, o *Options) {
	sources := &declared.Sources{Found: l.Found, Registry: o.Registry}
	var err error
	if l.Workspace != nil {
		if sources.Own, err = l.Workspace.PathPackages(); err != nil {
			l.unknown = append(l.unknown, err)
		}
	}
	var errs []error
	l.declared, errs = declared.Each(ctx, o.Jobs, l.Lock, sources)
	l.unknown = append(l.unknown, slices.DeleteFunc(errs, func(err error) bool { return err == nil })...)
	for i := range l.declared { // `cargo tree` knows of procedural macros nothing but the library
		l.declared[i].Binaries, l.declared[i].DevTargets = false, false
	}
}

// findMembers finds the members. What a build starts from is nil without a workspace.
func (l *lock) findMembers() (w *resolve.Workspace) {
	if l.Workspace != nil {
		var err error
		if w, err = declared.Workspace(l.Lock, l.Workspace); err == nil {
			l.members = w.Members
		} else {
			l.unknown = append(l.unknown, err)
		}
	}
	if w == nil {
		l.members = likelyMembers(l.Lock)
	}
	for _, m := range l.members {
		l.isMember[m] = true
	}
	return w
}

// likelyMembers are the user's own packages, or without any what nothing needs.
func likelyMembers(l *lockfile.Lockfile) (members []int) {
	needed := make([]bool, len(l.Packages))
	for i := range l.Packages {
		if l.Packages[i].ID.Source == (crate.SourceID{}) {
			members = append(members, i)
		}
		for _, to := range l.Packages[i].Dependencies {
			needed[to] = true
		}
	}
	if len(members) > 0 {
		return members
	}
	for i := range needed {
		if !needed[i] {
			members = append(members, i)
		}
	}
	return members
}

// linkLocked takes what the lockfile says, and adds what is declared.
func (l *lock) linkLocked(known *resolve.Graph) {
	all := make([]int, len(l.Lock.Packages))
	for i := range all {
		all[i] = i
	}
	l.locked = newGraph(len(all), all)
	l.locked.roots = l.members
	for from := range l.Lock.Packages {
		var ends []int
		for _, to := range l.Lock.Packages[from].Dependencies {
			if id := l.Lock.Packages[to].Replace; id != nil {
				to = l.Lock.Find(*id)
			}
			ends = append(ends, to)
			l.locked.add(from, to, nil)
		}
		slices.Sort(ends)
		for _, link := range known.Links(from) {
			if _, isLocked := slices.BinarySearch(ends, link.To); isLocked {
				l.locked.add(from, link.To, link.Dependency)
			}
		}
	}
	l.locked.finish()
}
