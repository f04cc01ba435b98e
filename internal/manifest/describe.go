package manifest

import (
	"cmp"
	"embed"
	"slices"
)

// A Manifest is what a Cargo.toml says, with what it inherits filled in, as far as that
// decides which packages there are and what those need. It is shared, and not to be
// changed.
type Manifest struct {
	Dir  string // the folder, as the site calls it
	File string // the manifest itself

	Virtual       bool                // it has no package, and so nothing of what follows up to Features
	Name, Version string              // "0.0.0" if it has no version (spec 4.2)
	Edition       string              // as written, "2015" if it is not; it may be one that we do not know
	RustVersion   string              // of the oldest rustc that compiles it, "" if it does not say
	Links         string              // the native library it links, "" for none
	ProcMacro     bool                // its library is a procedural macro
	Binaries      bool                // whether a procedural macro may have binaries beside; of others it is not said
	DevTargets    bool                // likewise tests, examples and benchmarks
	Features      map[string][]string // as written: those that optional dependencies imply are not there
	Files         []string            // its library and build scripts are compiled from, below Dir; nil unless it was read whole
	OwnFiles      []string            // likewise what nobody else compiles: binaries, tests, examples, benchmarks
	Dependencies  []Dependency        // in the order of Cargo: normal, dev, build, then each target's normal, build, dev; by name

	// Of a manifest that was read whole: what cargo gives up over with a member, but not in
	// `cargo metadata`; and what it does where it compiles one.
	Refused, Uncompiled error
	Profiles            map[string]string // what each [profile] inherits, "" where it does not say; nil unless it was read whole

	Resolver  string       // of the package or the [workspace], "" if neither says
	Workspace *Root        // nil if it is not a root
	Patches   []Dependency // [patch], by source and name
	Replaced  []Dependency // [replace], by what is replaced, of which Package, Requirement and Patches speak
}

// Kind is what a package needs another one for.
type Kind uint8

// The kinds, in the order of Cargo's sections.
const (
	Normal Kind = iota
	Dev
	Build
)

// A Dependency is an entry of a table of dependencies. An absent text is "".
type Dependency struct {
	Name            string   // the key: what features and code call it
	Package         string   // what the package calls itself
	Kind            Kind     // what for
	Target          string   // the platform it is for, as written: a triple or cfg(…); "" for all
	Requirement     string   // the version
	Optional        bool     // whether only a feature asks for it
	DefaultFeatures bool     // whether it is wanted with its default features
	Features        []string // that are wanted of it, as written
	Dir             string   // the folder it is in, if it is given by its path
	Git             string   // URL of its repository
	Branch, Tag     string   // what of that; one of these at most
	Rev             string   // or this
	Registry        string   // the name of one
	RegistryIndex   string   // URL of the index of one
	Artifact        bool     // more than its library is wanted, or something else
	Patches         string   // of a [patch] or [replace] the source, as written: "crates-io", the name of a registry, or a URL
}

// Load returns the manifest of the folder dir. The error is a [SyntaxError], matches
// [ErrWorkspace], is or wraps a [LimitError] or that of the file system, or says what else
// in the manifest keeps Cargo from using it.
func (r *Reader) Load(dir string) (*Manifest, error) {
	m, err := r.load(dir)
	if err != nil {
		return nil, err
	}
	if m.described == nil {
		m.described = r.describe(m)
	}
	return m.described, nil
}

// Parse returns what the text of a manifest says that inherits nothing, as those in
// archives do not. The errors are those of [Reader.Load].
func Parse(text string) (*Manifest, error) {
	r, s := NewReader(workTree{embed.FS{}}, ""), &source{}
	s.err = r.parseText(s, FileName, text)
	r.sources["."] = s
	return r.Load(".")
}

func (r *Reader) describe(p *packageManifest) *Manifest {
	m := &Manifest{Dir: p.dir, File: r.site.Manifest(p.dir), Virtual: p.toml.Package == nil, Workspace: p.root}
	if p.root != nil {
		m.Resolver = text(p.root.table.Resolver)
	}
	if !m.Virtual {
		r.describePackage(m, p.toml)
		m.OwnFiles = append(m.OwnFiles, p.lacking...)
	}
	if r.whole {
		m.addLate(p.toml)
	}
	for _, source := range sortedKeys(p.toml.Patch) {
		for _, name := range sortedKeys(p.toml.Patch[source]) {
			m.Patches = append(m.Patches, r.dependency(m.Dir, string(name), p.toml.Patch[source][name]))
			m.Patches[len(m.Patches)-1].Patches = string(source)
		}
	}
	for _, name := range sortedKeys(p.toml.Replace) {
		spec := profileSpec(name).parts()
		d := r.dependency(m.Dir, spec.name, p.toml.Replace[name])
		d.Requirement, d.Patches = "="+spec.version, cmp.Or(spec.url, "crates-io")
		m.Replaced = append(m.Replaced, d)
	}
	return m
}

