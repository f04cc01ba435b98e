package manifest

import "errors"

// parseDependencies returns the dependencies of a package in the order in which
// Cargo follows them (cargo 1.95: util/toml, to_real_manifest). Of two spellings
// of a table the one with the hyphen counts.
func parseDependencies(t *table) []dependency {
	deps := parseDeps(t.table("dependencies"), normal, true)
	deps = append(deps, parseDeps(spelled(t, "dev"), dev, true)...)
	deps = append(deps, parseDeps(spelled(t, "build"), build, true)...)
	targets := t.table("target")
	for _, name := range targets.keys() {
		target := targets.table(name)
		deps = append(deps, parseDeps(target.table("dependencies"), normal, true)...)
		deps = append(deps, parseDeps(spelled(target, "build"), build, true)...)
		deps = append(deps, parseDeps(spelled(target, "dev"), dev, true)...)
	}
	return deps
}

func spelled(t *table, kind string) *table {
	hyphen, underscore := t.table(kind+"-dependencies"), t.table(kind+"_dependencies")
	if hyphen != nil {
		return hyphen
	}
	return underscore
}

// parsePatches returns the entries of [patch.*], which cannot inherit.
func parsePatches(patch *table) []dependency {
	var deps []dependency
	for _, source := range patch.keys() {
		deps = append(deps, parseDeps(patch.table(source), normal, false)...)
	}
	return deps
}

func parseDeps(t *table, kind depKind, mayInherit bool) []dependency {
	var deps []dependency
	for _, name := range t.keys() {
		d := parseDep(t, name, mayInherit)
		d.name, d.kind = name, kind
		deps = append(deps, d)
	}
	return deps
}

// parseDep reads `name = "1"` or `name = { … }`. A key "workspace" that is not a
// boolean is an unknown key to Cargo, and ignored.
func parseDep(parent *table, name string, mayInherit bool) dependency {
	if _, simple := parent.values[name].(string); simple {
		return dependency{}
	}
	t := parent.table(name)
	if t == nil {
		return dependency{}
	}
	d := dependency{optional: t.boolean("optional")}
	if _, inherits := t.values["workspace"].(bool); inherits && mayInherit {
		d.inherits = inherited(t)
		return d
	}
	d.path, d.isPath, d.fault = t.str("path"), t.has("path"), depFault(t)
	return d
}

// depFault tells of the combinations that leave open where a package comes from.
// Entries of [workspace.dependencies] are judged only where they are inherited.
func depFault(t *table) error {
	switch {
	case t.has("base"):
		return errors.New("path bases are not part of stable cargo")
	case t.has("path") && t.has("git"):
		return errors.New("it has both a path and a git URL")
	case !t.has("path") && !t.has("git") && !t.has("version"):
		return errors.New("it has neither a path, a git URL nor a version")
	}
	return nil
}
