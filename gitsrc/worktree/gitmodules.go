package worktree

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cargohome/gitsrc/object"
)

const (
	modulesFile    = ".gitmodules"
	maxModulesFile = 4 << 20 // bytes
)

// ErrModules is matched by errors for a .gitmodules that says what cannot be, or
// what Cargo's libgit2 fails over.
var ErrModules = errors.New("invalid .gitmodules")

// module is what .gitmodules says of one submodule.
type module struct {
	name string
	path string // where it is; its name if nothing is said
	url  string // "" if nothing is said
	skip bool   // update = none

	update          string // "rebase" or "merge", "" for the others
	ignore, recurse string // what is said of these
}

// parseModules reads a .gitmodules, in order of names. Of a key that is said
// twice the last counts.
//
// Source: libgit2 1.9, submodule.c: names with empty, "." or ".." parts are
// passed over, and so are values that would be taken for an option.
func parseModules(data string) ([]module, error) {
	byName := map[string]*module{}
	paths := map[string]bool{}
	err := object.ParseConfig(data, func(section, name, key, value string) error {
		if section == "include" || section == "includeif" {
			return fmt.Errorf("%w: it includes other files; %w", ErrModules, ErrRefused)
		}
		if section != "submodule" || !validModuleName(name) {
			return nil
		}
		m := byName[name]
		if m == nil {
			m = &module{name: name, path: name, update: unsaid, ignore: unsaid, recurse: unsaid}
			byName[name] = m
		}
		if key == "path" {
			if paths[value] {
				return fmt.Errorf("%w: path %q is there twice", ErrModules, value)
			}
			paths[value] = true
		}
		m.set(key, value)
		return nil
	})
	if errors.Is(err, object.ErrConfig) {
		err = fmt.Errorf("%w: %w", ErrModules, err)
	}
	if err != nil {
		return nil, err
	}
	mods := make([]module, 0, len(byName))
	for _, m := range byName {
		if err := m.settle(); err != nil {
			return nil, err
		}
		mods = append(mods, *m)
	}
	slices.SortFunc(mods, func(a, b module) int { return strings.Compare(a.name, b.name) })
	return mods, nil
}

// set takes a value that may be told from an option of a command line. One that
// may not hides those before it all the same.
func (m *module) set(key, value string) {
	option := strings.HasPrefix(value, "-")
	switch {
	case key == "path" && option:
		m.path = m.name
	case key == "path":
		m.path = value
	case key == "url" && option:
		m.url = ""
	case key == "url":
		m.url = value
	case key == "update":
		m.update = value
	case key == "ignore":
		m.ignore = value
	case key == "fetchrecursesubmodules":
		m.recurse = value
	}
}

// unsaid stands for what nothing is said of.
const unsaid = "\x00"

// settle takes what was said last of each key, which must be one of the words that git knows,
// or true or false.
func (m *module) settle() error {
	for _, k := range []struct{ key, value, words string }{
		{"update", m.update, "checkout rebase merge none"}, {"ignore", m.ignore, "none untracked dirty all"}, {"fetchRecurseSubmodules", m.recurse, "on-demand"},
	} {
		isWord := slices.Contains(strings.Fields(k.words), strings.ToLower(k.value))
		yes, err := object.ParseBool(k.value)
		if k.value != unsaid && !isWord && err != nil {
			return fmt.Errorf("%w: %s = %q", ErrModules, k.key, k.value)
		}
		if k.key == "update" {
			m.skip = strings.EqualFold(k.value, "none") || err == nil && !yes
		}
	}
	if m.update = strings.ToLower(m.update); m.update != "rebase" && m.update != "merge" {
		m.update = ""
	}
	m.ignore, m.recurse = "", ""
	return nil
}

func validModuleName(name string) bool {
	for part := range strings.SplitSeq(strings.ReplaceAll(name, `\`, "/"), "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return true
}