func (r *Reader) describePackage(m *Manifest, t *tomlManifest) {
	p := t.Package
	m.Name, m.Version, m.Edition, m.Links = string(*p.Name), p.version(), "2015", text(p.Links)
	if p.Edition != nil {
		m.Edition = p.Edition.value
	}
	if p.RustVersion != nil {
		m.RustVersion = string(p.RustVersion.value)
	}
	if p.Resolver != nil {
		m.Resolver = *p.Resolver
	}
	if m.ProcMacro = t.Lib.isProcMacro(); m.ProcMacro {
		m.Binaries = r.mayHave(m.Dir, "bin", "src/main.rs", "src/bin")
		m.DevTargets = r.mayHave(m.Dir, "test", "tests") || r.mayHave(m.Dir, "example", "examples") || r.mayHave(m.Dir, "bench", "benches")
	}
	if r.whole {
		m.addFiles(t)
	}
	if len(t.Features) > 0 {
		m.Features = make(map[string][]string, len(t.Features))
	}
	for name, values := range t.Features {
		m.Features[string(name)] = values
	}
	r.addDependencies(m, "", t.Dependencies, Normal)
	r.addDependencies(m, "", t.DevDependencies, Dev)
	r.addDependencies(m, "", t.BuildDependencies, Build)
	for _, name := range sortedKeys(t.Target) {
		t.Target[name].tables(func(table tomlDependencies, kind Kind) bool {
			r.addDependencies(m, name, table, kind)
			return true
		})
	}
}

func (m *Manifest) addFiles(t *tomlManifest) {
	if t.Lib != nil && t.Lib.Path != nil {
		m.Files = append(m.Files, *t.Lib.Path)
	}
	if t.Package.Build != nil {
		switch script := t.Package.Build.value.(type) {
		case string:
			m.Files = append(m.Files, script)
		case []any:
			for _, s := range script {
				m.Files = append(m.Files, s.(string))
			}
		}
	}
	for _, target := range slices.Concat(t.Bin, t.Example, t.Test, t.Bench) {
		if target.Path != nil {
			m.OwnFiles = append(m.OwnFiles, *target.Path)
		}
	}
}

func (t *tomlTarget) isProcMacro() bool {
	if t == nil {
		return false
	}
	return isTrue(first(t.ProcMacro, t.ProcMacro2)) || slices.Contains(t.crateTypes(), "proc-macro")
}

// mayHave reports whether a package may have targets of a kind: it has their table, or
// what they are found in.
func (r *Reader) mayHave(dir, table string, names ...string) bool {
	return slices.Contains(r.sources[dir].keys, table) || slices.ContainsFunc(names, func(name string) bool { return r.exists(dir, name) })
}

func (r *Reader) addDependencies(m *Manifest, target string, table tomlDependencies, kind Kind) {
	for _, name := range sortedKeys(table) {
		d := r.dependency(m.Dir, string(name), table[name].tomlDetail)
		d.Target, d.Kind = target, kind
		m.Dependencies = append(m.Dependencies, d)
	}
}

func (r *Reader) dependency(dir, name string, d *tomlDetail) Dependency {
	defaults := first(d.DefaultFeatures, d.DefaultFeature2)
	out := Dependency{
		Name: name, Package: name, Requirement: text(d.Version), Features: d.Features,
		Optional: isTrue(d.Optional), DefaultFeatures: defaults == nil || *defaults,
		Git: text(d.Git), Branch: text(d.Branch), Tag: text(d.Tag), Rev: text(d.Rev),
		Registry: text((*string)(d.Registry)), RegistryIndex: text(d.RegistryIndex), Artifact: d.Artifact != nil,
	}
	if d.Package != nil {
		out.Package = string(*d.Package)
	}
	if d.Path != nil {
		out.Dir = r.folder(dir, *d.Path)
	}
	return out
}

// folder returns what a path means, and as it is written if it leads out of the site.
func (r *Reader) folder(dir, rel string) string {
	if full, err := r.site.Join(dir, rel); err == nil {
		return full
	}
	return rel
}

// text returns "" for nil.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
