package manifest

import (
	"errors"
	"fmt"
	"math"
	"path"
	"slices"
)

// A packageCompletion fills in one manifest: what it inherits, and what Cargo
// finds in the folder (cargo 1.95: util/toml, normalize_toml). The source is
// shared by others and not changed.
type packageCompletion struct {
	reader *Reader
	dir    string
	source *tomlManifest
	keys   []string // at its top
	m      *packageManifest
	shared *Root // found at most once, and only if something is inherited
}

func (c *packageCompletion) run() error {
	out := *c.source
	out.Package, out.Project = nil, nil
	c.m.toml, c.m.written = &out, c.source
	if err := c.checkPatches(); err != nil {
		return err
	}
	if c.source.pkg() == nil {
		return c.virtual()
	}
	if err := c.pkg(); err != nil {
		return err
	}
	if !c.reader.whole {
		return c.dependencies()
	}
	if err := c.targets(); err != nil {
		return err
	}
	if err := c.dependencies(); err != nil {
		return err
	}
	return c.lints()
}

// virtual checks that a manifest without a package has nothing that needs one.
func (c *packageCompletion) virtual() error {
	if c.source.Workspace == nil {
		return errors.New("it has neither a [package] nor a [workspace]")
	}
	for _, key := range c.keys {
		if slices.Contains(packageKeys, key) {
			return fmt.Errorf("it has %q, but no [package]", key)
		}
	}
	return nil
}

// packageKeys may only appear beside a [package].
var packageKeys = []string{
	"badges", "features", "lib", "bin", "example", "test", "bench", "dependencies", "dev-dependencies", "dev_dependencies",
	"build-dependencies", "build_dependencies", "target", "lints", "hints",
}

// inherit returns what may be inherited.
func (c *packageCompletion) inherit() (*Root, error) {
	if c.shared == nil {
		shared, err := c.reader.sharedFor(c.dir, c.source)
		if err != nil {
			return nil, err
		}
		c.shared = shared
	}
	return c.shared, nil
}

func (c *packageCompletion) pkg() error {
	p := *c.source.pkg()
	c.m.toml.Package = &p
	if p.Name == nil {
		return errors.New("it has no package.name")
	}
	if err := c.inheritFields(&p); err != nil {
		return err
	}
	if err := c.setEdition(&p); err != nil || !c.reader.whole {
		return err
	}
	c.setBuild(&p)
	off := false
	p.Autolib, p.Autobins, p.Autoexamples, p.Autotests, p.Autobenches = &off, &off, &off, &off, &off
	return c.setReadme(&p)
}

// inheritFields replaces each `key.workspace = true`.
func (c *packageCompletion) inheritFields(p *tomlPackage) error {
	f := fieldInheritance{completion: c}
	inheritField(&f, &p.Edition, "edition", func(s *tomlShared) *string { return s.Edition })
	inheritField(&f, &p.RustVersion, "rust-version", func(s *tomlShared) *rustVersion { return s.RustVersion })
	inheritField(&f, &p.Version, "version", func(s *tomlShared) *looseVersion { return (*looseVersion)(s.Version) })
	inheritField(&f, &p.Authors, "authors", func(s *tomlShared) *[]string { return listed(s.Authors) })
	inheritField(&f, &p.Exclude, "exclude", func(s *tomlShared) *[]string { return listed(s.Exclude) })
	inheritField(&f, &p.Include, "include", func(s *tomlShared) *[]string { return listed(s.Include) })
	inheritField(&f, &p.Publish, "publish", func(s *tomlShared) *boolOrList { return s.Publish })
	inheritField(&f, &p.Description, "description", func(s *tomlShared) *string { return s.Description })
	inheritField(&f, &p.Homepage, "homepage", func(s *tomlShared) *string { return s.Homepage })
	inheritField(&f, &p.Documentation, "documentation", func(s *tomlShared) *string { return s.Documentation })
	inheritField(&f, &p.Keywords, "keywords", func(s *tomlShared) *[]string { return listed(s.Keywords) })
	inheritField(&f, &p.Categories, "categories", func(s *tomlShared) *[]string { return listed(s.Categories) })
	inheritField(&f, &p.License, "license", func(s *tomlShared) *string { return s.License })
	inheritField(&f, &p.Repository, "repository", func(s *tomlShared) *string { return s.Repository })
	inheritField(&f, &p.LicenseFile, "license-file", func(s *tomlShared) *string { return f.rebased(s.LicenseFile) })
	return f.err
}

// listed returns nil for an absent list.
func listed(s []string) *[]string {
	if s == nil {
		return nil
	}
	return &s
}

// A fieldInheritance keeps the first error of a number of fields.
type fieldInheritance struct {
	completion *packageCompletion
	err        error
}

