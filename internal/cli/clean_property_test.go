//go:build unix

package cli_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cargohome/internal/cargotest"
	"cargohome/internal/cli"
)

// lottery draws homes, lockfiles and selections.
type lottery struct{ *rand.Rand }

func (l lottery) chance(percent int) bool { return l.IntN(100) < percent }

func pick[T any](l lottery, of ...T) T { return of[l.IntN(len(of))] }

// randomHome makes a home with packages of two registries and of repositories, some of
// them damaged, and projects with lockfiles for some of it.
func randomHome(t *testing.T, l lottery, dir string) (locks []string) {
	t.Helper()
	h := cargotest.NewHome(t, filepath.Join(dir, "home"))
	versions := []string{"0.1.0", "1.0.0", "1.2.3", "2.0.0-rc.1", "2.0.0+build.5"}
	var crates []cargotest.Crate
	for _, name := range []string{"a", "bb", "ccc", "d-d", "E_long"} {
		for _, v := range versions[:1+l.IntN(len(versions))] {
			c := cargotest.Crate{Name: name, Version: v, Files: []cargotest.File{{Path: "src/x.rs", Content: strings.Repeat(name, l.IntN(3000))}}}
			h.Add(c)
			crates = append(crates, c)
			if l.chance(20) {
				h.Registry(pick(l, cargotest.CratesIOOld, cargotest.CratesIOGitOld, "other.example-0123456789abcdef")).Add(c)
			}
		}
	}
	commits := map[string][]string{}
	for _, name := range []string{"dep-76b49a6ab83d7ca8", "other-0123456789abcdef"} {
		url := map[bool]string{true: "https://example.com/dep", false: "https://example.com/other"}[strings.HasPrefix(name, "dep")]
		for n := range 1 + l.IntN(3) {
			commits[url] = append(commits[url], h.AddRepository(name, url, map[string][]byte{
				"Cargo.toml": fmt.Appendf(nil, "[package]\nname = \"dep\"\nversion = \"1.0.0\"\nedition = \"2021\"\ndescription = \"%d\"\n", n),
				"src/lib.rs": []byte("// a library\n"),
			}))
		}
	}
	for n := range 1 + l.IntN(3) {
		p := cargotest.Project{Name: fmt.Sprint("app", n), LockVersion: pick(l, 3, 4)}
		for _, c := range crates {
			if l.chance(30) && !slices.ContainsFunc(p.Deps, func(d cargotest.Dep) bool { return d.Name == c.Name }) {
				p.Deps = append(p.Deps, cargotest.Dep{Name: c.Name, Req: "=" + c.Version})
			}
		}
		if l.chance(60) {
			url := pick(l, slices.Sorted(maps.Keys(commits))...)
			p.Deps = append(p.Deps, cargotest.Dep{Name: "dep", Req: "1.0.0", Git: url + "#" + pick(l, commits[url]...)})
		}
		h.WriteProject(filepath.Join(dir, p.Name), p)
		locks = append(locks, filepath.Join(dir, p.Name, "Cargo.lock"))
	}
	return locks
}

