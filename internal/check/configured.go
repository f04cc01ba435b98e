package check

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"cargohome/crate"
	"cargohome/internal/fsx"
	"cargohome/internal/manifest"
	"cargohome/internal/workspace"
)

// readConfigured reads the packages that [patch] tables of the configuration have in folders.
func (c *checker) readConfigured(p *project) {
	for _, d := range c.Config.Patches() {
		of, err := c.patched(d.Of)
		var ws *workspace.Workspace
		if err == nil {
			ws, err = workspace.Find(filepath.Join(d.Dir, manifest.FileName), c.Home.Dir())
		}
		if err == nil && (ws.Current == nil || ws.Current.Name != d.Package) {
			err = fmt.Errorf("the folder has no package %s", d.Package)
		}
		if err != nil {
			c.find(Finding{Code: ConfigBroken, Path: d.Dir, Reason: fmt.Sprintf("[patch.%q] of %s: %v", d.Of, d.Package, err), Remedy: Remedy{Kind: Configure}})
			continue
		}
		p.own = append(p.own, ws.Current)
		p.configured = append(p.configured, patch{of: of, name: d.Package, version: ws.Current.Version})
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

// checkOverrides: what `paths` of the configuration names is there. `cargo fetch` does not
// ask for it.
func (c *checker) checkOverrides() {
	found := Finding{Code: ConfigBroken, Breaks: []string{metadata, build}, Remedy: Remedy{Kind: Configure}}
	dirs, err := c.Config.Overrides()
	if err != nil {
		found.Reason = err.Error()
		c.find(found)
	}
	for _, dir := range dirs {
		if _, err := os.Stat(filepath.Join(dir, manifest.FileName)); err != nil {
			found.Path, found.Reason = dir, "`paths` names it, and it has no package: "+fsx.WithoutPath(err).Error()
			c.find(found)
		}
	}
}
