package check

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"cargohome/crate"
	"cargohome/internal/declared"
	"cargohome/internal/fsx"
	"cargohome/internal/locate"
	"cargohome/internal/manifest"
	"cargohome/internal/resolve"
	"cargohome/internal/workspace"
)

// What `paths` of the configuration puts in place of packages. Cargo resolves the lockfile
// without it, and then once more with it, in all commands but `cargo fetch` (cargo 1.95:
// resolve_ws_with_opts, add_overrides).

// checkOverrides finds the packages that `paths` names.
func (c *checker) checkOverrides() {
	c.overrides = map[string]*manifest.Manifest{}
	found := Finding{Code: ConfigBroken, Breaks: []string{metadata, build}, Remedy: Remedy{Kind: Configure}}
	dirs, err := c.Config.Overrides()
	if err != nil {
		found.Reason = err.Error()
		c.find(found)
	}
	for _, dir := range dirs {
		if err := c.readOverrides(dir); err != nil {
			found.Path, found.Reason = dir, "`paths` names it, and it has no package that can be used: "+fsx.WithoutPath(err).Error()
			c.find(found)
		}
	}
}

// readOverrides reads the packages in a folder and below it. One that inherits is read with the
// workspace around.
func (c *checker) readOverrides(dir string) error {
	tree := c.Manifests.Tree(&locate.Folder{Dir: dir})
	all, err := tree.Packages()
	if err != nil {
		return err
	}
	for _, f := range all {
		if m, err := c.load(tree, f.Dir); err == nil {
			c.addOverride(m)
		}
	}
	if len(all) > 0 {
		return nil
	}
	path := filepath.Join(dir, manifest.FileName)
	if ws, err := workspace.FindWhole(path, c.Home.Dir(), c.Config.HasRegistry, c.Manifests.Nightly); err == nil && ws.Current != nil {
		c.addOverride(ws.Current)
		return nil
	}
	m, err := c.load(tree, ".")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = errors.New("there is no " + manifest.FileName + " in it, nor below")
	case err == nil && m.Virtual:
		err = errors.New("it is a workspace with none")
	}
	return err
}

func (c *checker) addOverride(m *manifest.Manifest) {
	if c.overrides[m.Name] == nil {
		c.overrides[m.Name] = m
	}
}

// override puts them in place of packages from elsewhere, whatever their versions (cargo 1.95:
// PackageRegistry::query_overrides), and tells of what cannot be resolved then.
func (c *checker) override(n *needs) {
	if n.g == nil || len(c.overrides) == 0 {
		return
	}
	p, sources := n.p, &declared.Sources{Registry: c.Config.Registry}
	packages := slices.Clone(n.packages)
	n.overridden = map[int]bool{}
	for i := range p.lock.Packages {
		id := p.lock.Packages[i].ID
		if m := c.overrides[id.Name]; m != nil && id.Source != (crate.SourceID{}) {
			packages[i], n.overridden[i] = sources.FromManifest(m, crate.SourceID{}), true
			p.links[i], p.rust[i] = m.Links, m.RustVersion
		}
	}
	if len(n.overridden) == 0 {
		return
	}
	g, err := resolve.New(p.lock, packages)
	var all *resolve.Survey
	if err == nil {
		all, err = g.Survey(n.ws, &resolve.Request{All: true, AllFeatures: true})
	}
	if err == nil {
		n.g, n.all = g, all
	}
	if g != nil {
		c.checkOverridden(n, g)
	}
}

// checkOverridden tells why commands fail: those that have dev-dependencies, as all do for which
// everything counts.
func (c *checker) checkOverridden(n *needs, g *resolve.Graph) {
	found := Finding{Code: ConfigBroken, Path: n.p.path, Remedy: Remedy{Kind: Configure}}
	for i := range n.selections {
		s := &n.selections[i]
		if !s.kinds.Has(resolve.Dev) && c.Selection == nil {
			continue
		}
		survey, err := g.Survey(n.ws, &s.request)
		if err == nil {
			err = c.resolves(n, survey.Links())
		}
		if err != nil {
			found.Reason = "it cannot be resolved with what `paths` names: " + err.Error()
			found.Breaks = append(found.Breaks, s.command)
		}
	}
	if found.Reason != "" {
		c.find(found)
	}
}

// resolves reports what a resolution lacks, nil if nothing: a package, or a native library that
// is linked once.
func (c *checker) resolves(n *needs, links []resolve.Link) error {
	by := map[string]int{}
	for _, l := range links {
		if l.To < 0 {
			if d := l.Dependency; d.Dir == "" && !c.isOffered(d) {
				return fmt.Errorf("%s needs %s %s, which there is not", n.p.lock.Packages[l.From].ID, d.Package, d.Requirement)
			}
			continue
		}
		name := n.p.links[l.To]
		if other, taken := by[name]; taken && other != l.To && name != "" {
			return fmt.Errorf("%s and %s both link %q", n.p.lock.Packages[other].ID, n.p.lock.Packages[l.To].ID, name)
		}
		by[name] = l.To
	}
	return nil
}

// isOffered reports whether a source may have a package that is not locked. What is in git may
// be there.
func (c *checker) isOffered(d *resolve.Dependency) bool {
	from, err := c.of(d.Source)
	fits := func(version string) bool { return meets(version, d.Requirement) }
	switch {
	case err != nil || d.AnySource:
		return true
	case from.Kind() == crate.Directory:
		c.prepare(from)
		return slices.ContainsFunc(c.directories[from].versions[d.Package], fits)
	case !from.IsRegistry():
		return true
	}
	c.prepare(from)
	versions, err := c.registries[from].index.Versions(d.Package)
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist) || from.Kind() == crate.Registry // which has a repository besides
	}
	return slices.ContainsFunc(versions, fits)
}
