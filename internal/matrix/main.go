// Matrix compares what cargohome makes by the rule of a cargo with what that cargo makes:
//
//	go run ./internal/matrix [-cargos DIR] [-projects DIR] [-write] VERSION...
//
// Cargos are built from crates.io into DIR/VERSION/bin, some minutes each, unless they are
// there; the one in the PATH is taken for its own version. The fixture of package
// cargotest is vendored by both, and so is each project in -projects, whose folders hold a
// Cargo.lock, from a home that the cargo filled itself. What is printed is the table of
// docs/matrix.md; -write puts it there, and the trees of the fixture where the tests of
// package vendoring read them.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"cargohome/internal/compat"
)

func main() {
	cargos := flag.String("cargos", filepath.Join(os.TempDir(), "cargos"), "where built cargos are kept")
	projects := flag.String("projects", "", "a folder of real projects")
	write := flag.Bool("write", false, "write the listings and docs/matrix.md")
	flag.Parse()
	m := &matrix{cargos: *cargos, write: *write}
	if err := m.run(*projects, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "matrix:", err)
		os.Exit(1)
	}
}

// matrix is one run.
type matrix struct {
	cargos    string // where built ones are kept
	write     bool
	dir       string // for all that is made on the way
	cargohome string
	projects  []string // folders, by their names the columns of the table
}

func (m *matrix) run(projects string, versions []string) (err error) {
	if m.dir, err = os.MkdirTemp("", "matrix"); err != nil {
		return err
	}
	defer os.RemoveAll(m.dir)
	m.cargohome = filepath.Join(m.dir, "cargohome")
	if err := run(command{dir: ".", args: []string{"go", "build", "-o", m.cargohome, "."}}); err != nil {
		return err
	}
	if m.projects, err = filepath.Glob(filepath.Join(projects, "*", "Cargo.lock")); err != nil {
		return err
	}
	var rows []row
	for _, version := range versions {
		rule, err := compat.Parse(version)
		if err != nil {
			return err
		}
		rows = append(rows, m.compare(rule))
	}
	return m.print(rows)
}
