package check

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/config"
	"cargohome/internal/manifest"
	"cargohome/internal/platform"
)

// readConfigured reads the [patch] tables of the configuration, with the packages that they have
// in folders.
func (c *checker) readConfigured(p *project) {
	for _, d := range c.Config.Patches() {
		one, own, err := c.readPatch(p, d)
		if err != nil {
			c.find(Finding{Code: ConfigBroken, Path: d.Dir, Reason: fmt.Sprintf("[patch.%q] of %s: %v", d.Of, d.Package, err), Remedy: Remedy{Kind: Configure}})
			continue
		}
		if own != nil {
			p.add(own)
		}
		p.configured = append(p.configured, one)
	}
}

// add notes a package in a folder, and those that it needs in others.
func (p *project) add(m *manifest.Manifest) {
	if p.folders[m.Dir] != nil {
		return
	}
	p.folders[m.Dir] = m
	p.own = append(p.own, m)
	for _, d := range m.Dependencies {
		if d.Dir == "" {
			continue
		}
		if other, err := p.ws.Load(d.Dir); err == nil && !other.Virtual {
			p.add(other)
		}
	}
}

// readPatch reads one of them, with the package if that is in a folder.
func (c *checker) readPatch(p *project, d config.Patch) (one patch, own *manifest.Manifest, err error) {
	if d.Err != nil {
		return patch{}, nil, d.Err
	}
	if one.of, err = c.patched(d.Of); err != nil {
		return patch{}, nil, err
	}
	one.key, one.name, one.requirement, one.from = d.Key, d.Package, d.Requirement, d.From
	if d.Dir == "" {
		if one.from.CanonicalURL() == one.of { // cargo 1.95: PackageRegistry::patch
			err = errors.New("it is to the same source")
		}
		return one, nil, err
	}
	own, err = p.ws.Load(filepath.Clean(d.Dir))
	if err == nil {
		err = holds(own, d.Package, d.Requirement)
	}
	if err != nil {
		return patch{}, nil, err
	}
	one.version = own.Version
	return one, own, nil
}

// checkKeys: what the configuration says is of the types that Cargo reads.
func (c *checker) checkKeys() {
	always, compiling := c.Config.Check(platform.Here(), c.Manifests.Nightly)
	if always != nil {
		c.find(Finding{Code: ConfigBroken, Reason: always.Error(), Remedy: Remedy{Kind: Configure}})
	}
	if compiling != nil {
		c.find(Finding{Code: ConfigBroken, Reason: compiling.Error(), Breaks: []string{build}, Remedy: Remedy{Kind: Configure}})
	}
}

// checkRegistries: Cargo takes a sparse registry for one without a slash at its end, and then
// does not ask it (cargo 1.95: HttpRegistry::new).
func (c *checker) checkRegistries(p *project) {
	seen := map[string]bool{}
	for _, m := range p.own {
		for _, d := range m.Dependencies {
			if d.Registry == "" || seen[d.Registry] {
				continue
			}
			seen[d.Registry] = true
			if src, err := c.Config.Registry(d.Registry); err == nil && src.Kind() == crate.SparseRegistry && !strings.HasSuffix(src.URL(), "/") {
				c.find(Finding{Code: ConfigBroken, ID: crate.ID{Source: src}, Reason: fmt.Sprintf("the URL of registry %s does not end in a slash", d.Registry), Remedy: Remedy{Kind: Configure}})
			}
		}
	}
}

// checkTools: what compiles is there, as far as the configuration names it. Cargo asks it for
// its version first of all.
func (c *checker) checkTools() {
	found := Finding{Code: ConfigBroken, Remedy: Remedy{Kind: Configure}}
	if dir, by := c.Config.TargetDir(); by != "" && dir == "" {
		found.Reason = by + " is an empty text, which is no folder"
		c.find(found)
	}
	programs := c.Config.Programs(os.LookupEnv)
	for _, by := range slices.Sorted(maps.Keys(programs)) {
		if _, err := exec.LookPath(programs[by]); err != nil {
			found.Reason = fmt.Sprintf("%s names a program that cannot be run: %v", by, err)
			c.find(found)
		}
	}
	elsewhere := c.Manifests.Nightly && os.Getenv("RUST_TARGET_PATH") != "" // where a nightly rustc looks for more
	if c.minor() == usual && !elsewhere && (c.Selection == nil || len(c.Selection.Targets) == 0) {
		c.checkTargets()
	}
}

// checkTargets: rustc knows what is built for. What is described in a file is for a nightly
// cargo (cargo 1.95: CompileTarget::new).
func (c *checker) checkTargets() {
	for _, name := range c.Config.Targets() {
		known := len(platform.Targets(func(t *platform.Target) bool { return t.Name == name })) > 0
		if !known && name != "host-tuple" && !(strings.HasSuffix(name, ".json") && c.Manifests.Nightly) {
			c.find(Finding{Code: ConfigBroken, Reason: fmt.Sprintf("build.target has %q, which is no target of rustc", name), Breaks: []string{fetch, build}, Remedy: Remedy{Kind: Configure}})
		}
	}
}
