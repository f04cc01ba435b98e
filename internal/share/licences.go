package main

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// systems are those that releases are made for: each has a module or two of its own.
var systems = []string{"linux", "darwin", "windows"}

// modules says of each module of which something is in the program where it lies.
func modules() (map[string]string, error) {
	dirs := map[string]string{}
	for _, system := range systems {
		cmd := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}\t{{.Dir}}{{end}}", "cargohome")
		cmd.Stderr, cmd.Env = os.Stderr, append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=0")
		out, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", cmd, err)
		}
		for line := range strings.Lines(string(out)) {
			path, dir, _ := strings.Cut(strings.TrimSpace(line), "\t")
			dirs[path] = dir
		}
	}
	// go does not say where modules lie that are in a vendor folder (go help modules).
	for path, dir := range dirs {
		dirs[path] = cmp.Or(dir, filepath.Join(dirs["cargohome"], "vendor", filepath.FromSlash(path)))
	}
	return dirs, nil
}

// writeLicences copies the licences of the program and of all that is in it.
func writeLicences(dir string) error {
	dirs, err := modules()
	if err != nil {
		return err
	}
	for path, from := range dirs {
		to := filepath.Join(dir, filepath.FromSlash(path))
		if path == "cargohome" {
			to = dir
		}
		found, err := copyLicences(from, to)
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("module %s has no licence", path)
		}
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(goroot)), "LICENSE"))
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, "go", "LICENSE"), text)
}

func copyLicences(from, to string) (found bool, err error) {
	entries, err := os.ReadDir(from)
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		if !isLicence(e.Name()) || !e.Type().IsRegular() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err == nil {
			err = writeFile(filepath.Join(to, e.Name()), text)
		}
		if err != nil {
			return false, err
		}
		found = true
	}
	return found, nil
}

func isLicence(name string) bool {
	for _, word := range []string{"LICENSE", "LICENCE", "COPYING", "NOTICE", "PATENTS", "AUTHORS"} {
		if strings.HasPrefix(strings.ToUpper(name), word) {
			return true
		}
	}
	return false
}
