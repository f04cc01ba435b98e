package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"cargohome/internal/compat"
)

// cargo returns the cargo of a version, and builds it if need be.
func (m *matrix) cargo(rule compat.Rule) (string, error) {
	for _, known := range []string{filepath.Join(m.cargos, rule.String(), "bin", "cargo"), "cargo"} {
		out, err := exec.Command(known, "--version").Output()
		if err == nil && strings.HasPrefix(string(out), "cargo "+rule.String()+".") {
			return known, nil
		}
	}
	root := filepath.Join(m.cargos, rule.String())
	err := m.install("cargo", "install", fmt.Sprintf("cargo@0.%d", rule.Minor()+1), "--locked", "--root", root)
	if err != nil {
		err = errors.Join(err, m.installPatched(rule, root)) // as `time` of 2024 is not for the rustc of today
	}
	cargo := filepath.Join(root, "bin", "cargo")
	if _, statErr := os.Stat(cargo); statErr != nil {
		return "", fmt.Errorf("cargo %s cannot be built: %w", rule, err)
	}
	return cargo, nil
}

// install runs cargo so that what is built is soon there, not fast.
func (m *matrix) install(args ...string) error {
	target := "CARGO_TARGET_DIR=" + filepath.Join(m.cargos, "target")
	return run(command{args: args, env: []string{target, "CARGO_PROFILE_RELEASE_OPT_LEVEL=0", "CARGO_PROFILE_RELEASE_LTO=off", "CARGO_PROFILE_RELEASE_STRIP=true"}})
}

// installPatched builds a cargo with a newer `time` than its lockfile has.
func (m *matrix) installPatched(rule compat.Rule, root string) error {
	found, err := filepath.Glob(filepath.Join(os.Getenv("HOME"), ".cargo", "registry", "src", "*", fmt.Sprintf("cargo-0.%d.*", rule.Minor()+1)))
	if err != nil || len(found) == 0 {
		return errors.Join(err, errors.New("its source is not in the home"))
	}
	src := filepath.Join(m.dir, "source "+rule.String())
	if err := os.CopyFS(src, os.DirFS(found[0])); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(src, "Cargo.toml"))
	if err == nil {
		err = os.WriteFile(filepath.Join(src, "Cargo.toml"), append(text, "\n[workspace]\n"...), 0o666)
	}
	if err == nil {
		err = run(command{dir: src, args: []string{"cargo", "update", "-p", "time"}})
	}
	if err != nil {
		return err
	}
	return m.install("cargo", "install", "--path", src, "--locked", "--root", root)
}

// command is a program that is run.
type command struct {
	dir  string
	args []string
	env  []string // besides that of this process
}

// run runs a command; its error has what it printed.
func run(c command) error {
	cmd := exec.Command(c.args[0], c.args[1:]...)
	cmd.Dir, cmd.Env = c.dir, append(os.Environ(), c.env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(c.args, " "), err, lastLines(string(out)))
	}
	return nil
}

func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-12):], "\n")
}
