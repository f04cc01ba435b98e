package check

import (
	"fmt"
	"slices"

	"cargohome/crate"
	"cargohome/internal/declared"
	"cargohome/internal/resolve"
)

// patch is an entry of a [patch] table, in the root manifest or in the configuration.
type patch struct {
	of      string         // the canonical URL of the source that is patched
	name    string         // of the package
	from    crate.SourceID // it comes from; zero for a folder
	version string         // of the package in that, "" where it is not known
}

// patches reads those there are.
func (c *checker) patches(p *project) (all []patch, err error) {
	root, err := p.ws.RootManifest()
	if err != nil {
		return nil, err
	}
	sources := &declared.Sources{Registry: c.Config.Registry}
	for _, d := range root.Patches {
		of, err := c.patched(d.Patches)
		if err != nil {
			return nil, fmt.Errorf("[patch.%q]: %w", d.Patches, err)
		}
		one := patch{of: of, name: d.Package, from: sources.SourceOf(d)}
		if one.from.CanonicalURL() == of { // cargo 1.95: resolve_with_previous
			c.find(Finding{Code: ManifestBroken, Path: root.File, Reason: fmt.Sprintf("[patch.%q] of %s is to the same source", d.Patches, d.Name), Remedy: Remedy{Kind: Mend}})
		}
		for _, own := range p.own {
			if d.Dir != "" && own.Dir == d.Dir {
				one.version = own.Version
			}
		}
		all = append(all, one)
	}
	all = append(all, p.configured...)
	for i, one := range all {
		if one.version != "" && slices.Contains(all[:i], one) { // cargo 1.95: PackageRegistry::patch
			c.find(Finding{Code: ManifestBroken, Path: root.File, Reason: fmt.Sprintf("[patch] has %s %s twice", one.name, one.version), Remedy: Remedy{Kind: Mend}})
		}
	}
	return all, nil
}

// patched returns the canonical URL of a source that a [patch] table is for.
func (c *checker) patched(of string) (string, error) {
	if of == "crates-io" {
		of = crate.CratesIOGit
	}
	if src, err := crate.NewRegistrySource(of); err == nil {
		return src.CanonicalURL(), nil
	}
	src, err := c.Config.Registry(of)
	return src.CanonicalURL(), err
}

// isPatched reports whether a [patch] puts a package in place of a dependency.
func (s *stepper) isPatched(d *resolve.Dependency, id crate.ID) bool {
	return slices.ContainsFunc(s.patches, func(p patch) bool { return p.of == d.Source.CanonicalURL() && p.is(id) })
}

// is reports whether a package comes from where the patch says.
func (p *patch) is(id crate.ID) bool {
	return p.name == id.Name && (p.version == "" || p.version == id.Version) && (p.from.Key() == id.Source.Key() || p.from.IsCratesIO() && id.Source.IsCratesIO())
}

// isLocked reports whether the version of a patch is the one that is locked from the source
// that it patches: Cargo then takes the patch (cargo 1.95: PackageRegistry::query).
func (s *stepper) isLocked(of string, id crate.ID) bool {
	for i := range s.p.lock.Packages {
		locked := &s.p.lock.Packages[i].ID
		if locked.Name == id.Name && locked.Version == id.Version && locked.Source.CanonicalURL() == of && s.reached[i] {
			return true
		}
	}
	return false
}

// checkPatches: each patch is used, or the lockfile says that it is not; and no other is
// said to be unused.
func (s *stepper) checkPatches() {
	used := func(p patch) bool {
		for i := range s.p.lock.Packages {
			if s.reached[i] && p.is(s.p.lock.Packages[i].ID) {
				return true
			}
		}
		return slices.ContainsFunc(s.p.lock.Unused, func(id crate.ID) bool { return p.is(id) && !s.isLocked(p.of, id) })
	}
	for _, p := range s.patches {
		if !used(p) {
			s.stale(s.p, crate.ID{}, fmt.Sprintf("the lockfile does not know of the patch of %s", p.name))
		}
	}
	for _, id := range s.p.lock.Unused {
		if id.Source != (crate.SourceID{}) && !slices.ContainsFunc(s.patches, func(p patch) bool { return p.is(id) }) {
			s.stale(s.p, id, "the lockfile has it as an unused patch, and there is none")
		}
	}
}
