package manifest

import (
	"errors"
	"fmt"

	"cargohome/crate"
)

// A document is what one Cargo.toml says by itself, before anything is inherited
// from a workspace.
type document struct {
	pkg       *packageTable   // nil for a virtual manifest
	workspace *workspaceTable // nil if the manifest is not a root
	deps      []dependency    // in Cargo's order: normal, dev, build, then each target's
	patches   []dependency
	replaced  []dependency
}

type packageTable struct {
	name            string
	version         string // "" if absent or inherited
	inheritsVersion bool
	workspace       string // the pointer to the root's folder
	pointsToRoot    bool   // the pointer may be an empty text
}

type workspaceTable struct {
	members, defaultMembers, exclude []string
	hasMembers, hasDefaultMembers    bool
	version                          string
	deps                             map[string]dependency
}

type depKind uint8

const (
	normal depKind = iota
	dev
	build
)

// A dependency is one entry of a dependency table.
type dependency struct {
	name     string // the key
	kind     depKind
	optional bool
	inherits bool   // the rest is in [workspace.dependencies]
	path     string // relative to the manifest it is written in
	fault    error  // why cargo would refuse the entry
	isPath   bool
}

// parse reads a manifest; file serves for errors only.
func parse(file, text string) (*document, error) {
	t, err := parseTOML(file, text)
	if err != nil {
		return nil, err
	}
	doc := &document{
		pkg:       parsePackage(t),
		workspace: parseWorkspace(t.table("workspace")),
		deps:      parseDependencies(t),
		patches:   parsePatches(t.table("patch")),
		replaced:  parseDeps(t.table("replace"), normal, false),
	}
	if *t.err == nil {
		*t.err = doc.check(t)
	}
	if *t.err != nil {
		return nil, &SyntaxError{File: file, Err: *t.err}
	}
	return doc, nil
}

// parsePackage prefers [package] over its old name [project].
func parsePackage(top *table) *packageTable {
	t := top.table("package")
	if project := top.table("project"); t == nil {
		t = project
	}
	if t == nil {
		return nil
	}
	p := &packageTable{name: t.str("name"), workspace: t.str("workspace"), pointsToRoot: t.has("workspace")}
	if err := crate.CheckName(p.name); err != nil {
		t.fail("name", err)
	}
	if _, inherits := t.values["version"].(map[string]any); inherits {
		p.inheritsVersion = inherited(t.table("version"))
	} else {
		p.version = version(t)
	}
	return p
}

func version(t *table) string {
	v := t.str("version")
	if t.has("version") {
		if err := crate.CheckVersion(v); err != nil {
			t.fail("version", err)
		}
	}
	return v
}

// inherited reads `workspace = true`; nothing else is allowed there.
func inherited(t *table) bool {
	if !t.boolean("workspace") {
		t.fail("workspace", errors.New("only true is possible"))
	}
	return true
}

func parseWorkspace(t *table) *workspaceTable {
	if t == nil {
		return nil
	}
	w := &workspaceTable{
		members:           t.strings("members"),
		hasMembers:        t.has("members"),
		defaultMembers:    t.strings("default-members"),
		hasDefaultMembers: t.has("default-members"),
		exclude:           t.strings("exclude"),
		version:           version(t.table("package")),
		deps:              map[string]dependency{},
	}
	for _, d := range parseDeps(t.table("dependencies"), normal, false) {
		w.deps[d.name] = d
	}
	return w
}

// packageKeys may only appear beside a [package].
var packageKeys = []string{
	"badges", "features", "lib", "bin", "example", "test", "bench", "dependencies", "dev-dependencies", "dev_dependencies",
	"build-dependencies", "build_dependencies", "target", "lints", "hints",
}

// check makes the checks that need more than one key.
func (d *document) check(t *table) error {
	switch {
	case d.pkg == nil && d.workspace == nil:
		return errors.New("it has neither a [package] nor a [workspace]")
	case d.pkg != nil && d.workspace != nil && d.pkg.pointsToRoot:
		return errors.New("it has both package.workspace and a [workspace]")
	case t.has("patch") && t.has("replace"):
		return errors.New("it has both a [patch] and a [replace]")
	}
	for _, key := range packageKeys {
		if d.pkg == nil && t.has(key) {
			return fmt.Errorf("it has %q, but no [package]", key)
		}
	}
	return nil
}
