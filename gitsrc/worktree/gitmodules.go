package worktree

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
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
			return fmt.Errorf("%w: it includes other files", ErrModules)
		}
		if section != "submodule" || !validModuleName(name) {
			return nil
		}
		m := byName[name]
		if m == nil {
			m = &module{name: name, path: name}
			byName[name] = m
		}
		if key == "path" {
			if paths[value] {
				return fmt.Errorf("%w: path %q is there twice", ErrModules, value)
			}
			paths[value] = true
		}
		return m.set(key, value)
	})
	if errors.Is(err, object.ErrConfig) {
		err = fmt.Errorf("%w: %w", ErrModules, err)
	}
	if err != nil {
		return nil, err
	}
	mods := make([]module, 0, len(byName))
	for _, m := range byName {
		mods = append(mods, *m)
	}
	slices.SortFunc(mods, func(a, b module) int { return strings.Compare(a.name, b.name) })
	return mods, nil
}

// set takes a value that may be told from an option of a command line. One that
// may not hides those before it all the same.
func (m *module) set(key, value string) (err error) {
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
		m.skip, err = skipsUpdate(value)
	}
	return err
}

// skipsUpdate: "false" in all its spellings means none, "true" a checkout.
func skipsUpdate(value string) (bool, error) {
	switch strings.ToLower(value) {
	case "none", "", "false", "no", "off":
		return true, nil
	case "checkout", "rebase", "merge", "true", "yes", "on":
		return false, nil
	}
	n, err := strconv.ParseInt(value, 0, 64)
	if err != nil {
		return false, fmt.Errorf("%w: update = %q", ErrModules, value)
	}
	return n == 0, nil
}

func validModuleName(name string) bool {
	for part := range strings.SplitSeq(strings.ReplaceAll(name, `\`, "/"), "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return true
}
