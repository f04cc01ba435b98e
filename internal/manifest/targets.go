package manifest

import (
	"errors"
	"strings"
)

// Target is what Cargo builds of a package.
type Target struct {
	Kind TargetKind // of the six there are
	Path string     // of its root, relative to the package's folder, clean; it need not be there
	// Sought says that the manifest has the target without a path, so that some versions of
	// cargo refuse the manifest where there is no file.
	Sought bool
}

// TargetKind is what a target is.
type TargetKind string

// These are all kinds there are.
const (
	Library     TargetKind = "library"
	Binary      TargetKind = "binary"
	Example     TargetKind = "example"
	Test        TargetKind = "test"
	Benchmark   TargetKind = "benchmark"
	BuildScript TargetKind = "build script"
)

// Needed reports whether those who depend on a package may need such a target, as an
// artifact if not otherwise.
func (k TargetKind) Needed() bool { return k == Library || k == Binary || k == BuildScript }

// deepest is in how many folders a file may lie that Cargo finds: src/bin/NAME/main.rs.
const deepest = 3

// Targets returns the targets of a package from its manifest, which inherits from itself at most, and
// the files that there are, '/'-separated: those that the manifest has and those that
// Cargo finds. The errors are those of [Reader.Load], but for what it says of features and
// dependencies, and for a binary without a file.
func Targets(text string, files []string) ([]Target, error) {
	m, written, err := completed(text, files)
	if err != nil {
		return nil, err
	}
	return targetsOf(m, written), nil
}

// Selection is what a manifest says of which files belong to its package.
type Selection struct {
	Include, Exclude []string // package.include and package.exclude
	Runs             bool     // there is a binary or an example
}

// Select reads that of a package as [Targets] does.
func Select(text string, files []string) (s Selection, err error) {
	m, _, err := completed(text, files)
	if err != nil {
		return s, err
	}
	if p := m.Package.Include; p != nil {
		s.Include = p.value
	}
	if p := m.Package.Exclude; p != nil {
		s.Exclude = p.value
	}
	s.Runs = len(m.Bin)+len(m.Example) > 0
	return s, nil
}

// completed returns the manifest of a package with its targets explicit, and as it was
// written.
func completed(text string, files []string) (m, written *tomlManifest, err error) {
	near := make([]string, 0, len(files))
	for _, f := range files {
		if strings.Count(f, "/") <= deepest {
			near = append(near, f)
		}
	}
	r, s := NewWholeReader(workTree{newListing(near)}, ""), &source{}
	if err := r.parseText(s, FileName, aboutTargets(text)); err != nil {
		return nil, nil, err
	}
	if _, err := r.root(".", s.manifest); err != nil {
		return nil, nil, err
	}
	out := *s.manifest
	c := packageCompletion{reader: r, dir: ".", source: s.manifest, keys: s.keys, m: &packageManifest{toml: &out}}
	if s.manifest.pkg() == nil {
		return nil, nil, errors.New("it has no [package]")
	}
	if err := c.pkg(); err != nil {
		return nil, nil, err
	}
	return &out, s.manifest, c.targets()
}

// targetsOf returns those of a manifest that is complete, and as it was written.
func targetsOf(m, written *tomlManifest) (targets []Target) {
	add := func(kind TargetKind, given, list []*tomlTarget) {
		sought := map[string]bool{}
		for _, t := range given {
			if t != nil && t.Name != nil {
				sought[*t.Name] = t.Path == nil
			}
		}
		for _, t := range list {
			if t != nil && t.Path != nil {
				targets = append(targets, Target{kind, cleanPath(*t.Path), sought[*t.Name]})
			}
		}
	}
	add(Library, []*tomlTarget{written.Lib}, []*tomlTarget{m.Lib})
	add(Binary, written.Bin, m.Bin)
	add(Example, written.Example, m.Example)
	add(Test, written.Test, m.Test)
	add(Benchmark, written.Bench, m.Bench)
	if m.Package.Build != nil {
		if script, ok := m.Package.Build.value.(string); ok {
			targets = append(targets, Target{Kind: BuildScript, Path: cleanPath(script)})
		}
	}
	return targets
}
