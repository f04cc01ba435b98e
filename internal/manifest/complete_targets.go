package manifest

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// A targetKind is how one of the four lists of targets is completed.
type targetKind struct {
	name   string // as Cargo calls one of them
	folder string // where they are found
	// legacy finds a target without a path where edition 2015 did.
	legacy func(c *packageCompletion, name string) string
}

var (
	binKind     = targetKind{"binary", "src/bin", (*packageCompletion).legacyBin}
	exampleKind = targetKind{"example", "examples", noLegacy}
	testKind    = targetKind{"test", "tests", noLegacy}
	benchKind   = targetKind{"benchmark", "benches", (*packageCompletion).legacyBench}
)

func noLegacy(*packageCompletion, string) string { return "" }

// targets makes all targets explicit (cargo 1.95: util/toml/targets.rs).
func (c *packageCompletion) targets() (err error) {
	p, in, out := c.source.pkg(), c.source, c.m.toml
	if out.Lib, err = c.lib(in.Lib, p.Autolib); err != nil {
		return err
	}
	if out.Bin, err = c.list(binKind, in.Bin, p.Autobins); err != nil {
		return err
	}
	if out.Example, err = c.list(exampleKind, in.Example, p.Autoexamples); err != nil {
		return err
	}
	if out.Test, err = c.list(testKind, in.Test, p.Autotests); err != nil {
		return err
	}
	out.Bench, err = c.list(benchKind, in.Bench, p.Autobenches)
	return err
}

func (c *packageCompletion) lib(given *tomlTarget, auto *bool) (*tomlTarget, error) {
	const usual = "src/lib.rs"
	if complete([]*tomlTarget{given}, auto) {
		return c.checkedLib(clone(given))
	}
	found := c.reader.exists(c.dir, usual)
	if given == nil && !found {
		return nil, nil
	}
	lib := clone(given)
	if given == nil {
		lib = &tomlTarget{Path: ptr(usual)}
	}
	if lib.Name == nil {
		lib.Name = ptr(strings.ReplaceAll(string(*c.m.toml.Package.Name), "-", "_"))
	}
	legacy := path.Join("src", *lib.Name+".rs")
	switch {
	case lib.Path != nil:
	case found:
		lib.Path = ptr(usual)
	case c.m.edition == 2015 && c.reader.exists(c.dir, legacy):
		lib.Path = &legacy
	default:
		return nil, fmt.Errorf("there is no file for library %q", *lib.Name)
	}
	return c.checkedLib(lib)
}

// complete reports whether nothing is to be found or sorted in a list. An absent
// library comes as nil.
func complete(targets []*tomlTarget, auto *bool) bool {
	return auto != nil && !*auto && !slices.ContainsFunc(targets, func(t *tomlTarget) bool {
		return t != nil && (t.Name == nil || t.Path == nil)
	})
}

func clone(t *tomlTarget) *tomlTarget {
	if t == nil {
		return nil
	}
	copied := *t
	return &copied
}

func ptr[T any](v T) *T { return &v }

func (c *packageCompletion) checkedLib(lib *tomlTarget) (*tomlTarget, error) {
	if lib == nil {
		return nil, nil
	}
	if strings.Contains(*lib.Name, "-") {
		return nil, fmt.Errorf("library name %q has a hyphen", *lib.Name)
	}
	lib.Path = ptr(cleanPath(*lib.Path))
	return lib, c.checkTarget("library", lib)
}

// list completes one of the four lists.
func (c *packageCompletion) list(kind targetKind, given []*tomlTarget, auto *bool) ([]*tomlTarget, error) {
	var found []*tomlTarget
	targets := make([]*tomlTarget, 0, len(given))
	for _, t := range given {
		targets = append(targets, clone(t))
	}
	if !complete(given, auto) {
		found = c.discover(kind)
		if c.discovers(given, auto) {
			targets = append(targets, remaining(given, found)...)
		}
		slices.SortStableFunc(targets, compareNames)
	}
	for _, t := range targets {
		if err := c.checkTarget(kind.name, t); err != nil {
			return nil, err
		}
	}
	return c.withPaths(kind, targets, found)
}

// discovers: found targets are added, but in edition 2015 not if some are given.
func (c *packageCompletion) discovers(given []*tomlTarget, auto *bool) bool {
	if auto != nil {
		return *auto
	}
	return given == nil || c.m.edition > 2015
}

func compareNames(a, b *tomlTarget) int {
	if a.Name == nil || b.Name == nil {
		return cmp.Compare(btoi(a.Name != nil), btoi(b.Name != nil))
	}
	return cmp.Compare(*a.Name, *b.Name)
}

