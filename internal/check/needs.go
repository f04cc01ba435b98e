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

// needs says which packages of a lockfile each selection gets.
type needs struct {
	p    *project
	gets [][]bool // by number of the selection; nil where it is not known
}

// needsOf works out who gets which packages. What is not known counts as needed.
func needsOf(p *project, g *resolve.Graph, ws *resolve.Workspace) *needs {
	n := &needs{p, make([][]bool, len(selections))}
	if g == nil {
		return n
	}
	for i := range selections {
		n.gets[i] = accessible(p, g, ws, &selections[i])
	}
	return n
}

// accessible returns the packages that a command gets: those that it comes to from the
// members it is about, going along dependencies of its platforms (cargo 1.95:
// PackageSet::download_accessible).
func accessible(p *project, g *resolve.Graph, ws *resolve.Workspace, s *selection) []bool {
	request := s.request
	links, err := g.Survey(ws, &request)
	if err != nil {
		return nil
	}
	here, err := platform.Find(platform.Here())
	if err != nil {
		here = nil
	}
	to := map[int][]int{}
	for _, l := range links {
		if l.To >= 0 && (s.dev || l.Dependency.Kind != resolve.Dev) && (s.any || isMeant(l.Dependency.Platform, here)) {
			to[l.From] = append(to[l.From], l.To)
		}
	}
	gets, next := make([]bool, len(p.lock.Packages)), ws.Default
	if request.All {
		next = ws.Members
	}
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
