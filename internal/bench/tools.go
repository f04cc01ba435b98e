package main

import (
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// tools are the programs that are run, by path; "" takes no part.
type tools struct {
	cargo, cargohome, floor string
	hash                    string // the floor of verifying
	launch                  string // runs the others
	profiled                string // cargohome with a profiler in it
}

// prepare finds or builds the programs; note is told of those that are left out.
func (t *tools) prepare(ctx context.Context, opts *options, dir string, note func(string, ...any)) (err error) {
	if t.cargohome, err = exec.LookPath(opts.cargohome); err != nil {
		return err
	}
	if t.cargohome, err = filepath.Abs(t.cargohome); err != nil {
		return err
	}
	if t.cargo, err = findCargo(opts.cargo); err != nil {
		note("cargo takes no part: %v", err)
	}
	if t.floor, err = buildFloor(ctx, dir); err != nil {
		note("the floor takes no part: %v", err)
	}
	if t.launch, err = build(ctx, dir, "launch"); err != nil {
		return err
	}
	if t.hash, err = build(ctx, dir, "hashfiles"); err != nil {
		return err
	}
	return t.prepareProfiles(ctx, opts, dir)
}

// findCargo looks behind rustup, whose start would count as cargo's.
func findCargo(given string) (string, error) {
	if given == "" {
		if out, err := exec.Command("rustup", "which", "cargo").Output(); err == nil {
			return strings.TrimSpace(string(out)), nil
		}
		given = "cargo"
	}
	path, err := exec.LookPath(given)
	if err != nil {
		return "", err
	}
	return filepath.Abs(path)
}

func (t *tools) prepareProfiles(ctx context.Context, opts *options, dir string) (err error) {
	for _, profiles := range []string{opts.cpuProfiles, opts.memProfiles} {
		if profiles == "" {
			continue
		}
		if err := os.MkdirAll(profiles, 0o777); err != nil {
			return err
		}
		if t.profiled, err = build(ctx, dir, "profiled"); err != nil {
			return err
		}
	}
	return nil
}

// build builds a program that is below this one, and returns its path.
func build(ctx context.Context, dir, name string) (string, error) {
	path := filepath.Join(dir, name)
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", path, "cargohome/internal/bench/"+name)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
}

// versions are of what was measured, and of what built it.
type versions struct {
	Cargo     string `json:"cargo,omitempty"`
	Cargohome string `json:"cargohome"`
	Go        string `json:"go"`
}

func (t *tools) versions() (v versions, err error) {
	v.Cargohome, err = firstLine(t.cargohome, "--version")
	if t.cargo != "" {
		var cargoErr error
		v.Cargo, cargoErr = firstLine(t.cargo, "--version")
		err = errors.Join(err, cargoErr)
	}
	if info, infoErr := buildinfo.ReadFile(t.cargohome); infoErr == nil {
		v.Go = info.GoVersion
	}
	return v, err
}

func firstLine(program string, args ...string) (string, error) {
	out, err := exec.Command(program, args...).Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", program, err)
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return line, nil
}
