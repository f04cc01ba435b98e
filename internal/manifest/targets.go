package manifest

import "errors"

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

// Targets returns the targets of a package from its manifest, which inherits nothing, and
// the files that there are, '/'-separated: those that the manifest has and those that
// Cargo finds. The errors are those of [Reader.Load], and for a binary without a file.
func Targets(text string, files []string) ([]Target, error) {
	r, s := NewWholeReader(workTree{newListing(files)}, ""), &source{}
	if err := r.parseText(s, FileName, text); err != nil {
		return nil, err
	}
	out := *s.manifest
	c := packageCompletion{reader: r, dir: ".", source: s.manifest, keys: s.keys, m: &packageManifest{toml: &out}}
	if s.manifest.pkg() == nil {
		return nil, errors.New("it has no [package]")
	}
	if err := c.pkg(); err != nil {
		return nil, err
	}
	if err := c.targets(); err != nil {
		return nil, err
	}
	return targetsOf(&out, s.manifest), nil
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
