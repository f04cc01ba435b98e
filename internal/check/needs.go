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
	p        *project
	packages []resolve.Package // what they need, as far as it is known

	g    *resolve.Graph     // nil if it is not known what packages need
	ws   *resolve.Workspace // what the commands are about
	all  *resolve.Survey    // of all members with all features
	gets [][]bool           // by number of the selection
	host []*platform.Target // this machine, or those that were named; none, as for any, if it is not known

	selections []selection
	overridden map[int]bool // packages in place of which `paths` puts others
	err        error        // of the selection that was asked for
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
	return n.all.Accessible(resolve.AllKinds, n.host, n.host)
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
		if n.g == nil {
			continue
		}
		n.gets[i] = n.accessible(&n.selections[i])
		for number := range n.overridden {
			if n.gets[i] != nil {
				n.gets[i][number] = false
			}
		}
	}
}

// accessible returns the packages that a command gets.
func (n *needs) accessible(s *selection) []bool {
	survey, err := n.g.Survey(n.ws, &s.request)
	if err != nil {
		n.err = err
		return nil
	}
	if len(n.host) < 2 {
		return survey.Accessible(s.kinds, s.targets, n.host)
	}
	gets := make([]bool, len(n.p.lock.Packages))
	for host := range slices.Chunk(n.host, 1) { // what builds on one does not on another
		for i, does := range survey.Accessible(s.kinds, s.targets, host) {
			gets[i] = gets[i] || does
		}
	}
	return gets
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
