package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

const gitScene = "three repositories"

// gitCases are for a project with git packages.
var gitCases = slices.Concat([]work{
	{
		name: "vendor, cold", gone: []string{vendorDir},
		cargo: cargoVendor, cargohome: vendor,
	},
}, againCases, []work{
	{
		name: "checkout", gone: []string{checkouts},
		cargo: cargoFetch, cargohome: []string{"checkout", "--quiet"},
	},
	{
		name: "vendor, checkouts gone", gone: []string{vendorDir, checkouts},
		cargo: cargoVendor, cargohome: vendor,
	},
})

const gitManifest = `[package]
name = "three-repositories"
version = "0.1.0"
edition = "2021"

[dependencies]
regalloc2 = { git = "https://github.com/bytecodealliance/regalloc2" }
winit = { git = "https://github.com/rust-windowing/winit" }
cargo = { git = "https://github.com/rust-lang/cargo" }
`

// gitConfig makes git read the three repositories from %[1]s.
const gitConfig = `[url "file://%[1]s/regalloc2.git"]
	insteadOf = https://github.com/bytecodealliance/regalloc2
[url "file://%[1]s/winit.git"]
	insteadOf = https://github.com/rust-windowing/winit
[url "file://%[1]s/cargo.git"]
	insteadOf = https://github.com/rust-lang/cargo
[safe]
	directory = *
[protocol "file"]
	allow = always
`

// measureGit makes the project, has cargo fill its home, and measures it.
func (b *bench) measureGit(ctx context.Context, p *place, repos string) error {
	if !b.opts.wantsAny(gitScene, gitCases) {
		return nil
	}
	if b.tools.cargo == "" {
		b.note("%s left out: it takes cargo to fetch them", gitScene)
		return nil
	}
	s, err := newScene(p, gitScene)
	if err != nil {
		return err
	}
	if err := s.writeGitProject(repos); err != nil {
		return err
	}
	fetch := exec.CommandContext(ctx, b.tools.cargo, "fetch", "--quiet")
	fetch.Dir, fetch.Env = s.project, b.tools.environ(s)
	if out, err := fetch.CombinedOutput(); err != nil {
		return fmt.Errorf("cargo fetch: %w\n%s", err, out)
	}
	return b.measureCases(ctx, s, gitCases)
}

func (s *scene) writeGitProject(repos string) error {
	repos, err := filepath.Abs(repos)
	if err != nil {
		return err
	}
	config := filepath.Join(s.dir, "gitconfig")
	s.env = []string{"GIT_CONFIG_GLOBAL=" + config, "CARGO_NET_GIT_FETCH_WITH_CLI=true"}
	for path, text := range map[string]string{
		config:                                 fmt.Sprintf(gitConfig, repos),
		filepath.Join(s.project, "Cargo.toml"): gitManifest,
		filepath.Join(s.project, "src", "lib.rs"): "",
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			return err
		}
	}
	return nil
}