func inheritField[T any](f *fieldInheritance, field **inheritable[T], key string, shared func(*tomlShared) *T) {
	if f.err != nil || *field == nil || !(*field).inherits {
		return
	}
	w, err := f.completion.inherit()
	if err != nil {
		f.err = err
		return
	}
	var value *T
	if w.table.Package != nil {
		value = shared(w.table.Package)
	}
	switch {
	case f.err != nil:
	case value == nil:
		f.err = fmt.Errorf("%q is inherited, but there is no workspace.package.%s", key, key)
	default:
		*field = stated(*value)
	}
}

// rebased makes a path of the workspace relative to the package.
func (f *fieldInheritance) rebased(name *string) *string {
	if name == nil {
		return nil
	}
	w := f.completion.shared
	out, err := f.completion.reader.site.Rebase(*name, w.dir, f.completion.dir)
	f.err = err
	return &out
}

// setEdition checks the edition and notes it as a number.
func (c *packageCompletion) setEdition(p *tomlPackage) error {
	c.m.edition = 2015
	if p.Edition == nil {
		return nil
	}
	edition, ok := editions[p.Edition.value]
	if !ok && c.reader.whole {
		return fmt.Errorf("edition %q is not known", p.Edition.value)
	}
	c.m.edition = edition.year
	if err := c.source.requireFor("unstable-editions", edition == editions["future"]); err != nil {
		return err
	}
	if c.source.Project != nil && edition.year >= 2024 {
		return errors.New("[project] is not part of edition 2024")
	}
	if p.RustVersion == nil || edition.minor == 0 {
		return nil
	}
	if minor, ok := p.RustVersion.value.minor(); !ok || minor < edition.minor {
		return fmt.Errorf("rust-version %q is too old for edition %d", p.RustVersion.value, edition.year)
	}
	return nil
}

// editions says which Rust 1.x came with each.
var editions = map[string]struct{ year, minor int }{
	"2015": {2015, 0}, "2018": {2018, 31}, "2021": {2021, 56}, "2024": {2024, 85}, "future": {math.MaxInt, 0},
}

// setBuild looks for a build script, which must be a file where it is not named.
func (c *packageCompletion) setBuild(p *tomlPackage) {
	found := p.Build == nil && c.reader.isFile(c.dir, "build.rs")
	switch {
	case found || p.Build != nil && p.Build.value == true:
		p.Build = &buildScript{"build.rs"}
	case p.Build == nil:
		p.Build = &buildScript{false}
	default:
		if script, ok := p.Build.value.(string); ok {
			p.Build = &buildScript{cleanPath(script)}
		}
	}
}

// cleanPath resolves "." and ".." as text. Unlike [path.Clean] it makes of "." an
// empty text.
func cleanPath(p string) string {
	if p = path.Clean(p); p != "." {
		return p
	}
	return ""
}

func (c *packageCompletion) setReadme(p *tomlPackage) error {
	if p.Readme != nil && p.Readme.inherits {
		return c.inheritReadme(p)
	}
	readme := (*boolOrString)(nil)
	if p.Readme != nil {
		readme = &p.Readme.value
	}
	p.Readme = stated(c.readme(c.dir, readme))
	return nil
}

// readme returns what package.readme of the folder dir means: a path or false.
func (c *packageCompletion) readme(dir string, given *boolOrString) boolOrString {
	switch {
	case given == nil:
		for _, name := range []string{"README.md", "README.txt", "README"} {
			if c.reader.isFile(dir, name) {
				return boolOrString{name}
			}
		}
		return boolOrString{false}
	case given.value == true:
		return boolOrString{"README.md"}
	}
	return *given
}

// inheritReadme finds the workspace's readme even if no key names it.
func (c *packageCompletion) inheritReadme(p *tomlPackage) error {
	w, err := c.inherit()
	if err != nil {
		return err
	}
	var given *boolOrString
	if w.table.Package != nil {
		given = w.table.Package.Readme
	}
	name, ok := c.readme(w.dir, given).value.(string)
	if !ok {
		return errors.New("\"readme\" is inherited, but the workspace has none")
	}
	if name, err = c.reader.site.Rebase(name, w.dir, c.dir); err != nil {
		return err
	}
	p.Readme = stated(boolOrString{name})
	return nil
}

func (c *packageCompletion) lints() error {
	l := c.source.Lints
	if l == nil || !l.inherits {
		return nil
	}
	if len(l.tools) > 0 {
		return errors.New("[lints] are inherited and given as well")
	}
	w, err := c.inherit()
	if err != nil {
		return err
	}
	if w.table.Lints == nil {
		return errors.New("[lints] are inherited, but there is no workspace.lints")
	}
	c.m.toml.Lints = &tomlLints{tools: w.table.Lints}
	return nil
}
