package manifest

import (
	"errors"
	"fmt"
	"iter"
	"path"
	"slices"
	"strings"
	"unicode"

	"cargohome/crate"
	"cargohome/internal/feature"
	"cargohome/internal/platform"
)

// The checks of this file are those that a completed manifest must pass, or Cargo
// takes it for broken (cargo 1.95: util/toml, to_real_manifest).

func checkManifest(m *tomlManifest) error {
	p := m.Package
	if err := m.checkProfiles(); err != nil {
		return err
	}
	if p == nil {
		return checkResolver(nil, m.Workspace)
	}
	if m.Lib == nil && len(m.Bin)+len(m.Example)+len(m.Test)+len(m.Bench) == 0 {
		return errors.New("it has no targets")
	}
	if err := m.checkPackage(); err != nil {
		return err
	}
	if err := checkCrateTypes(m.Lib); err != nil {
		return err
	}
	if err := checkTables(m); err != nil {
		return err
	}
	if err := checkDefaultRun(p.DefaultRun, m.Bin); err != nil {
		return err
	}
	if m.Lints == nil {
		return checkResolver(p.Resolver, m.Workspace)
	}
	return errors.Join(checkLints(m.Lints.tools), checkResolver(p.Resolver, m.Workspace))
}

func (m *tomlManifest) checkPackage() error {
	p := m.Package
	switch {
	case p.Links != nil && p.Build.value == false:
		return fmt.Errorf("it links %q, but has no build script", *p.Links)
	case p.Version == nil && p.Publish != nil && !p.private():
		return errors.New("package.publish needs a package.version")
	}
	return errors.Join(
		m.requireFor("per-package-target", p.DefaultTarget != nil || p.ForcedTarget != nil),
		m.requireFor("test-dummy-unstable", p.Teapot != nil),
		m.checkBuild(),
	)
}

// checkBuild checks what says how the package is built before it is compiled.
func (m *tomlManifest) checkBuild() error {
	p := m.Package
	scripts, several := p.Build.value.([]any)
	if err := errors.Join(m.requireFor("multiple-build-scripts", several), m.requireFor("metabuild", p.Metabuild != nil)); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, s := range scripts {
		stem := strings.TrimSuffix(path.Base(s.(string)), path.Ext(s.(string)))
		if seen[stem] {
			return fmt.Errorf("two build scripts are called %q", stem)
		}
		seen[stem] = true
	}
	if p.Metabuild == nil {
		return nil
	}
	if p.Build.value != false {
		return errors.New("it has both metabuild and a build script")
	}
	for _, name := range *p.Metabuild {
		if m.BuildDependencies[packageName(name)] == nil {
			return fmt.Errorf("metabuild package %q is not among the build-dependencies", name)
		}
	}
	return nil
}

// private reports whether the package is published nowhere.
func (p *tomlPackage) private() bool {
	if p.Publish == nil {
		return p.Version == nil
	}
	list, isList := p.Publish.value.value.([]any)
	return isList && len(list) == 0 || p.Publish.value.value == false
}

// public reports whether the package may be published anywhere.
func (p *tomlPackage) public() bool {
	if p.Publish == nil {
		return p.Version != nil
	}
	return p.Publish.value.value == true
}

func checkCrateTypes(lib *tomlTarget) error {
	if lib == nil {
		return nil
	}
	types := lib.crateTypes()
	if slices.Contains(types, "dylib") && slices.Contains(types, "cdylib") {
		return errors.New("the library is both a dylib and a cdylib")
	}
	if slices.Contains(types, "proc-macro") && len(types) > 1 {
		return errors.New("a proc-macro library can be of no other type")
	}
	return nil
}

func (t *tomlTarget) crateTypes() []string {
	if t.CrateType != nil {
		return t.CrateType
	}
	return t.CrateType2
}

func checkDefaultRun(name *string, bins []*tomlTarget) error {
	if name != nil && !slices.ContainsFunc(bins, func(t *tomlTarget) bool { return *t.Name == *name }) {
		return fmt.Errorf("default-run %q is no binary", *name)
	}
	return nil
}

