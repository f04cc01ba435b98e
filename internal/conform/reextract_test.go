//go:build conform

package conform

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cargohome/internal/cargotest"
)

// withoutSources makes a home with the archives and the index of another.
func withoutSources(t *testing.T, home string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "home")
	registry := filepath.Join(dir, "registry")
	if err := os.MkdirAll(registry, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"index", "cache"} {
		command{dir, "", []string{"cp", "-a", filepath.Join(home, "registry", name), registry}}.output(t)
	}
	return dir
}

// All archives of all projects: what is unpacked equals what cargo unpacked.
func TestReextract_everything(t *testing.T) {
	theirs := filepath.Join(corpus(t), "home")
	home := withoutSources(t, theirs)
	command{home, home, []string{binary, "reextract"}}.output(t)
	sameTree(t, filepath.Join(theirs, "registry", "src"), filepath.Join(home, "registry", "src"))
}

// Cargo takes what is unpacked as its own: it finds nothing to fetch, rebuilds
// nothing, and touches nothing.
func TestReextract_is_fresh(t *testing.T) {
	for _, name := range []string{"ripgrep", "fd-find", "bat"} {
		project := filepath.Join(corpus(t), "proj", name)
		if _, err := os.Stat(project); err != nil {
			t.Logf("%s is not in the corpus", name)
			continue
		}
		if testing.Short() && name != "ripgrep" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			home, dir := withoutSources(t, filepath.Join(corpus(t), "home")), copyProject(t, project)
			build := command{dir, home, []string{"cargo", "build", "--offline", "--locked", "--verbose"}}
			build.output(t)
			src := filepath.Join(home, "registry", "src")
			theirs := filepath.Join(home, "theirs")
			if err := os.Rename(src, theirs); err != nil {
				t.Fatal(err)
			}
			command{dir, home, []string{binary, "reextract", "--manifest-path", "Cargo.toml"}}.output(t)
			fetch := command{dir, home, []string{"cargo", "fetch", "--offline", "--locked", "--quiet"}}
			before := inodes(t, src)
			fetch.output(t)
			if log := build.log(t); strings.Contains(log, "Compiling") || strings.Contains(log, "Dirty") || !strings.Contains(log, "Fresh") {
				t.Errorf("cargo builds again:\n%s", log)
			}
			if inodes(t, src) != before {
				t.Error("cargo changed what was unpacked")
			}
			contained(t, theirs, src)
		})
	}
}

// contained: each source that cargo made for a build is there and equal; ours are
// for all platforms.
func contained(t *testing.T, theirs, ours string) {
	t.Helper()
	made, err := filepath.Glob(filepath.Join(theirs, "*", "*"))
	if err != nil || len(made) == 0 {
		t.Fatalf("cargo unpacked nothing (%v)", err)
	}
	for _, dir := range made {
		rel, err := filepath.Rel(theirs, dir)
		if err != nil {
			t.Fatal(err)
		}
		sameTree(t, dir, filepath.Join(ours, rel))
	}
}

// log runs the command and returns what it says on standard error.
func (c command) log(t *testing.T) string {
	t.Helper()
	cmd := exec.Command(c.args[0], c.args[1:]...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "CARGO_HOME="+c.home, "CARGO_TERM_COLOR=never")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(c.args, " "), err, out)
	}
	return string(out)
}

// Cargo and cargohome at once on one home: all succeed, all the time.
func TestBesideCargo(t *testing.T) {
	besideEachOther(t,
		[]string{"cargo", "build", "--offline", "--locked", "--target-dir"}, // a new one each time
		[]string{"cargo", "fetch", "--offline", "--locked"},
		[]string{binary, "reextract", "--force"},
		[]string{binary, "reextract", "--manifest-path", "Cargo.toml"},
		[]string{binary, "vendor"},
	)
}

// besideEachOther runs commands in loops, at once on one home, in a project with
// twelve packages: for a minute, or as CARGOHOME_LOOP says.
func besideEachOther(t *testing.T, commands ...[]string) {
	t.Helper()
	home, dir := loopHome(t)
	together(t, home, dir, loopTime(t), commands...)
}

// loopHome makes a home, and a project with twelve packages.
func loopHome(t *testing.T) (home, dir string) {
	t.Helper()
	needCargo(t)
	home, dir = t.TempDir(), filepath.Join(t.TempDir(), "app")
	h := cargotest.NewHome(t, home)
	project := cargotest.Project{Name: "app"}
	for i := range 12 {
		c := cargotest.Crate{Name: fmt.Sprintf("dep%d", i), Version: "1.0.0"}
		if i > 0 {
			c.Deps = []cargotest.Dep{{Name: fmt.Sprintf("dep%d", i-1)}}
		}
		h.Add(c)
		project.Deps = append(project.Deps, cargotest.Dep{Name: c.Name})
	}
	h.WriteProject(dir, project)
	return home, dir
}

// together runs commands in loops, at once, for a time.
func together(t *testing.T, home, dir string, length time.Duration, commands ...[]string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	var wg sync.WaitGroup
	for i, args := range commands {
		wg.Go(func() { repeat(t, ctx, command{dir, home, args}, filepath.Join(home, fmt.Sprint("target", i))) })
	}
	wg.Wait()
}

func loopTime(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("CARGOHOME_LOOP")
	switch {
	case testing.Short():
		return 8 * time.Second
	case text == "":
		return 60 * time.Second
	}
	length, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return length
}

// repeat runs a command until ctx ends; where its last argument asks for a folder
// it gets a new one each time.
func repeat(t *testing.T, ctx context.Context, c command, folder string) {
	runs := 0
	for ; ctx.Err() == nil && !t.Failed(); runs++ {
		args := c.args
		if strings.HasSuffix(args[len(args)-1], "-dir") {
			args = append(args[:len(args):len(args)], fmt.Sprint(folder, "-", runs))
		}
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = c.dir
		cmd.Env = append(os.Environ(), "CARGO_HOME="+c.home)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("run %d of %q: %v\n%s", runs, args, err, out)
		}
	}
	t.Logf("%d runs of %q", runs, c.args)
}