// damage spoils some of a home.
func damage(t *testing.T, l lottery, home string) {
	t.Helper()
	for _, pattern := range []string{"registry/cache/*/*", "registry/src/*/*/.cargo-ok", "git/checkouts/*/*/.cargo-ok", "git/checkouts/*/*/.git/HEAD"} {
		found, err := filepath.Glob(filepath.Join(home, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range found {
			if l.chance(8) {
				if err := os.Truncate(path, 0); err != nil {
					t.Fatal(err)
				}
			} else if l.chance(5) {
				if err := os.RemoveAll(path); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// plans returns what vendor and checkout would do for each lockfile, or why not.
func plans(t *testing.T, dir string, locks []string) string {
	t.Helper()
	var b strings.Builder
	for _, lock := range locks {
		for _, command := range []string{"vendor", "checkout"} {
			var out, errs bytes.Buffer
			status := cli.Main(t.Context(), &cli.System{
				Args:    []string{"cargohome", "--format", "json", command, "--dry-run", "--lockfile-path", lock},
				Environ: environ(dir), Dir: dir, Stdout: &out, Stderr: &errs,
			})
			fmt.Fprintf(&b, "%s %s ends with %d:\n%s%s", command, lock, status, out.String(), took.ReplaceAllString(errs.String(), ""))
		}
	}
	return b.String()
}

var took = regexp.MustCompile(` in [0-9.]+s`)

// randomSelection draws flags.
func randomSelection(l lottery, locks []string) []string {
	args := []string{"clean"}
	for _, flag := range []string{"--src", "--checkouts", "--archives", "--index", "--dbs", "--auto", "--auto-expensive", "--orphans", "--broken", "--thin-dbs"} {
		if l.chance(35) {
			args = append(args, flag)
		}
	}
	for flag, value := range map[string]string{
		"--package": "a", "--registry": "index.crates.io", "--keep-versions": "1", "--older-than": "0 seconds", "--until-size": fmt.Sprint(l.IntN(300), "kB"),
	} {
		if l.chance(12) {
			args = append(args, flag, value)
		}
	}
	if l.chance(10) {
		args = []string{"clean"}
		for _, lock := range locks {
			args = append(args, "--ci", lock)
		}
		return args
	}
	for _, lock := range locks {
		args = append(args, "--keep", lock)
	}
	return args
}

// Whatever is selected, what the lockfiles kept need is planned for as before.
func TestClean_keeps_plans(t *testing.T) {
	rounds := 20
	if everyFault() {
		rounds = 250
	}
	seed := rand.Uint64()
	for round := range rounds {
		l := lottery{rand.New(rand.NewPCG(seed, uint64(round)))}
		dir := t.TempDir()
		locks := randomHome(t, l, dir)
		checkout := []string{"checkout"}
		for _, lock := range locks {
			checkout = append(checkout, "--lockfile-path", lock)
		}
		run(t, dir, "reextract")
		run(t, dir, checkout...)
		damage(t, l, filepath.Join(dir, "home"))
		kept := locks[:1+l.IntN(len(locks))]
		args := randomSelection(l, kept)
		before := plans(t, dir, kept)
		if args[1] == "--ci" { // of which checkouts are no part
			before = withoutStates(before)
		}
		status, stderr := run(t, dir, args...)
		after := plans(t, dir, kept)
		if args[1] == "--ci" {
			after = withoutStates(after)
		}
		if status != 0 && !strings.Contains(stderr, "all that is selected is not enough") {
			t.Fatalf("seed %d/%d: %q ends with %d:\n%s", seed, round, args, status, stderr)
		}
		if before != after {
			t.Fatalf("seed %d/%d: after %q the plans were\n%s\nand are\n%s\n%s", seed, round, args, before, after, stderr)
		}
	}
}

var states = regexp.MustCompile(`(?m)^ *"(state|why)": .*\n|^Would restore .*\n`)

func withoutStates(plans string) string { return states.ReplaceAllString(plans, "") }

// run runs the program in a folder, within this process.
func run(t *testing.T, dir string, args ...string) (status int, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = cli.Main(t.Context(), &cli.System{
		Args: append([]string{"cargohome"}, args...), Environ: environ(dir), Dir: dir, Settle: settle, Stdout: &out, Stderr: &errs,
	})
	return status, errs.String()
}

// What clean --auto removes, reextract and checkout bring back.
func TestClean_auto_is_undone(t *testing.T) {
	rounds := 10
	if everyFault() {
		rounds = 120
	}
	seed := rand.Uint64()
	for round := range rounds {
		l := lottery{rand.New(rand.NewPCG(seed, uint64(round)))}
		dir := t.TempDir()
		locks := randomHome(t, l, dir)
		checkout := []string{"checkout"}
		for _, lock := range locks {
			checkout = append(checkout, "--lockfile-path", lock)
		}
		run(t, dir, "reextract")
		run(t, dir, checkout...)
		if l.chance(50) {
			damageArchives(t, l, filepath.Join(dir, "home"))
		}
		if l.chance(50) {
			damageFiles(t, l, filepath.Join(dir, "home"))
		}
		before := rebuilt(t, dir)
		mustRunIn(t, dir, "clean", "--auto")
		run(t, dir, "reextract")
		mustRunIn(t, dir, checkout...)
		if after := rebuilt(t, dir); !maps.Equal(before, after) {
			t.Fatalf("seed %d/%d: not brought back:\n%s", seed, round, difference(before, after))
		}
	}
}

// damageArchives makes some that could not be unpacked again.
func damageArchives(t *testing.T, l lottery, home string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(home, "registry/cache/*/*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range found {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		switch l.IntN(8) {
		case 0:
			data = data[:len(data)/2]
		case 1:
			data[len(data)/2] ^= 1
		case 2:
			err = os.Remove(path)
			data = nil
		}
		if err == nil && data != nil {
			err = os.WriteFile(path, data, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// damageFiles makes objects of some files that are not what their names say, with a
// content of their own: checkouts have links to the same.
func damageFiles(t *testing.T, l lottery, home string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(home, "git/db/*/objects/??/*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range found {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !isFile(data) || l.chance(80) {
			continue
		}
		if l.chance(50) {
			data = nil
		} else {
			data[len(data)/2] ^= 1
		}
		if err := errors.Join(os.Remove(path), os.WriteFile(path, data, 0o444)); err != nil {
			t.Fatal(err)
		}
	}
}

// isFile reports whether a loose object is that of a file.
func isFile(object []byte) bool {
	z, err := zlib.NewReader(bytes.NewReader(object))
	if err != nil {
		return false
	}
	defer z.Close()
	kind := make([]byte, 4)
	_, err = io.ReadFull(z, kind)
	return err == nil && string(kind) == "blob"
}

func mustRunIn(t *testing.T, dir string, args ...string) {
	t.Helper()
	if status, stderr := run(t, dir, args...); status != 0 {
		t.Fatalf("%q ends with %d:\n%s", args, status, stderr)
	}
}

// rebuilt describes what can be rebuilt, but for what checkouts have of the repository:
// also what is damaged in it, and of no use to them.
func rebuilt(t *testing.T, dir string) map[string]string {
	t.Helper()
	all, _ := units(t, dir)
	maps.DeleteFunc(all, func(name, _ string) bool {
		return !strings.HasPrefix(name, "home/registry/src/") && !strings.HasPrefix(name, "home/git/checkouts/")
	})
	for name, text := range all {
		all[name] = objectLines.ReplaceAllString(text, "")
	}
	return all
}

var objectLines = regexp.MustCompile(`(?m)^.*/\.git/objects/.*\n`)
