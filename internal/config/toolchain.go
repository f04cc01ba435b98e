package config

import (
	"path/filepath"
	"strings"
)

// Programs returns the programs that cargo runs in place of rustc and around it, by what
// names them: the variables RUSTC, RUSTC_WRAPPER and RUSTC_WORKSPACE_WRAPPER, which env looks
// up, or else keys of [build]. One without a slash is looked for in PATH. What is not of the
// right type is left out (cargo 1.95: GlobalContext::load_global_rustc, resolve_program).
func (c *Config) Programs(env func(name string) (string, bool)) map[string]string {
	programs := map[string]string{}
	for variable, name := range map[string]string{"RUSTC": "rustc", "RUSTC_WRAPPER": "rustc-wrapper", "RUSTC_WORKSPACE_WRAPPER": "rustc-workspace-wrapper"} {
		said, err := c.text(newKey("build", name))
		by, program, root := "build."+name, said.value, said.from.root(c.cwd)
		if text, set := env(variable); set {
			by, program, root, err = variable, text, c.cwd, nil
		}
		if err != nil || program == "" {
			continue
		}
		if strings.ContainsAny(program, `/`+string(filepath.Separator)) {
			program = join(root, program)
		}
		programs[by] = program
	}
	return programs
}

// TargetDir returns the folder that cargo builds in, absolute, and what says so: if nothing does,
// by is "", and it is target beside the root manifest. Over a dir of "" that something says cargo
// gives up (cargo 1.95: GlobalContext::target_dir).
func (c *Config) TargetDir() (dir, by string) {
	dir, by, root := c.env.values["CARGO_TARGET_DIR"], "CARGO_TARGET_DIR", c.cwd
	if _, set := c.env.values[by]; !set {
		said, err := c.text(newKey("build", "target-dir"))
		if err != nil || !said.set {
			return "", ""
		}
		dir, by, root = said.value, "build.target-dir", said.from.root(c.cwd)
	}
	if dir != "" {
		dir = join(root, dir)
	}
	return dir, by
}

// Targets returns what build.target says, nothing where it is not of the right type.
func (c *Config) Targets() []string {
	targets, _ := c.words(newKey("build", "target"))
	return targets
}
