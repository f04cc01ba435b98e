package check

import (
	"fmt"
	"slices"

	"cargohome/crate"
	"cargohome/internal/declared"
	"cargohome/internal/manifest"
	"cargohome/internal/resolve"
)

// patch is an entry of a [patch] table, in the root manifest or in the configuration, and the
// one package that it leads to (cargo 1.95: PackageRegistry::patch).
type patch struct {
	of          string         // the canonical URL of the source that is patched
	key         string         // of the entry
	name        string         // of the package
	requirement string         // for its version; "" takes all
	from        crate.SourceID // it comes from; zero for a folder
	version     string         // the package has: in the folder, or as it is locked; "" for none
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
		one := patch{of: of, key: d.Name, name: d.Package, requirement: d.Requirement, from: sources.SourceOf(d)}
		if slices.ContainsFunc(p.configured, func(o patch) bool { return o.of == of && o.key == one.key }) {
			continue // cargo 1.95: Workspace::root_patch
		}
		if one.from.CanonicalURL() == of { // cargo 1.95: resolve_with_previous
			c.misput(p, "[patch.%q] of %s is to the same source", d.Patches, d.Name)
		}
		if m := p.folders[d.Dir]; d.Dir != "" && m != nil {
			one.version = m.Version
			if err := holds(m, d.Package, d.Requirement); err != nil {
				c.misput(p, "[patch.%q] of %s: %v", d.Patches, d.Name, err)
			}
		}
		all = append(all, one)
	}
	all = append(all, p.configured...)
	for i := range all {
		one := &all[i]
		if one.from != (crate.SourceID{}) {
			one.version = p.lockedVersion(one)
		}
		if slices.ContainsFunc(all[:i], one.isTwin) { // cargo 1.95: PackageRegistry::patch
			c.misput(p, "[patch] has %s %s twice", one.name, one.version)
		}
	}
	return all, nil
}

// misput tells what is wrong with what the root manifest puts in place of packages.
func (c *checker) misput(p *project, format string, args ...any) {
	c.find(Finding{Code: ManifestBroken, Path: p.ws.Manifest, Reason: fmt.Sprintf(format, args...), Remedy: Remedy{Kind: Mend}})
}

// holds returns why the package in a folder is not the one that is asked for there.
func holds(m *manifest.Manifest, name, requirement string) error {
	switch {
	case m.Name != name:
		return fmt.Errorf("the folder has no package %s, but %s", name, m.Name)
	case !meets(m.Version, requirement):
		return fmt.Errorf("the folder has %s %s, and %s is asked for", name, m.Version, requirement)
	}
	return nil
}

