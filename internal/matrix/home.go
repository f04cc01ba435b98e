package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"cargohome/internal/cargotest"
	"cargohome/internal/compat"
	"cargohome/internal/fsx"
)

// selections are what is cleaned of the home of a cargo, each a column.
var selections = [][]string{{"--ci", "Cargo.lock"}, {"--auto"}, {"--checkouts"}}

// tenant is a cargo in a home that it has filled.
type tenant struct {
	subject
	rule      compat.Rule
	path      string // of the cargo
	cargohome string // of ours
}

// columns are what comes of the home: whether the cargo takes what we make in it, and
// builds when parts are gone.
func (t *tenant) columns() []string {
	if err := errors.Join(t.ask("fetch", "--locked"), t.build()); err != nil {
		return []string{said("", err)}
	}
	results := []string{said("accepted", t.restored())}
	for _, flags := range selections {
		results = append(results, said(t.cleaned(flags...)))
	}
	return results
}

// restored makes sources and checkouts anew, and has the cargo build from them: it must
// leave each file as it is.
func (t *tenant) restored() error {
	if err := errors.Join(t.our("clean", "--src", "--checkouts"), t.restore()); err != nil {
		return err
	}
	before, err := t.files()
	if err != nil {
		return err
	}
	if err := errors.Join(t.build(), t.ask("metadata", "--format-version", "1", "--offline", "--frozen")); err != nil {
		return err
	}
	after, err := t.files()
	if err != nil {
		return err
	}
	return same(before, after)
}

// cleaned removes what the flags say, has the cargo build, and restores the rest: all is
// to be as before. Before 1.94 cargo has submodules nowhere but in checkouts, and we have
// to make those first.
func (t *tenant) cleaned(flags ...string) (what string, err error) {
	before, err := t.listing()
	if err != nil {
		return "", err
	}
	if err := t.our("clean", flags...); err != nil {
		return "", err
	}
	what, err = "builds", t.build()
	if err != nil && !t.rule.Has(compat.SubmoduleDB) {
		what, err = "builds after `checkout`", errors.Join(t.restore(), t.build())
	}
	if err := errors.Join(err, t.restore()); err != nil {
		return "", err
	}
	after, err := t.listing()
	if err != nil {
		return "", err
	}
	return what, same(before, after)
}

func (t *tenant) restore() error {
	return errors.Join(t.our("reextract"), t.our("checkout", "--lockfile-path", "Cargo.lock"))
}

// our runs a command of ours on the home of the cargo.
func (t *tenant) our(name string, flags ...string) error {
	return run(command{dir: t.project, args: append([]string{t.cargohome, "--cargo-home", t.cargo, name}, flags...)})
}

// build has the cargo compile all anew, without a network.
func (t *tenant) build() error {
	if err := os.RemoveAll(filepath.Join(t.project, "target")); err != nil {
		return err
	}
	return t.ask("check", "--offline", "--frozen")
}

// ask runs a command of the cargo.
func (t *tenant) ask(args ...string) error {
	return run(command{dir: t.project, args: append([]string{t.path}, args...), env: append(environment(), "CARGO_HOME="+t.cargo)})
}

func (t *tenant) in(part string) string {
	return filepath.Join(t.cargo, filepath.FromSlash(part))
}

// listing is what sources and checkouts hold, without what differs from run to run: the
// times, and git's own folders.
func (t *tenant) listing() (string, error) {
	var b strings.Builder
	for _, part := range []string{"registry/src", "git/checkouts"} {
		tree, err := cargotest.Tree(t.in(part))
		if err != nil {
			return "", err
		}
		for line := range strings.Lines(tree) {
			if path := cargotest.TreePath(line); !strings.Contains(path, "/.git/") {
				fmt.Fprintf(&b, "%s %s/%s", line[:8], part, path)
			}
		}
	}
	return b.String(), nil
}

// files tells each file of sources and checkouts from one that is put in its place.
func (t *tenant) files() (string, error) {
	var b strings.Builder
	for _, part := range []string{"registry/src", "git/checkouts"} {
		err := filepath.WalkDir(t.in(part), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			if err == nil {
				fmt.Fprintln(&b, path, fsx.IDOf(info), info.Mode(), info.Size(), info.ModTime().UnixNano())
			}
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return b.String(), nil
}
