package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// gitScenarios are for a project with git packages.
var gitScenarios = []scenario{
	{"vendor git packages", func(b *bench, vendor string) error { return os.RemoveAll(vendor) }, cargoVendor, ourVendor, false},
	{"restore checkouts", func(b *bench, _ string) error {
		return os.RemoveAll(filepath.Join(b.home, "git", "checkouts"))
	}, []string{"fetch", "--quiet", "--locked", "--offline"}, []string{"checkout", "--quiet"}, true},
	{"both, checkouts gone", func(b *bench, vendor string) error {
		return errors.Join(os.RemoveAll(vendor), os.RemoveAll(filepath.Join(b.home, "git", "checkouts")))
	}, cargoVendor, ourVendor, false},
}

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

// measureGit makes the project, in a home of its own, and measures it.
func (b *bench) measureGit(repos string) error {
	repos, err := filepath.Abs(repos)
	if err != nil {
		return err
	}
	project := "three repositories"
	b.projects = filepath.Join(b.work, "git")
	b.home = filepath.Join(b.projects, "home")
	dir := filepath.Join(b.projects, project)
	config := filepath.Join(b.work, "gitconfig")
	b.env = []string{"GIT_CONFIG_GLOBAL=" + config, "CARGO_NET_GIT_FETCH_WITH_CLI=true"}
	for path, text := range map[string]string{
		config:                              fmt.Sprintf(gitConfig, repos),
		filepath.Join(dir, "Cargo.toml"):    gitManifest,
		filepath.Join(dir, "src", "lib.rs"): "",
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			return err
		}
	}
	fetch := exec.Command("cargo", "fetch", "--quiet")
	fetch.Dir, fetch.Env = dir, append(append(os.Environ(), "CARGO_HOME="+b.home), b.env...)
	if out, err := fetch.CombinedOutput(); err != nil {
		return fmt.Errorf("cargo fetch: %w\n%s", err, out)
	}
	return b.compareAll(project, gitScenarios)
}