// checkResolver: resolver is that of the package.
func checkResolver(resolver *string, w *tomlWorkspace) error {
	if w != nil && w.Resolver != nil {
		if resolver != nil {
			return errors.New("both [package] and [workspace] have a resolver")
		}
		resolver = w.Resolver
	}
	if resolver != nil && !slices.Contains([]string{"1", "2", "3"}, *resolver) {
		return fmt.Errorf("resolver %q is not known", *resolver)
	}
	return nil
}

// checkTables checks all dependency tables together.
func checkTables(m *tomlManifest) error {
	for name := range m.Target {
		if _, err := platform.Parse(name); err != nil {
			return fmt.Errorf("target %q: %w", platform.Shown(name), err)
		}
	}
	origins := map[packageName]string{}
	for table, kind := range m.dependencyTables() {
		for name, d := range table {
			if kind == Dev && isTrue(d.Optional) {
				return fmt.Errorf("dev-dependency %q is optional", name)
			}
			if other, ok := origins[name]; ok && other != d.origin() {
				return fmt.Errorf("dependency %q comes from two sources", name)
			}
			origins[name] = d.origin()
		}
	}
	return checkFeatureTable(m)
}

func checkFeatureTable(m *tomlManifest) error {
	written := make(map[string][]string, len(m.Features))
	for name, values := range m.Features {
		written[string(name)] = values
	}
	_, err := feature.NewTable(written, func(yield func(string, bool) bool) {
		for table := range m.dependencyTables() {
			for name, d := range table {
				if !yield(string(name), isTrue(d.Optional)) {
					return
				}
			}
		}
	})
	return err
}

// origin returns the kind of source of a dependency. Two sources of one kind
// cannot be told apart without the user's configuration.
func (d *tomlDetail) origin() string {
	switch {
	case d.Path != nil:
		return "path"
	case d.Git != nil:
		return "git"
	}
	return "registry"
}

// dependencyTables yields the dependency tables of a completed manifest in the
// order in which Cargo follows paths in them: normal, build, dev, then each
// platform's.
func (m *tomlManifest) dependencyTables() iter.Seq2[tomlDependencies, Kind] {
	return func(yield func(tomlDependencies, Kind) bool) {
		top := &tomlPlatform{Dependencies: m.Dependencies, BuildDependencies: m.BuildDependencies, DevDependencies: m.DevDependencies}
		if !top.tables(yield) {
			return
		}
		for _, name := range sortedKeys(m.Target) {
			if !m.Target[name].tables(yield) {
				return
			}
		}
	}
}

func (p *tomlPlatform) tables(yield func(tomlDependencies, Kind) bool) bool {
	return yield(p.Dependencies, Normal) && yield(p.BuildDependencies, Build) && yield(p.DevDependencies, Dev)
}

// checkOrigin tells of what leaves open where a package comes from.
func checkOrigin(d *tomlDetail, newer bool) error {
	switch {
	case d.Base != nil:
		// A nightly cargo writes the checkout's own path into the vendored
		// manifest, which is of no use elsewhere.
		return &NightlyError{Feature: "path-bases"}
	case d.Version == nil && d.Path == nil && d.Git == nil:
		return errors.New("it has neither a path, a git URL nor a version")
	case d.Git == nil && (d.Branch != nil || d.Tag != nil || d.Rev != nil):
		return errors.New("it has a git reference, but no git URL")
	case d.Git != nil && d.Path != nil, d.Registry != nil && d.RegistryIndex != nil:
		return errors.New("it has two sources")
	case present(d.Branch)+present(d.Tag)+present(d.Rev) > 1:
		return errors.New("it has two git references")
	case !newer && d.Git != nil && (d.Registry != nil || d.RegistryIndex != nil):
		return &NightlyError{"a dependency with both git and registry", 96}
	}
	return nil
}