// meets reports whether a version is one that is asked for. What is no requirement is told
// elsewhere.
func meets(version, requirement string) bool {
	r, err := crate.ParseRequirement(requirement)
	return requirement == "" || err != nil || r.Matches(version)
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

// lockedVersion is the version in which a patch from elsewhere is locked, used or not (cargo
// 1.95: register_patch_entries).
func (p *project) lockedVersion(one *patch) string {
	for i := range p.lock.Packages {
		if id := p.lock.Packages[i].ID; one.fits(id) {
			return id.Version
		}
	}
	if at := slices.IndexFunc(p.lock.Unused, one.fits); at >= 0 {
		return p.lock.Unused[at].Version
	}
	return ""
}

// fits reports whether a package is one that the patch may lead to.
func (p *patch) fits(id crate.ID) bool {
	return p.name == id.Name && meets(id.Version, p.requirement) && (p.from.Key() == id.Source.Key() || p.from.IsCratesIO() && id.Source.IsCratesIO())
}

// is reports whether a package is the one that the patch leads to.
func (p *patch) is(id crate.ID) bool { return p.version == id.Version && p.fits(id) }

// isTwin reports whether two patches put the same version in place of one.
func (p *patch) isTwin(o patch) bool {
	return p.version != "" && p.of == o.of && p.name == o.name && p.version == o.version
}

// isPatched reports whether a [patch] puts a package in place of a dependency.
func (s *stepper) isPatched(d *resolve.Dependency, id crate.ID) bool {
	return slices.ContainsFunc(s.patches, func(p patch) bool { return p.of == d.Source.CanonicalURL() && p.is(id) })
}

// isOutdone reports whether a [patch] has the version that is locked from the source itself:
// Cargo then takes the patch (cargo 1.95: PackageRegistry::query).
func (s *stepper) isOutdone(d *resolve.Dependency, id crate.ID) bool {
	return !d.AnySource && slices.ContainsFunc(s.patches, func(p patch) bool {
		return p.name == id.Name && p.version == id.Version && p.of == d.Source.CanonicalURL()
	})
}

// checkPatches: each patch is used, or the lockfile says that it is not; and no other is
// said to be unused (cargo 1.95: Resolve::register_used_patches).
func (s *stepper) checkPatches() {
	for _, p := range s.patches {
		used := false
		for i := range s.p.lock.Packages {
			used = used || s.reached[i] && p.is(s.p.lock.Packages[i].ID)
		}
		switch unused := slices.ContainsFunc(s.p.lock.Unused, p.is); {
		case !used && !unused:
			s.stale(s.p, crate.ID{}, fmt.Sprintf("the lockfile does not know of the patch of %s", p.name))
		case used && unused:
			s.stale(s.p, crate.ID{}, fmt.Sprintf("the lockfile has the patch of %s as unused, and it is used", p.name))
		}
	}
	for _, id := range s.p.lock.Unused {
		if !s.p.isGone(id) && !slices.ContainsFunc(s.patches, func(p patch) bool { return p.is(id) }) {
			s.stale(s.p, id, "the lockfile has it as an unused patch, and there is none")
		}
	}
}

// checkReplaced: what [replace] speaks of is replaced by that, and nothing else is (cargo
// 1.95: RegistryQueryer::query).
func (s *stepper) checkReplaced(all []manifest.Dependency) {
	for i := range s.p.lock.Packages {
		locked := &s.p.lock.Packages[i]
		if !s.reached[i] || locked.ID.Source == (crate.SourceID{}) {
			continue
		}
		by := slices.DeleteFunc(slices.Clone(all), func(d manifest.Dependency) bool { return !isOf(d, locked.ID) })
		switch {
		case len(by) > 1:
			s.misput(s.p, "[replace] has %s twice", locked.ID)
		case len(by) == 1:
			s.checkReplacement(by[0], locked.ID, locked.Replace)
		case locked.Replace != nil:
			s.stale(s.p, locked.ID, "it is locked as replaced, and no [replace] does that")
		}
	}
}

// isOf reports whether a [replace] is of a package.
func isOf(d manifest.Dependency, id crate.ID) bool {
	of := d.Patches
	if of == "crates-io" {
		of = crate.CratesIOGit
	}
	src, err := crate.NewRegistrySource(of)
	return err == nil && src.URL() == id.Source.URL() && (crate.Spec{Name: d.Package, Version: d.Requirement[1:]}).Matches(id)
}

// checkReplacement compares one with what is locked.
func (s *stepper) checkReplacement(d manifest.Dependency, of crate.ID, locked *crate.ID) {
	want := crate.ID{Name: of.Name, Version: of.Version, Source: (&declared.Sources{Registry: s.Config.Registry}).SourceOf(d)}
	if d.Dir != "" {
		m := s.p.folders[d.Dir]
		if m == nil {
			s.misput(s.p, "[replace] of %s: the folder has no package", of)
			return
		}
		if err := holds(m, d.Package, d.Requirement); err != nil {
			s.misput(s.p, "[replace] of %s: %v", of, err)
			return
		}
	}
	if locked == nil && want.Source.Key() != of.Source.Key() || locked != nil && (locked.Name != want.Name || locked.Version != want.Version || locked.Source.Key() != want.Source.Key()) {
		s.stale(s.p, of, "it is not locked as [replace] has it")
	}
}
