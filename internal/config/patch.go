package config

import (
	"fmt"
	"maps"
	"slices"
)

// Patch is an entry of a [patch] table that puts a folder in the place of a package.
type Patch struct {
	Of      string // the source, as written: "crates-io", the name of a registry, or a URL
	Package string // what the package calls itself
	Dir     string // the folder, absolute
}

// Patches returns those of the configuration, by source and key: the lockfile has such a
// package without a source, and no manifest speaks of it (cargo 1.95: registry_patches).
func (c *Config) Patches() (all []Patch) {
	sources, err := c.findTable(newKey("patch"))
	if err != nil {
		return nil
	}
	for _, of := range slices.Sorted(maps.Keys(sources)) {
		entries := sources[of].table()
		for _, key := range slices.Sorted(maps.Keys(entries)) {
			patch := entries[key].table()
			dir := patch["path"]
			if dir == nil {
				continue
			}
			name := key
			if v := patch["package"]; v != nil {
				name, _ = v.data.(string)
			}
			path, _ := dir.data.(string)
			all = append(all, Patch{of, name, join(dir.from.root(c.cwd), path)})
		}
	}
	return all
}

// Patched reports whether one of them puts a folder in the place of a package with that
// name.
func (c *Config) Patched(name string) bool {
	return slices.ContainsFunc(c.Patches(), func(p Patch) bool { return p.Package == name })
}

// Overrides returns the folders that `paths` puts in the place of packages, absolute.
func (c *Config) Overrides() (dirs []string, err error) {
	v, err := c.find(newKey("paths"))
	if v == nil || err != nil {
		return nil, err
	}
	list, ok := v.data.([]*value)
	if !ok {
		return nil, fmt.Errorf("key paths is %s, not a list (in %s)", v.typeName(), v.from)
	}
	for _, one := range list {
		path, ok := one.data.(string)
		if !ok {
			return nil, fmt.Errorf("key paths has %s for a folder (in %s)", one.typeName(), one.from)
		}
		dirs = append(dirs, join(one.from.root(c.cwd), path))
	}
	return dirs, nil
}
