package check

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"cargohome/crate"
	"cargohome/internal/declared"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/manifest"
	"cargohome/internal/resolve"
	"cargohome/internal/workspace"
)

// What `paths` of the configuration puts in place of packages. Cargo resolves the lockfile
// without it, and then once more with it, in all commands but `cargo fetch` (cargo 1.95:
// resolve_ws_with_opts, add_overrides).

// override is a package in a folder, absolute.
type override struct {
	*manifest.Manifest
	dir string
}

// checkOverrides finds the packages that `paths` names.
func (c *checker) checkOverrides() {
	c.overrides = map[string]override{}
	found := Finding{Code: ConfigBroken, Breaks: []string{metadata, build}, Remedy: Remedy{Kind: Configure}}
	dirs, err := c.Config.Overrides()
	if err != nil {
		found.Reason = err.Error()
		c.find(found)
	}
	for _, dir := range dirs {
		if err := c.readOverrides(dir); err != nil {
			found.Path, found.Reason = dir, "`paths` names it, and cargo cannot use it: "+fsx.WithoutPath(err).Error()
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
		m, err := c.load(tree, f.Dir)
		if err != nil {
			continue
		}
		if err := c.addOverride(dir, override{m, filepath.Join(dir, filepath.FromSlash(f.Dir))}); err != nil {
			return err
		}
	}
	if len(all) > 0 {
		return nil
	}
	path := filepath.Join(dir, manifest.FileName)
	if ws, err := workspace.FindWhole(path, c.Home.Dir(), c.Config.HasRegistry, c.Manifests.Nightly); err == nil && ws.Current != nil {
		return c.addOverride(dir, override{ws.Current, ws.Current.Dir})
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

// addOverride adds one of those in a folder. Cargo reads what it needs in other folders, whatever
// for, which the manifest names from there, or from its own if they are elsewhere.
func (c *checker) addOverride(root string, o override) error {
	if _, known := c.overrides[o.Name]; !known {
		c.overrides[o.Name] = o
	}
	for _, d := range o.Dependencies {
		path, base := filepath.FromSlash(d.Dir), root
		switch {
		case d.Dir == "":
			continue
		case !filepath.IsLocal(path):
			base = o.dir
		}
		if !filepath.IsAbs(path) {
			path = filepath.Join(base, path)
		}
		if _, err := os.Stat(filepath.Join(path, manifest.FileName)); err != nil {
			return fmt.Errorf("%s needs %s in %s: %w", o.Name, d.Package, path, fsx.WithoutPath(err))
		}
	}
	return nil
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
		o, is := c.overrides[id.Name]
		if !is || id.Source == (crate.SourceID{}) {
			continue
		}
		packages[i], n.overridden[i] = sources.FromManifest(o.Manifest, crate.SourceID{}), true
		p.links[i], p.rust[i] = o.Links, o.RustVersion
		for _, file := range o.Files {
			c.compiles(o.Name, filepath.Join(o.dir, filepath.FromSlash(file)))
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
	by, taken := map[string]int{}, map[series]bool{}
	for _, l := range links {
		if l.To < 0 {
			continue
		}
		id, name := n.p.lock.Packages[l.To].ID, n.p.links[l.To]
		taken[series{id.Name, crate.Series(id.Version), id.Source.Key()}] = true
		if other, linked := by[name]; linked && other != l.To && name != "" {
			return fmt.Errorf("%s and %s both link %q", n.p.lock.Packages[other].ID, id, name)
		}
		by[name] = l.To
	}
	for _, l := range links {
		if d := l.Dependency; l.To < 0 && d.Dir == "" && !c.isOffered(d, taken) {
			return fmt.Errorf("%s needs %s %s, which is not to be had", n.p.lock.Packages[l.From].ID, d.Package, d.Requirement)
		}
	}
	return nil
}

// isOffered reports whether a source may have a package that is not locked, beside those whose
// series are taken. What is in git may be in a repository that is there.
func (c *checker) isOffered(d *resolve.Dependency, taken map[series]bool) bool {
	from, err := c.of(d.Source)
	fits := func(version string) bool {
		return meets(version, d.Requirement) && !taken[series{d.Package, crate.Series(version), d.Source.Key()}]
	}
	switch {
	case err != nil || d.AnySource:
		return true
	case from.Kind() == crate.Directory:
		c.prepare(from)
		return slices.ContainsFunc(c.directories[from].versions[d.Package], fits)
	case !from.IsRegistry():
		_, err := os.Stat(filepath.Join(c.Home.Dir(), filepath.FromSlash(home.DBPath), c.name(from)))
		return !errors.Is(err, fs.ErrNotExist)
	}
	c.prepare(from)
	r := c.registries[from]
	versions, err := r.index.Versions(d.Package)
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist) || from.Kind() == crate.Registry // which has a repository besides
	}
	return slices.ContainsFunc(versions, func(version string) bool {
		_, err := os.Stat(filepath.Join(r.cache, d.Package+"-"+version+".crate"))
		return fits(version) && err == nil
	})
}
