package declared

import (
	"context"
	"errors"
	"fmt"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/index"
	"cargohome/internal/locate"
	"cargohome/internal/lockfile"
	"cargohome/internal/manifest"
	"cargohome/internal/par"
	"cargohome/internal/resolve"
)

// Sources is where the packages of a lockfile are.
type Sources struct {
	Found []locate.Package     // those from elsewhere, in any order
	Own   []*manifest.Manifest // those in folders of the user's; see workspace.PathPackages

	// ProcMacro says of packages with an index line and archives whether their libraries
	// are procedural macros, if that is known without looking. It may be nil.
	ProcMacro func(*locate.Package) (is, known bool)

	// Unpacked returns the Cargo.toml of a package with archives from where Cargo has unpacked
	// it, false if it has not; buf is for reading. It is for those who only tell what would be:
	// see [gatherer.manifest]. If it is nil, archives are read.
	Unpacked func(p *locate.Package, buf []byte) (text []byte, ok bool)

	// Registry returns the registry of a name in cargo's configuration. If it does not
	// know one, or is nil, packages are told by their names alone.
	Registry func(name string) (crate.SourceID, error)
}

// Packages returns what the packages of the lockfile say, in its order; jobs is how many
// archives are read at a time. An error names the package: what is nowhere among the
// sources matches [resolve.ErrLock]; of files that cannot be read it is that of reading.
func Packages(ctx context.Context, jobs int, lock *lockfile.Lockfile, s *Sources) ([]resolve.Package, error) {
	packages, errs := Each(ctx, jobs, lock, s)
	return packages, errors.Join(errs...)
}

// Each is [Packages] for those who can do without some: of a package that says nothing the
// error is not nil, and the [resolve.Package] is empty.
func Each(ctx context.Context, jobs int, lock *lockfile.Lockfile, s *Sources) (packages []resolve.Package, errs []error) {
	g := gatherer{Sources: s, found: map[crate.ID]*locate.Package{}, own: map[nameVersion]*manifest.Manifest{}}
	for i := range s.Found {
		g.found[s.Found[i].ID] = &s.Found[i]
	}
	for _, m := range s.Own {
		g.own[nameVersion{m.Name, m.Version}] = m
	}
	packages, errs = make([]resolve.Package, len(lock.Packages)), make([]error, len(lock.Packages))
	var archives []int // in the order of the lockfile
	for i, locked := range lock.Packages {
		if p := g.found[locked.ID]; p != nil && len(p.Archives) > 0 {
			archives = append(archives, i)
			continue
		}
		packages[i], errs[i] = g.fromFolder(locked.ID)
	}
	read := par.Do(ctx, jobs, len(archives), newReader, func(r *reader, n int) (err error) {
		i := archives[n]
		packages[i], err = g.fromArchive(ctx, r, g.found[lock.Packages[i].ID])
		return err
	})
	for n, i := range archives {
		errs[i] = read[n]
	}
	for i, err := range errs {
		if err != nil {
			packages[i], errs[i] = resolve.Package{}, fmt.Errorf("%s: %w", lock.Packages[i].ID, err)
		}
	}
	return packages, errs
}

type nameVersion struct{ name, version string }

// reader is what one goroutine reads manifests with.
type reader struct {
	unpacker archive.Unpacker
	buf      []byte
}

func newReader() *reader { return &reader{buf: make([]byte, 32<<10)} }

type gatherer struct {
	*Sources
	found map[crate.ID]*locate.Package
	own   map[nameVersion]*manifest.Manifest
}

// fromFolder reads a package that comes as files, or of which there is no more than the
// index says. Manifests of one tree are not for several goroutines.
func (g *gatherer) fromFolder(id crate.ID) (resolve.Package, error) {
	if m := g.own[nameVersion{id.Name, id.Version}]; m != nil && id.Source.Kind() == crate.Path {
		return g.FromManifest(m, id.Source), nil
	}
	var tree *manifest.Tree
	p := g.found[id]
	switch {
	case p == nil || id.Source.Kind() == crate.Path:
		return resolve.Package{}, fmt.Errorf("%w: it is in no folder of the workspace", resolve.ErrLock)
	case p.Commit != nil:
		tree = p.Commit.Manifests
	case p.Vendored != nil:
		tree = p.Vendored.Manifests
	case p.Entry != nil:
		return FromEntry(p.Entry, p.ID.Source, false)
	default:
		return resolve.Package{}, fmt.Errorf("it is not there")
	}
	m, err := tree.Load(p.Found.Dir)
	if err != nil {
		return resolve.Package{}, err
	}
	return g.FromManifest(m, id.Source), nil
}

// fromArchive reads a package of a registry.
func (g *gatherer) fromArchive(ctx context.Context, r *reader, p *locate.Package) (resolve.Package, error) {
	if is, known := g.IsProcMacro(p); known {
		return FromEntry(p.Entry, p.ID.Source, is)
	}
	text, err := g.manifest(ctx, r, p)
	if err != nil {
		return resolve.Package{}, err
	}
	if p.Entry != nil && !manifest.MayBeProcMacro(text) {
		return FromEntry(p.Entry, p.ID.Source, false)
	}
	m, err := manifest.Parse(text)
	switch {
	case err != nil:
		return resolve.Package{}, err
	case p.Entry == nil:
		return g.FromManifest(m, p.ID.Source), nil
	}
	return FromEntry(p.Entry, p.ID.Source, m.ProcMacro)
}