// remaining returns the found targets of which neither the name nor the path is
// given.
func remaining(given, found []*tomlTarget) []*tomlTarget {
	seen := map[string]bool{}
	for _, t := range given {
		if t.Name != nil {
			seen["name:"+*t.Name] = true
		}
		if t.Path != nil {
			seen["path:"+samePath(*t.Path)] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(found), func(t *tomlTarget) bool {
		return seen["name:"+*t.Name] || seen["path:"+samePath(*t.Path)]
	})
}

// samePath makes texts equal that Rust's Path takes as equal: ".." stays.
func samePath(p string) string {
	return strings.Join(slices.DeleteFunc(strings.Split(p, "/"), func(s string) bool { return s == "" || s == "." }), "/")
}

// withPaths gives each target its path. A target without a file is an error for
// binaries only; others are left out, which Cargo tells in packages of the user's.
func (c *packageCompletion) withPaths(kind targetKind, targets, found []*tomlTarget) ([]*tomlTarget, error) {
	out := make([]*tomlTarget, 0, len(targets))
	byName := map[string][]string{}
	for _, t := range found {
		byName[*t.Name] = append(byName[*t.Name], *t.Path)
	}
	for _, t := range targets {
		if t.Path == nil {
			t.Path = c.path(kind, *t.Name, byName[*t.Name])
		}
		switch {
		case t.Path != nil:
			t.Path = ptr(cleanPath(*t.Path))
			out = append(out, t)
		case kind.name == binKind.name:
			return nil, fmt.Errorf("there is no file for binary %q", *t.Name)
		default:
			c.m.lacking = append(c.m.lacking, path.Join(kind.folder, *t.Name+".rs"))
		}
	}
	return out, checkUnique(kind.name, out)
}

// path returns the one file found for a target.
func (c *packageCompletion) path(kind targetKind, name string, found []string) *string {
	if len(found) == 1 {
		return &found[0]
	}
	if c.m.edition > 2015 {
		return nil
	}
	if legacy := kind.legacy(c, name); legacy != "" {
		return &legacy
	}
	return nil
}

func (c *packageCompletion) legacyBin(name string) string {
	candidates := []string{"src/main.rs", "src/bin/main.rs"}
	if c.m.toml.Lib == nil {
		candidates = slices.Insert(candidates, 0, path.Join("src", name+".rs"))
	}
	for _, p := range candidates {
		if c.reader.exists(c.dir, p) {
			return p
		}
	}
	return ""
}

func (c *packageCompletion) legacyBench(name string) string {
	if name == "bench" && c.reader.exists(c.dir, "src/bench.rs") {
		return "src/bench.rs"
	}
	return ""
}

// discover returns the targets that files stand for.
func (c *packageCompletion) discover(kind targetKind) []*tomlTarget {
	var found []*tomlTarget
	if kind.name == binKind.name && c.reader.exists(c.dir, "src/main.rs") {
		found = append(found, &tomlTarget{Name: ptr(string(*c.m.toml.Package.Name)), Path: ptr("src/main.rs")})
	}
	entries, _ := fs.ReadDir(c.reader.site, path.Join(c.dir, kind.folder))
	for _, e := range entries {
		if t := c.discovered(path.Join(kind.folder, e.Name()), e); t != nil {
			found = append(found, t)
		}
	}
	return found
}

// discovered returns the target of x.rs or x/main.rs. A symbolic link to a folder
// is none.
func (c *packageCompletion) discovered(file string, e fs.DirEntry) *tomlTarget {
	name, isRust := strings.CutSuffix(e.Name(), ".rs")
	main := path.Join(file, "main.rs")
	switch {
	case strings.HasPrefix(e.Name(), "."):
		return nil
	case e.IsDir() && c.reader.exists(c.dir, main):
		return &tomlTarget{Name: ptr(e.Name()), Path: &main}
	case !e.IsDir() && isRust:
		return &tomlTarget{Name: &name, Path: &file}
	}
	return nil
}

func (c *packageCompletion) checkTarget(kind string, t *tomlTarget) error {
	if t.Name == nil || strings.TrimSpace(*t.Name) == "" {
		return fmt.Errorf("a %s has no name", kind)
	}
	if kind == binKind.name && slices.Contains([]string{"deps", "examples", "build", "incremental"}, *t.Name) {
		return fmt.Errorf("binary name %q is reserved", *t.Name)
	}
	if t.Edition != nil {
		if _, ok := editions[*t.Edition]; !ok {
			return fmt.Errorf("edition %q is not known", *t.Edition)
		}
	}
	if err := c.source.requireFor("different-binary-name", t.Filename != nil); err != nil {
		return fmt.Errorf("filename of %s %q: %w", kind, *t.Name, err)
	}
	return c.underscores(t.CrateType2 != nil || t.ProcMacro2 != nil)
}

func checkUnique(kind string, targets []*tomlTarget) error {
	seen := map[string]bool{}
	for _, t := range targets {
		if seen[*t.Name] {
			return fmt.Errorf("two targets of kind %s are called %q", kind, *t.Name)
		}
		seen[*t.Name] = true
	}
	return nil
}
