package manifest

import (
	"slices"

	"cargohome/internal/tomltext"
)

// outline has the tables of a manifest of which not all keys are read where it is to say
// which packages a project has, and what those need; with the keys that are.
var outline = map[string][]string{
	"": {
		"package", "project", "lib", "features", "target", "workspace", "patch", "replace",
		"dependencies", "dev-dependencies", "dev_dependencies", "build-dependencies", "build_dependencies",
	},
	"package":           outlineOfPackage,
	"project":           outlineOfPackage,
	"lib":               {"proc-macro", "proc_macro", "crate-type", "crate_type"},
	"workspace":         {"members", "exclude", "default-members", "resolver", "package", "dependencies"},
	"workspace.package": {"version", "edition"},
}

var outlineOfPackage = []string{"name", "version", "workspace", "edition", "rust-version", "resolver", "links"}

// prune returns the table of that name without the keys that are not read.
func prune(t *tomltext.Table, name string) *tomltext.Table {
	keys, some := outline[name]
	if !some {
		return t
	}
	out := &tomltext.Table{}
	for _, e := range t.Entries {
		if !slices.Contains(keys, e.Key) {
			continue
		}
		below := e.Key
		if name != "" {
			below = name + "." + e.Key
		}
		if table, ok := e.Value.(*tomltext.Table); ok {
			e.Value = prune(table, below)
		}
		out.Entries = append(out.Entries, e)
	}
	return out
}
