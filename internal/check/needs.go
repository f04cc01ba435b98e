package check

import (
	"slices"

	"cargohome/crate"
	"cargohome/internal/platform"
	"cargohome/internal/resolve"
)

// The commands that a finding may break. They are those of cargo that a sandbox runs, and
// each takes less than the one before.
const (
	fetchLocked = "cargo fetch --locked"

	offline  = " --offline --frozen"
	fetch    = "cargo fetch" + offline
	metadata = "cargo metadata --format-version 1" + offline
	build    = "cargo build" + offline
)

// everything is what fails if a lockfile cannot be resolved.
var everything = []string{metadata, build, fetch}

// needs says which packages of a lockfile each selection gets. What is not known counts as
// needed by none, so that nothing is said of it.
type needs struct {
	p     *project
	g     *resolve.Graph     // nil if it is not known what packages need
	ws    *resolve.Workspace // what the commands are about
	links []resolve.Link     // dependencies of all members with all features
	gets  [][]bool           // by number of the selection

	selections []selection
	err        error // of the selection that was asked for
}

// here says which packages may be compiled: by something on this machine, or by what is
// selected.
func (n *needs) here(s *Selection) []bool {
	if n.g == nil {
		every := make([]bool, len(n.p.lock.Packages))
		for i := range every {
			every[i] = true
		}
		return every
	}
	if s != nil {
		n.work()
		return n.gets[0]
	}
	host, _ := platform.Find(platform.Here())
	return n.reach(n.links, n.ws.Members, resolve.AllKinds, host)
}

// counts reports whether a finding matters to what is selected.
func (n *needs) counts(f *Finding) bool {
	number := n.p.lock.Find(f.ID)
	if f.reach == all || number < 0 {
		return true
	}
	n.work()
	return n.gets[0] == nil || n.gets[0][number]
}

// work finds out who gets which packages. It takes as long as all else, so that it is left
// until there is something to tell.
func (n *needs) work() {
	if n.gets != nil {
		return
	}
	n.gets = make([][]bool, len(n.selections))
	for i := range n.selections {
		if n.g != nil {
			n.gets[i] = n.accessible(&n.selections[i])
		}
	}
}

// accessible returns the packages that a command gets.
func (n *needs) accessible(s *selection) []bool {
	links, from, err := n.g.Survey(n.ws, &s.request)
	if err != nil {
		n.err = err
		return nil
	}
	return n.reach(links, from, s.kinds, s.targets)
}

// reach returns the packages that cargo comes to from members, going along dependencies of
// some kinds for targets, none being for any platform (cargo 1.95:
// PackageSet::download_accessible).
func (n *needs) reach(links []resolve.Link, next []int, kinds resolve.Kinds, targets []*platform.Target) []bool {
	meant := map[string]bool{}
	to := make([][]int, len(n.p.lock.Packages))
	for _, l := range links {
		d := l.Dependency
		on, known := meant[d.Platform]
		if !known {
			on = isMeant(d.Platform, targets)
			meant[d.Platform] = on
		}
		if l.To >= 0 && on && kinds.Has(d.Kind) {
			to[l.From] = append(to[l.From], l.To)
		}
	}
	gets := make([]bool, len(to))
	for len(next) > 0 {
		var more []int
		for _, i := range next {
			if !gets[i] {
				gets[i] = true
				more = append(more, to[i]...)
			}
		}
		next = more
	}
	return gets
}

// isMeant reports whether a dependency is for one of the targets; what is not known is.
func isMeant(text string, targets []*platform.Target) bool {
	if text == "" || len(targets) == 0 {
		return true
	}
	p, err := platform.Parse(text)
	return err != nil || slices.ContainsFunc(targets, p.Matches)
}

// tell says of a finding which commands it breaks, and who needs the package.
func (n *needs) tell(f *Finding) {
	if f.reach == all || f.ID == (crate.ID{}) {
		return
	}
	number := n.p.lock.Find(f.ID)
	if number < 0 {
		return
	}
	n.work()
	var commands []string
	for i, s := range n.selections {
		if n.gets[i] != nil && n.gets[i][number] {
			f.Selection = append(f.Selection, s.name)
			if len(commands) == 0 || s.command == metadata {
				commands = append(commands, s.command)
			}
		}
	}
	if f.reach == fetching {
		f.Breaks = append(f.Breaks, append(commands, fetch)...)
	}
}
