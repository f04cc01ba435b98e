package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"cargohome/internal/cargotest"
	"cargohome/internal/compat"
)

// row is what came of one cargo.
type row struct {
	rule    compat.Rule
	results []string // by the columns of the table
	err     error    // why there is no such cargo
}

// subject is what is vendored.
type subject struct {
	project string
	home    string // our own
	cargo   string // the home of the cargo
	offline bool   // all is in that home
}

func (m *matrix) compare(rule compat.Rule) row {
	r := row{rule: rule}
	cargo, err := m.cargo(rule)
	if err != nil {
		r.err = err
		return r
	}
	r.results = m.fixture(rule, cargo)
	for _, lock := range m.projects {
		r.results = append(r.results, said("equal", m.project(rule, cargo, filepath.Dir(lock))))
	}
	return r
}

// said is what the table says: what is so, or the error's first line.
func said(what string, err error) string {
	if err == nil {
		return what
	}
	fmt.Fprintln(os.Stderr, err)
	first, _, _ := strings.Cut(err.Error(), "\n")
	return first
}

// Names of the folders of crates.io by the hash of 1.85, and that before.
const (
	newName = cargotest.CratesIO
	oldName = "index.crates.io-6f17d22bba15001f"
)

// fixture compares what both make of the world of package cargotest, builds from ours, and
// sees what the cargo makes of a home that we work in.
func (m *matrix) fixture(rule compat.Rule, cargo string) []string {
	dir := filepath.Join(m.dir, rule.String())
	v := cargotest.WriteVersions(terminal{}, dir)
	s := subject{project: v.Project, home: v.Home, cargo: filepath.Join(dir, "cargo")}
	results := []string{said("equal", m.folder(rule, cargo, s)), said("builds", m.builds(cargo, s))}
	return append(results, (&tenant{s, rule, cargo, m.cargohome}).columns()...)
}

// folder has both vendor, the cargo in a home that it knows by either name, and compares.
func (m *matrix) folder(rule compat.Rule, cargo string, s subject) error {
	for _, part := range []string{"index", "cache"} {
		for _, name := range []string{newName, oldName} {
			to := filepath.Join(s.cargo, "registry", part)
			if err := os.MkdirAll(to, 0o777); err != nil {
				return err
			}
			if err := cargotest.CopyTree(filepath.Join(s.home, "registry", part, newName), filepath.Join(to, name)); err != nil {
				return err
			}
		}
	}
	theirs, ours, err := m.vendor(rule, cargo, s)
	if err == nil && m.write {
		err = os.WriteFile(filepath.Join("vendoring", "testdata", "golden", rule.String()+".txt"), []byte(theirs), 0o666)
	}
	if err != nil {
		return err
	}
	return same(theirs, ours)
}

// builds has the cargo check the project from our folder, which is the project's "ours".
// Its configuration does not stay.
func (m *matrix) builds(cargo string, s subject) error {
	defer os.RemoveAll(filepath.Join(s.project, ".cargo"))
	vendor := command{dir: s.project, args: []string{m.cargohome, "--cargo-home", s.home, "vendor", "ours", "--keep-compatible", "--write-config"}}
	if err := run(vendor); err != nil {
		return err
	}
	empty := s.cargo + ".empty"
	return run(command{dir: s.project, args: []string{cargo, "check", "--offline", "--frozen"}, env: append(environment(), "CARGO_HOME="+empty)})
}

// project compares what both make of a real project, from a home that the cargo fills.
func (m *matrix) project(rule compat.Rule, cargo, project string) error {
	dir := filepath.Join(m.dir, rule.String(), filepath.Base(project))
	s := subject{project: filepath.Join(dir, "project"), home: filepath.Join(dir, "home"), cargo: filepath.Join(dir, "home"), offline: true}
	defer os.RemoveAll(dir)
	if err := errors.Join(os.MkdirAll(dir, 0o777), cargotest.CopyTree(project, s.project)); err != nil {
		return err
	}
	fetch := command{dir: s.project, args: []string{cargo, "fetch", "--locked"}, env: append(environment(), "CARGO_HOME="+s.cargo)}
	if err := run(fetch); err != nil {
		return err
	}
	theirs, ours, err := m.vendor(rule, cargo, s)
	if err != nil {
		return err
	}
	return same(theirs, ours)
}

// vendor has both vendor, and returns the trees that come of it.
func (m *matrix) vendor(rule compat.Rule, cargo string, s subject) (theirs, ours string, err error) {
	args := []string{cargo, "vendor", "--locked", "theirs"}
	if s.offline {
		args = append(args, "--offline")
	}
	their := command{dir: s.project, args: args, env: append(environment(), "CARGO_HOME="+s.cargo)}
	our := command{dir: s.project, args: []string{m.cargohome, "--cargo-home", s.home, "vendor", "ours", "--compat", rule.String(), "--no-stat-cache"}}
	if err := errors.Join(run(their), run(our)); err != nil {
		return "", "", err
	}
	theirs, err = cargotest.Tree(filepath.Join(s.project, "theirs"))
	if err == nil {
		ours, err = cargotest.Tree(filepath.Join(s.project, "ours"))
	}
	return theirs, ours, err
}

// environment lets submodules come from folders, and old cargos use the compiler that
// there is.
func environment() []string {
	env := []string{"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=protocol.file.allow", "GIT_CONFIG_VALUE_0=always"}
	if root, err := exec.Command("rustc", "--print", "sysroot").Output(); err == nil {
		env = append(env, "RUSTC="+filepath.Join(strings.TrimSpace(string(root)), "bin", "rustc"))
	}
	return env
}

// same tells trees apart, with the lines that only one has.
func same(theirs, ours string) error {
	if theirs == ours {
		return nil
	}
	return fmt.Errorf("trees differ\n%s", cargotest.DiffLines(strings.Split(theirs, "\n"), ours, ""))
}

type terminal struct{}

func (terminal) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
