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
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cargohome/internal/cargotest"
	"cargohome/internal/cli"
)

// drawWorld draws a world, and has its sources unpacked and its commits checked out.
func drawWorld(t *testing.T, l cargotest.Lottery) *cargotest.World {
	t.Helper()
	w := cargotest.NewWorld(t, l, t.TempDir())
	mustRunIn(t, w.Dir, "reextract")
	for _, p := range w.Projects {
		mustRunIn(t, w.Dir, "-C", p.Dir, "checkout")
	}
	return w
}

// plans returns what vendor and checkout would do in each project, or why not.
func plans(t *testing.T, dir string, projects []cargotest.DrawnProject) string {
	t.Helper()
	var b strings.Builder
	for _, p := range projects {
		for _, command := range []string{"vendor", "checkout"} {
			var out, errs bytes.Buffer
			status := cli.Main(t.Context(), &cli.System{
				Args:    []string{"cargohome", "--format", "json", command, "--dry-run"},
				Environ: environ(dir), Dir: p.Dir, Stdout: &out, Stderr: &errs,
			})
			fmt.Fprintf(&b, "%s in %s ends with %d:\n%s%s", command, p.Dir, status, out.String(), took.ReplaceAllString(errs.String(), ""))
		}
	}
	return b.String()
}

var took = regexp.MustCompile(` in [0-9.]+s`)

// randomSelection draws flags.
func randomSelection(l cargotest.Lottery, locks []string) []string {
	args := []string{"clean"}
	for _, flag := range []string{"--src", "--checkouts", "--archives", "--index", "--dbs", "--auto", "--auto-expensive", "--orphans", "--broken", "--thin-dbs"} {
		if l.Chance(35) {
			args = append(args, flag)
		}
	}
	for flag, value := range map[string]string{
		"--package": "a", "--registry": "index.crates.io", "--keep-versions": "1", "--older-than": "0 seconds", "--until-size": fmt.Sprint(l.IntN(300), "kB"),
	} {
		if l.Chance(12) {
			args = append(args, flag, value)
		}
	}
	if l.Chance(10) {
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

// someRounds is how many rounds are played: the race detector, which is run short, takes
// ten times as long for each.
func someRounds(some, all int) int {
	switch {
	case testing.Short():
		return some / 4
	case everyFault():
		return all
	}
	return some
}

// Whatever is selected, what the lockfiles kept need is planned for as before.
func TestClean_keeps_plans(t *testing.T) {
	rounds := someRounds(40, 250)
	seed := rand.Uint64()
	for round := range rounds {
		l := cargotest.NewLottery(seed, uint64(round))
		w := drawWorld(t, l)
		dir := w.Dir
		w.Age()
		kept := w.Projects[:1+l.IntN(len(w.Projects))]
		args := randomSelection(l, locksOf(kept))
		before := plans(t, dir, kept)
		if args[1] == "--ci" { // of which checkouts are no part
			before = withoutStates(before)
		}
		status, stderr := run(t, dir, args...)
		after := plans(t, dir, kept)
		if args[1] == "--ci" {
			after = withoutStates(after)
		}
		if status > 1 {
			t.Fatalf("seed %d/%d: %q ends with %d:\n%s", seed, round, args, status, stderr)
		}
		if before != after && !strings.Contains(before, "damaged repository") { // what was damaged may go, and another copy be found
			t.Fatalf("seed %d/%d: after %q the plans of vendor and checkout differ:\n%s\n%s", seed, round, args, cmp.Diff(before, after), stderr)
		}
	}
}

func locksOf(projects []cargotest.DrawnProject) (locks []string) {
	for _, p := range projects {
		locks = append(locks, p.Lock())
	}
	return locks
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
	rounds := someRounds(20, 120)
	seed := rand.Uint64()
	for round := range rounds {
		l := cargotest.NewLottery(seed, uint64(round))
		w := drawWorld(t, l)
		dir := w.Dir
		if l.Chance(50) {
			damageArchives(t, l, filepath.Join(dir, "home"))
		}
		if l.Chance(50) {
			damageFiles(t, l, filepath.Join(dir, "home"))
		}
		before := rebuilt(t, dir)
		mustRunIn(t, dir, "clean", "--auto")
		run(t, dir, "reextract")
		for _, p := range w.Projects {
			run(t, dir, "-C", p.Dir, "checkout") // it may refuse what is damaged, and whose checkout stayed
		}
		if after := rebuilt(t, dir); !maps.Equal(before, after) {
			t.Fatalf("seed %d/%d: not brought back:\n%s", seed, round, difference(before, after))
		}
	}
}

// damageArchives makes some that could not be unpacked again.
func damageArchives(t *testing.T, l cargotest.Lottery, home string) {
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
func damageFiles(t *testing.T, l cargotest.Lottery, home string) {
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
		if !isFile(data) || l.Chance(80) {
			continue
		}
		if l.Chance(50) {
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