// checkDependency checks what else a dependency says.
func checkDependency(d *tomlDetail, newer bool) error {
	if d.Artifact != nil || d.Lib != nil || d.Target != nil {
		return errArtifact
	}
	if err := checkOrigin(d, newer); err != nil {
		return err
	}
	if d.Git != nil && !hasScheme(*d.Git) {
		return fmt.Errorf("git URL %q has no scheme", crate.Redact(*d.Git))
	}
	if d.RegistryIndex != nil && !hasScheme(*d.RegistryIndex) {
		return fmt.Errorf("registry-index %q has no scheme", crate.Redact(*d.RegistryIndex))
	}
	if d.Version != nil {
		if _, err := crate.ParseRequirement(*d.Version); err != nil {
			return err
		}
	}
	for _, f := range d.Features {
		if strings.Contains(f, "/") || strings.HasPrefix(f, "dep:") {
			return fmt.Errorf("feature %q is not one of the dependency itself", f)
		}
	}
	return nil
}

// hasScheme reports whether a URL begins like one, which git's own short form
// does not.
func hasScheme(url string) bool {
	scheme, _, found := strings.Cut(url, ":")
	return found && scheme != "" && !strings.ContainsFunc(scheme, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("+-.", r)
	})
}

func present(s *string) int { return btoi(s != nil) }

func checkLints(tools toolLints) error {
	for tool, lints := range tools {
		if !slices.Contains([]string{"cargo", "clippy", "rust", "rustdoc"}, tool) {
			continue
		}
		for name, lint := range lints {
			if strings.Contains(name, "::") {
				return fmt.Errorf("lint name %q has a tool in it", name)
			}
			if tool == "rust" && name == "unexpected_cfgs" && !lint.cfgsAreStrings() {
				return errors.New("check-cfg is not an array of strings")
			}
		}
	}
	return nil
}

func (l *tomlLint) cfgsAreStrings() bool {
	for _, e := range l.config.Entries {
		if e.Key == "check-cfg" {
			return isStrings(e.Value)
		}
	}
	return true
}

func (m *tomlManifest) checkProfiles() error {
	for name, p := range m.Profile {
		if err := m.checkProfile(p); err != nil {
			return fmt.Errorf("profile %q: %w", name, err)
		}
	}
	return nil
}

func (m *tomlManifest) checkProfile(p *tomlProfile) error {
	overrides := []*tomlProfile{}
	if p.BuildOverride != nil {
		overrides = append(overrides, p.BuildOverride)
	}
	for _, o := range p.Package {
		overrides = append(overrides, o)
	}
	for _, o := range overrides {
		if o.Package != nil || o.BuildOverride != nil || o.Panic != nil || o.Lto != nil || o.Rpath != nil {
			return errors.New("an override has what only a whole profile may have")
		}
	}
	for _, o := range append(overrides, p) {
		if err := m.checkLayer(o); err != nil {
			return err
		}
	}
	switch {
	case p.DirName != nil:
		return errors.New("dir-name is not allowed")
	case p.Inherits != nil && *p.Inherits == "debug":
		return errors.New("it inherits \"debug\" rather than \"dev\"")
	case p.Panic != nil && !slices.Contains([]string{"unwind", "abort", "immediate-abort"}, *p.Panic):
		return fmt.Errorf("panic %q is not known", *p.Panic)
	case p.Lto != nil && (p.Lto.value == "true" || p.Lto.value == "false"):
		return errors.New("lto is a boolean in quotes")
	}
	return nil
}

// checkLayer checks the keys of a profile or an override that need a feature.
func (m *tomlManifest) checkLayer(p *tomlProfile) error {
	return errors.Join(
		m.requireFor("codegen-backend", p.CodegenBackend != nil),
		m.requireFor("profile-rustflags", p.Rustflags != nil),
		m.requireFor("trim-paths", p.TrimPaths != nil),
		m.requireFor("panic-immediate-abort", p.Panic != nil && *p.Panic == "immediate-abort"),
	)
}
