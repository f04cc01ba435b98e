package worktree

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/gitsrc/object"
)

// gitConfig is what git's configuration says of files that are put into a work tree.
type gitConfig struct {
	autocrlf            string // "true", "input", or else for neither
	eol                 string // "crlf" counts
	ignores, attributes string // core.excludesFile and core.attributesFile; "" for none
	fold                bool   // patterns do not tell case apart
}

// readUser reads the configuration of the system and of the user (git-config(1)); [includeIf]
// is passed over.
func (c *gitConfig) readUser() {
	home, _ := os.UserHomeDir()
	xdg := cmp.Or(os.Getenv("XDG_CONFIG_HOME"), filepath.Join(home, ".config"))
	c.ignores, c.attributes = filepath.Join(xdg, "git", "ignore"), filepath.Join(xdg, "git", "attributes")
	if off := os.Getenv("GIT_CONFIG_NOSYSTEM"); off == "" || isFalse(off) {
		c.read(cmp.Or(os.Getenv("GIT_CONFIG_SYSTEM"), "/etc/gitconfig"), 0)
	}
	if global := os.Getenv("GIT_CONFIG_GLOBAL"); global != "" {
		c.read(global, 0)
		return
	}
	c.read(filepath.Join(xdg, "git", "config"), 0)
	c.read(filepath.Join(home, ".gitconfig"), 0)
}

// maxIncluded is how deep git follows files that name others.
const maxIncluded = 10

// read takes in a file, and those that it includes.
func (c *gitConfig) read(path string, depth int) {
	_ = object.ParseConfig(textOf(path), func(section, sub, key, value string) error {
		if sub != "" {
			return nil
		}
		switch section + "." + key {
		case "include.path":
			if depth < maxIncluded {
				c.read(joined(filepath.Dir(path), value), depth+1)
			}
		case "core.autocrlf":
			if c.autocrlf = strings.ToLower(value); c.autocrlf != "input" && !isFalse(value) {
				c.autocrlf = "true"
			}
		case "core.eol":
			c.eol = strings.ToLower(value)
		case "core.ignorecase":
			c.fold = !isFalse(value)
		case "core.excludesfile":
			c.ignores = value
		case "core.attributesfile":
			c.attributes = value
		}
		return nil
	})
}

// isFalse reports whether a value switches something off. A key without a value switches it on.
func isFalse(value string) bool {
	return slices.Contains([]string{"false", "no", "off", "0"}, strings.ToLower(value))
}

// joined is a path of a configuration, which may begin in a folder, or in the home of the user.
func joined(dir, path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		dir, _ = os.UserHomeDir()
		path = rest
	}
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// endsInCRLF reports whether the lines of a text end so in a work tree, if nothing else is said.
func (c *gitConfig) endsInCRLF() bool {
	return c.autocrlf == "true" || c.autocrlf != "input" && c.eol == "crlf"
}
