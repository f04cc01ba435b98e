package config

import (
	"path/filepath"
	"strings"
)

// BuildRoot returns the folder below which cargo builds the workspace in a folder, or
// all of them if that is "", as far as the key build.build-dir says it: what stands
// before the first variable that is not known (cargo 1.95: custom_build_dir). It is ""
// if the key is not set, or begins with such a variable. cargoHome is what
// {cargo-cache-home} stands for.
func (c *Config) BuildRoot(cargoHome, workspace string) (string, error) {
	found, err := c.text(newKey("build", "build-dir"))
	if err != nil || found.value == "" {
		return "", err
	}
	template := strings.ReplaceAll(found.value, "{cargo-cache-home}", cargoHome)
	if workspace != "" {
		template = strings.ReplaceAll(template, "{workspace-root}", workspace)
	}
	fixed, rest, varies := strings.Cut(template, "{")
	if varies && rest != "" {
		fixed = fixed[:strings.LastIndexAny(fixed, `/`+string(filepath.Separator))+1]
	}
	if fixed == "" {
		return "", nil
	}
	return join(found.from.root(c.cwd), fixed), nil
}
