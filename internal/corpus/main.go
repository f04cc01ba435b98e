// Corpus fetches real projects to test against, from crates.io through cargo:
//
//	go run ./internal/corpus DIR NAME@VERSION...
//
//	DIR/proj/NAME   the published source with its Cargo.lock
//	DIR/home        one Cargo home with everything those lockfiles need
//
// What is there already is not fetched again. Only packages that publish their
// Cargo.lock will do.
package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: corpus DIR NAME@VERSION...")
		os.Exit(2)
	}
	dir, err := filepath.Abs(os.Args[1])
	for _, spec := range os.Args[2:] {
		if err == nil {
			err = fetch(dir, spec)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "corpus:", err)
		os.Exit(1)
	}
}

func fetch(dir, spec string) error {
	name, version, _ := strings.Cut(spec, "@")
	proj := filepath.Join(dir, "proj", name)
	if _, err := os.Stat(filepath.Join(proj, "Cargo.lock")); err == nil {
		return nil
	}
	sources := filepath.Join(dir, "sources")
	if err := os.MkdirAll(sources, 0o777); err != nil {
		return err
	}
	if err := cargo(sources, sources, "info", "--quiet", "--registry", "crates-io", spec); err != nil {
		return err
	}
	found, err := filepath.Glob(filepath.Join(sources, "registry/src/*", name+"-"+version))
	if err != nil || len(found) == 0 {
		return fmt.Errorf("%s: cargo did not unpack it (%w)", spec, fs.ErrNotExist)
	}
	fetching := proj + ".fetching"
	if err := os.CopyFS(fetching, os.DirFS(found[0])); err != nil {
		return err
	}
	if err := cargo(fetching, filepath.Join(dir, "home"), "fetch", "--locked", "--quiet"); err != nil {
		return err
	}
	fmt.Println("fetched", spec)
	return os.Rename(fetching, proj)
}

func cargo(dir, home string, args ...string) error {
	cmd := exec.Command("cargo", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CARGO_HOME="+home)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("cargo %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}
