package check

import (
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

// selection is a command that gets packages, and what it is about.
type selection struct {
	name    string // for people
	command string
	request resolve.Request
	dev     bool // with dev-dependencies of members
	any     bool // of all platforms
}

// selections are those that are told apart, the narrowest first. Which packages a command
// gets depends on features, on dev-dependencies and on platforms; all of them read the
// index lines, repositories and vendor folders of all the lockfile (cargo 1.95:
// resolve_ws_with_opts, download_accessible).
var selections = []selection{
	{"build", build, resolve.Request{}, false, false},
	{"test", "cargo test --no-run" + offline, resolve.Request{}, true, false},
	{"workspace", "cargo test --no-run --workspace" + offline, resolve.Request{All: true}, true, false},
	{"all-features", "cargo test --no-run --workspace --all-features" + offline, resolve.Request{All: true, AllFeatures: true}, true, false},
	{"metadata", metadata, resolve.Request{All: true}, true, true},
	{"metadata-all-features", "cargo metadata --all-features --format-version 1" + offline, resolve.Request{All: true, AllFeatures: true}, true, true},
}

// needs says which packages of a lockfile each selection gets. What is not known counts as
// needed by none, so that nothing is said of it.
type needs struct {
	p     *project
	g     *resolve.Graph     // nil if it is not known what packages need
	ws    *resolve.Workspace // what the commands are about
	links []resolve.Link     // dependencies of all members with all features
	gets  [][]bool           // by number of the selection
}

// here says which packages something on this machine may compile.
func (n *needs) here() []bool {
	if n.g == nil {
		every := make([]bool, len(n.p.lock.Packages))
		for i := range every {
			every[i] = true
		}
		return every
	}
	return n.reach(n.links, n.ws.Members, true, false)
}

// work finds out who gets which packages. It takes as long as all else, so that it is left
// until there is something to tell.
func (n *needs) work() {
	if n.gets != nil {
		return
	}
	n.gets = make([][]bool, len(selections))
	for i := range selections {
		if n.g != nil {
			n.gets[i] = n.accessible(&selections[i])
		}
	}
}

// accessible returns the packages that a command gets.
func (n *needs) accessible(s *selection) []bool {
	request, from := s.request, n.ws.Default
	links, err := n.g.Survey(n.ws, &request)
	if err != nil {
		return nil
	}
	if request.All {
		from = n.ws.Members
	}
	return n.reach(links, from, s.dev, s.any)
}

// reach returns the packages that cargo comes to from members, going along dependencies for
// this machine, or for any (cargo 1.95: PackageSet::download_accessible).
func (n *needs) reach(links []resolve.Link, next []int, dev, any bool) []bool {
	here, err := platform.Find(platform.Here())
	if err != nil {
		here = nil
	}
	meant := map[string]bool{}
	to := make([][]int, len(n.p.lock.Packages))
	for _, l := range links {
		d := l.Dependency
		on, known := meant[d.Platform]
		if !known {
			on = any || isMeant(d.Platform, here)
			meant[d.Platform] = on
		}
		if l.To >= 0 && on && (dev || d.Kind != resolve.Dev) {
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
	return err != nil || p.Matches(targets[0])
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
	for i, s := range selections {
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