// IsProcMacro says of a package with archives what is known without looking into them.
func (s *Sources) IsProcMacro(p *locate.Package) (is, known bool) {
	if p.Entry == nil || s.ProcMacro == nil {
		return false, false
	}
	return s.ProcMacro(p)
}

// manifest returns the Cargo.toml of a package, from the first copy of the archive that can
// be read. What is unpacked in registry/src is not read in its place where something is to be
// made of it: anybody could have written to it, while an archive with other bytes is found out
// as soon as it is unpacked.
func (g *gatherer) manifest(ctx context.Context, r *reader, p *locate.Package) (text string, err error) {
	if g.Unpacked != nil {
		if text, ok := g.Unpacked(p, r.buf); ok {
			return string(text), nil
		}
	}
	for _, a := range p.Archives {
		if text, err = r.unpacker.Manifest(ctx, p.Archive(p.ID, a)); err == nil {
			break
		}
	}
	return text, err
}

// FromEntry is what the index says of a package that is from source; whether it is a
// procedural macro it does not say.
func FromEntry(e *index.Entry, source crate.SourceID, procMacro bool) (p resolve.Package, err error) {
	p.ProcMacro = procMacro
	if p.Features, err = e.Features(); err != nil {
		return p, err
	}
	deps, err := e.Dependencies()
	if err != nil {
		return p, err
	}
	p.Dependencies = make([]resolve.Dependency, len(deps))
	for i, d := range deps {
		p.Dependencies[i] = resolve.Dependency{
			Name: d.Name, Package: d.Package, Requirement: d.Requirement, Source: source, Kind: kinds[d.Kind], Platform: d.Platform,
			Optional: d.Optional, DefaultFeatures: d.DefaultFeatures, Features: d.Features, Artifact: d.Artifact,
		}
		if d.Registry != "" {
			if p.Dependencies[i].Source, err = crate.NewRegistrySource(d.Registry); err != nil {
				return p, err
			}
		}
	}
	return p, nil
}

var kinds = map[string]resolve.Kind{"normal": resolve.Normal, "build": resolve.Build, "dev": resolve.Dev}

// FromManifest is what a manifest says of a package that is from source.
func (s *Sources) FromManifest(m *manifest.Manifest, source crate.SourceID) resolve.Package {
	p := resolve.Package{Features: m.Features, ProcMacro: m.ProcMacro, Binaries: m.Binaries, DevTargets: m.DevTargets}
	if source.Kind() == crate.Path {
		p.Dir = m.Dir
	}
	p.Dependencies = make([]resolve.Dependency, len(m.Dependencies))
	for i, d := range m.Dependencies {
		p.Dependencies[i] = resolve.Dependency{
			Name: d.Name, Package: d.Package, Requirement: d.Requirement, Kind: manifestKinds[d.Kind], Platform: d.Target,
			Optional: d.Optional, DefaultFeatures: d.DefaultFeatures, Features: d.Features, Artifact: d.Artifact,
		}
		s.place(&p.Dependencies[i], d, source)
	}
	return p
}

var manifestKinds = map[manifest.Kind]resolve.Kind{manifest.Normal: resolve.Normal, manifest.Build: resolve.Build, manifest.Dev: resolve.Dev}

// SourceOf is where a dependency comes from, of a package of the user's own; zero for a
// folder, or if it is not known.
func (s *Sources) SourceOf(d manifest.Dependency) crate.SourceID {
	var to resolve.Dependency
	s.place(&to, d, crate.SourceID{})
	return to.Source
}

// place says where a dependency comes from. A path in a repository leads to another
// package of it.
func (s *Sources) place(to *resolve.Dependency, d manifest.Dependency, source crate.SourceID) {
	var err error
	switch {
	case d.Dir != "" && source.Kind() == crate.Path:
		to.Dir = d.Dir
	case d.Dir != "":
		to.Source = source
	case d.Git != "":
		to.Source, err = crate.NewGitSource(d.Git, reference(d))
	case d.RegistryIndex != "":
		to.Source, err = crate.NewRegistrySource(d.RegistryIndex)
	case d.Registry != "" && d.Registry != "crates-io":
		to.AnySource = s.Registry == nil
		if s.Registry != nil {
			to.Source, err = s.Registry(d.Registry)
		}
	default:
		to.Source, err = crate.NewRegistrySource(crate.CratesIOGit)
	}
	to.AnySource = to.AnySource || err != nil
}

func reference(d manifest.Dependency) crate.GitRef {
	switch {
	case d.Branch != "":
		return crate.GitRef{Kind: crate.Branch, Name: d.Branch}
	case d.Tag != "":
		return crate.GitRef{Kind: crate.Tag, Name: d.Tag}
	case d.Rev != "":
		return crate.GitRef{Kind: crate.Rev, Name: d.Rev}
	}
	return crate.GitRef{Kind: crate.DefaultBranch}
}
