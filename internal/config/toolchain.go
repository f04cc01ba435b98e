package config

import (
	"path/filepath"
	"strings"
)

// Programs returns the programs that cargo runs in place of rustc and around it, by what
// names them: the variables RUSTC, RUSTC_WRAPPER and RUSTC_WORKSPACE_WRAPPER, which env looks
// up, or else keys of [build]. One without a slash is looked for in PATH. What is not of the
// right type is left out, and a wrapper of no name is none (cargo 1.95:
// GlobalContext::load_global_rustc, resolve_program).
func (c *Config) Programs(env func(name string) (string, bool)) map[string]string {
	programs := map[string]string{}
	for variable, name := range map[string]string{"RUSTC": "rustc", "RUSTC_WRAPPER": "rustc-wrapper", "RUSTC_WORKSPACE_WRAPPER": "rustc-workspace-wrapper"} {
		said, err := c.text(newKey("build", name))
		by, program, root, set := "build."+name, said.value, said.from.root(c.cwd), said.set
		if text, ok := env(variable); ok {
			by, program, root, set, err = variable, text, c.cwd, true, nil
		}
		if err != nil || !set || program == "" && name != "rustc" {
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

// Targets returns what build.target says, nothing where it is not of the right type. A text is
// one target, and spaces around it are none of its name (cargo 1.95: CompileTarget::new).
func (c *Config) Targets() []string {
	k := newKey("build", "target")
	targets, _ := c.words(k)
	if one, err := c.text(k); err == nil && one.set {
		targets = []string{one.value}
	}
	for i := range targets {
		targets[i] = strings.TrimSpace(targets[i])
	}
	return targets
}
