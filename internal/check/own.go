package check

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"cargohome/crate"
	"cargohome/internal/fsx"
	"cargohome/internal/manifest"
)

// checkAll is the command that compiles all that is the user's own.
const checkAll = "cargo check --workspace --all-targets" + offline

// checkLate tells of what Cargo gives up over after it has read the manifests.
func (c *checker) checkLate(p *project) {
	for _, m := range p.ws.Members {
		id := crate.ID{Name: m.Name, Version: m.Version}
		if m.Refused != nil {
			c.find(Finding{Code: ManifestBroken, ID: id, Path: m.File, Reason: m.Refused.Error(), Breaks: []string{fetch, build}, Remedy: Remedy{Kind: Mend}})
		}
		if m.Uncompiled != nil {
			c.find(Finding{Code: ManifestBroken, ID: id, Path: m.File, Reason: m.Uncompiled.Error(), Breaks: []string{checkAll}, Remedy: Remedy{Kind: Mend}})
		}
	}
	if root, err := p.ws.RootManifest(); err == nil {
		if err := c.checkInherits(root.Profiles); err != nil {
			c.find(Finding{Code: ManifestBroken, Path: root.File, Reason: err.Error(), Breaks: []string{build}, Remedy: Remedy{Kind: Mend}})
		}
	}
}

// checkInherits: what profiles inherit leads to dev or release, which inherit nothing (cargo
// 1.95: Profiles::add_maker).
func (c *checker) checkInherits(profiles map[string]string) error {
	inherits := c.Config.Inherits(profiles)
	for name, of := range map[string]string{"test": "dev", "doc": "dev", "bench": "release"} {
		inherits[name] = cmp.Or(inherits[name], of)
	}
	for _, first := range slices.Sorted(maps.Keys(inherits)) {
		for name, passed := first, 0; ; passed++ {
			of, known := inherits[name]
			switch root := name == "dev" || name == "release"; {
			case root && of != "" && name == first:
				return fmt.Errorf("profile %q inherits, which dev and release do not", name)
			case passed > len(inherits):
				return fmt.Errorf("profile %q inherits itself", first)
			case !root && !known:
				return fmt.Errorf("profile %q inherits %q, which there is not", first, name)
			case !root && of == "":
				return fmt.Errorf("profile %q does not say what it inherits", name)
			}
			if name = of; name == "" || name == "dev" || name == "release" {
				break
			}
		}
	}
	return nil
}

// checkFiles: what the user's own packages are compiled from are files. What is in them is
// rustc's business. A package that is not locked, as a [patch] that nothing uses, is not
// compiled.
func (c *checker) checkFiles(p *project) {
	for _, m := range p.own {
		if p.lock.Find(crate.ID{Name: m.Name, Version: m.Version}) < 0 {
			continue
		}
		files := m.Files
		if p.ws != nil && slices.ContainsFunc(p.ws.Members, func(o *manifest.Manifest) bool { return o.Dir == m.Dir }) {
			files = slices.Concat(files, m.OwnFiles)
		}
		for _, file := range files {
			c.compiles(m.Name, filepath.Join(m.Dir, filepath.FromSlash(file)))
		}
	}
}

// compiles makes sure that a file is there that a package is compiled from.
func (c *checker) compiles(name, path string) {
	if err := readable(path); err != nil {
		c.find(Finding{Code: ManifestBroken, Path: path, Reason: fmt.Sprintf("%s is compiled from it, and it cannot be read: %v", name, fsx.WithoutPath(err)),
			Breaks: []string{checkAll}, Remedy: Remedy{Kind: Mend}})
	}
}

// readable reports why a file cannot be read, nil if it can.
func readable(path string) error {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		return fsx.ErrNotRegular
	}
	if err != nil || info.Mode().Perm()&0o444 == 0o444 {
		return err
	}
	f, err := fsx.OpenToRead(path)
	if err != nil {
		return err
	}
	return f.Close()
}
