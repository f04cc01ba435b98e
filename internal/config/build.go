package config

import (
	"path/filepath"
	"strings"
)

// BuildRoot returns the folder below which cargo builds, as far as the key
// build.build-dir says the same for all workspaces: what stands before the first
// variable that depends on one (cargo 1.95: custom_build_dir). It is "" if the key is
// not set, or begins with such a variable. cargoHome is what {cargo-cache-home} stands
// for.
func (c *Config) BuildRoot(cargoHome string) (string, error) {
	found, err := c.text(newKey("build", "build-dir"))
	if err != nil || found.value == "" {
		return "", err
	}
	template := strings.ReplaceAll(found.value, "{cargo-cache-home}", cargoHome)
	fixed, rest, varies := strings.Cut(template, "{")
	if varies && rest != "" {
		fixed = fixed[:strings.LastIndexAny(fixed, `/`+string(filepath.Separator))+1]
	}
	if fixed == "" {
		return "", nil
	}
	return join(found.from.root(c.cwd), fixed), nil
}
