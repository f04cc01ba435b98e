package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"cargohome/crate"
)

// Patch is an entry of a [patch] table.
type Patch struct {
	Of          string         // the source, as written: "crates-io", the name of a registry, or a URL
	Key         string         // of the entry
	Package     string         // what the package calls itself
	Requirement string         // the version; "" for any
	Dir         string         // the folder that is put in its place, absolute; "" for none
	From        crate.SourceID // or else the source; zero for a folder
	Err         error          // or why there is neither
}

// Patches returns those of the configuration, by source and key: the lockfile has such a
// package without a source if it is in a folder, and no manifest speaks of it (cargo 1.95:
// config_patch).
func (c *Config) Patches() (all []Patch) {
	sources, err := c.findTable(newKey("patch"))
	if err != nil {
		return []Patch{{Err: err}}
	}
	for _, of := range slices.Sorted(maps.Keys(sources)) {
		entries, err := c.findTable(newKey("patch").entry(of))
		if err != nil {
			all = append(all, Patch{Of: of, Err: err})
		}
		for _, key := range slices.Sorted(maps.Keys(entries)) {
			p := Patch{Of: of, Key: key, Package: key}
			p.Err = c.readPatch(&p, entries[key])
			all = append(all, p)
		}
	}
	return all
}

// patchFields are the keys of an entry that say where a package comes from.
var patchFields = []string{"package", "path", "git", "branch", "tag", "rev", "version", "registry"}

// readPatch reads one entry: a version, or a table.
func (c *Config) readPatch(p *Patch, v *value) (err error) {
	fields := map[string]string{}
	if text, ok := v.data.(string); ok {
		fields["version"] = text
	} else if v.table() == nil {
		return fmt.Errorf("it is %s, neither a version nor a table", v.typeName())
	}
	for _, name := range patchFields {
		field := v.table()[name]
		if field == nil {
			continue
		}
		text, ok := field.data.(string)
		if !ok {
			return fmt.Errorf("its %s is %s, not a string", name, field.typeName())
		}
		fields[name] = text
	}
	p.Package = cmp.Or(fields["package"], p.Package)
	_, isPath := fields["path"]
	_, isVersion := fields["version"]
	p.Requirement = fields["version"]
	switch {
	case isPath:
		p.Dir = join(v.table()["path"].from.root(c.cwd), fields["path"])
	case fields["git"] != "":
		ref := crate.GitRef{Kind: crate.DefaultBranch}
		for name, kind := range map[string]crate.RefKind{"branch": crate.Branch, "tag": crate.Tag, "rev": crate.Rev} {
			if fields[name] != "" {
				ref = crate.GitRef{Kind: kind, Name: fields[name]}
			}
		}
		p.From, err = crate.NewGitSource(fields["git"], ref)
	case !isVersion:
		return errors.New("it has neither a path nor a repository nor a version")
	case fields["registry"] != "" && fields["registry"] != cratesIO:
		p.From, err = c.Registry(fields["registry"])
	default:
		p.From, err = crate.NewRegistrySource(crate.CratesIOGit)
	}
	return err
}

// Patched reports whether one of them puts a folder in the place of a package with that
// name.
func (c *Config) Patched(name string) bool {
	return slices.ContainsFunc(c.Patches(), func(p Patch) bool { return p.Dir != "" && p.Package == name })
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
