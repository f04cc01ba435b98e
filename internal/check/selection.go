package check

import (
	"cmp"

	"cargohome/internal/platform"
	"cargohome/internal/resolve"
)

// Selection is what is built, where not anything counts.
type Selection struct {
	Request resolve.Request    // members and features; platforms and kinds do not count in it
	Targets []*platform.Target // that are built for; none for this machine
	Hosts   []*platform.Target // that do the building; none for this machine
	Kinds   resolve.Kinds      // dependencies that are followed
	Flags   string             // the same for cargo, as text with a space before each flag
}

// selection is a command that gets packages, and what it is about.
type selection struct {
	name    string // for people
	command string
	request resolve.Request
	kinds   resolve.Kinds
	targets []*platform.Target // nil for any platform
}

// selectionsOf are those that are told apart, the narrowest first: what was asked for, or
// else the commands that there are. Which packages a command gets depends on features, on
// dev-dependencies and on platforms; all of them read the index lines, repositories and
// vendor folders of all the lockfile (cargo 1.95: resolve_ws_with_opts, download_accessible).
func selectionsOf(s *Selection, host []*platform.Target) []selection {
	if s != nil {
		targets := s.Targets
		if len(targets) == 0 || len(host) == 0 {
			targets = host
		}
		return []selection{{"selection", s.command(), s.Request, s.Kinds, targets}}
	}
	const tests = "cargo test --no-run"
	noDev := resolve.AllKinds.Without(resolve.Dev)
	return []selection{
		{"build", build, resolve.Request{}, noDev, host},
		{"test", tests + offline, resolve.Request{}, resolve.AllKinds, host},
		{"workspace", tests + " --workspace" + offline, resolve.Request{All: true}, resolve.AllKinds, host},
		{"all-features", tests + " --workspace --all-features" + offline, resolve.Request{All: true, AllFeatures: true}, resolve.AllKinds, host},
		{"metadata", metadata, resolve.Request{All: true}, resolve.AllKinds, nil},
		{"metadata-all-features", "cargo metadata --all-features --format-version 1" + offline, resolve.Request{All: true, AllFeatures: true}, resolve.AllKinds, nil},
	}
}

// command is that of cargo for it.
func (s *Selection) command() string {
	command := "cargo build"
	if s.Kinds.Has(resolve.Dev) {
		command = "cargo test --no-run"
	}
	for _, t := range s.Targets {
		command += " --target " + cmp.Or(t.File, t.Name)
	}
	return command + s.Flags + offline
}
