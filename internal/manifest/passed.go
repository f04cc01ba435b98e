package manifest

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"cargohome/internal/tomltext"
)

// passedOver is a folder whose manifest is not one to Cargo.
type passedOver struct {
	dir string
	err error
}

// NoPackageError says that a tree has no such package. It matches
// [fs.ErrNotExist].
type NoPackageError struct {
	Name, Version string   // that was looked for
	passed        []error  // about manifests that could have been its own
	others        []string // the versions of the package that are there
}

// mostPassed bounds the manifests that an error names.
const mostPassed = 4

// Error is a line for each manifest that could have been that of the package, and
// why it is not.
func (e *NoPackageError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "no package %q of version %q in the tree", e.Name, e.Version)
	if len(e.others) > 0 {
		fmt.Fprintf(&b, ", but of %s", strings.Join(e.others, ", "))
	}
	for i, err := range e.passed {
		if i == mostPassed {
			fmt.Fprintf(&b, "\n  and %d more", len(e.passed)-i)
			break
		}
		fmt.Fprintf(&b, "\n  passed over: %v", err)
	}
	return b.String()
}

func (e *NoPackageError) Unwrap() error { return fs.ErrNotExist }

// Broken reports whether there are manifests that could be the package's, if they
// were not broken.
func (e *NoPackageError) Broken() bool { return len(e.passed) > 0 }

// noPackage tells what is in the way of a package: manifests of its name that are
// broken, or if nothing in the tree has its name those that have none.
func (t *Tree) noPackage(name, version string) error {
	e := &NoPackageError{Name: name, Version: version}
	for _, f := range t.all {
		if f.Name == name {
			e.others = append(e.others, fmt.Sprintf("%q", f.Version))
		}
	}
	var nameless []error
	for _, p := range t.passed {
		switch t.nameIn(p.dir) {
		case name:
			e.passed = append(e.passed, p.err)
		case "":
			nameless = append(nameless, p.err)
		}
	}
	if len(e.others)+len(e.passed) == 0 {
		e.passed = nameless
	}
	return e
}

// passesOver notes a manifest that is broken, or that is not there, where a path
// dependency leads. One that is there and cannot be read might be the one that is
// looked for; cargo could not check it out.
func (s *packageScan) passesOver(dir string, err error) bool {
	if _, unreadable := errors.AsType[*unreadableError](err); unreadable && !errors.Is(err, fs.ErrPermission) {
		return false
	}
	if !errors.Is(err, fs.ErrNotExist) {
		s.passed = append(s.passed, passedOver{dir, err})
	}
	return true
}

// nameIn returns the name that a broken manifest gives its package, "" if that
// cannot be read.
func (t *Tree) nameIn(dir string) string {
	file := t.site.Manifest(dir)
	text, err := t.readFile(file)
	if err != nil {
		return ""
	}
	values, err := readSource(file, text)
	if err != nil {
		return ""
	}
	for _, key := range []string{"package", "project"} {
		if table, ok := values.Get(key).(*tomltext.Table); ok {
			name, _ := table.Get("name").(string)
			return name
		}
	}
	return ""
}

// needsNightly reports whether a manifest was passed over that a nightly cargo
// takes.
func (t *Tree) needsNightly() bool {
	return !t.Nightly && slices.ContainsFunc(t.passed, func(p passedOver) bool {
		_, ok := errors.AsType[*NightlyError](p.err)
		return ok
	})
}

// asNightly returns the same tree as a nightly cargo reads it.
func (t *Tree) asNightly() *Tree {
	if t.nightly == nil {
		t.nightly = NewTree(t.site)
		t.nightly.Registries, t.nightly.Nightly = t.Registries, true
	}
	return t.nightly
}

// findNightly is Find for a package that cargo 1.95 does not find.
func (t *Tree) findNightly(name, version string) (*Found, error) {
	f, err := t.asNightly().Find(name, version)
	if err != nil {
		return nil, err
	}
	told := *f
	told.Warnings = append(slices.Clone(f.Warnings), fmt.Sprintf("only %s the manifest of `%s v%s`", t.takersOf(f.Dir), name, version))
	return &told, nil
}

// takersOf says who takes a manifest that was passed over.
func (t *Tree) takersOf(dir string) string {
	for _, p := range t.passed {
		if e, ok := errors.AsType[*NightlyError](p.err); ok && p.dir == dir && e.Since > 0 {
			return fmt.Sprintf("cargo 1.%d and newer take", e.Since)
		}
	}
	return "a nightly cargo takes"
}
