//go:build conform

package conform

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cargohome/internal/cargotest"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) {
	if dir := os.Getenv(serveVariable); dir != "" {
		os.Exit(serveAndRun(dir, os.Args[1:]))
	}
	if dir := os.Getenv(filesVariable); dir != "" {
		serveFiles(dir)
	}
	dir, err := os.MkdirTemp("", "cargohome-conform-")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "cargohome")
	build := exec.Command("go", "build", "-o", binary, "cargohome")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		panic(err)
	}
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}

func needCargo(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("cargo"); err != nil {
		t.Skip("cargo is not installed")
	}
}

// corpus returns the folder of the real projects.
func corpus(t *testing.T) string {
	t.Helper()
	needCargo(t)
	dir := os.Getenv("CARGOHOME_CORPUS")
	if dir == "" {
		t.Skip("CARGOHOME_CORPUS is not set: no real projects")
	}
	return dir
}

// command is one run of a program.
type command struct {
	dir  string
	home string
	args []string
}

// output runs the command and returns its standard output.
func (c command) output(t *testing.T) string {
	t.Helper()
	stdout, stderr, err := c.run()
	if err != nil {
		t.Fatalf("%s in %s: %v\n%s", strings.Join(c.args, " "), c.dir, err, stderr)
	}
	return stdout
}

// try runs a command that may fail, and returns what it says.
func (c command) try() (stderr string, err error) {
	_, stderr, err = c.run()
	return stderr, err
}

func (c command) run() (stdout, stderr string, err error) {
	cmd := exec.Command(c.args[0], c.args[1:]...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "CARGO_HOME="+c.home, "CARGO_TERM_COLOR=never")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

// ends runs the command, which is to end with a status, and returns its standard output.
func (c command) ends(t *testing.T, status int) string {
	t.Helper()
	cmd := exec.Command(c.args[0], c.args[1:]...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "CARGO_HOME="+c.home, "CARGO_TERM_COLOR=never")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	_ = cmd.Run()
	if got := cmd.ProcessState.ExitCode(); got != status {
		t.Fatalf("%s in %s ends with %d, not %d\n%s", strings.Join(c.args, " "), c.dir, got, status, stderr.Bytes())
	}
	return stdout.String()
}

// both runs `cargo vendor` and `cargohome vendor` with the same arguments in
// copies of one project, and compares trees and standard outputs. The folder to
// vendor into is "vendor" below the project.
func both(t *testing.T, project, home string, args ...string) {
	t.Helper()
	theirs, ours := copyProject(t, project), copyProject(t, project)
	if entries, _ := os.ReadDir(filepath.Join(ours, "vendor")); len(entries) > 0 {
		refusesToEmpty(t, ours, home, args...)
		command{ours, home, append([]string{binary, "vendor", "--force"}, args...)}.output(t)
	}
	sameVendor(t, theirs, ours, home, args...)
}

// refusesToEmpty makes sure of what is not as cargo does: a folder "vendor" with files of
// the project's own, such as atuin has, is emptied by cargo, and here refused.
func refusesToEmpty(t *testing.T, project, home string, args ...string) {
	t.Helper()
	before := tree(t, filepath.Join(project, "vendor"))
	said, err := command{project, home, append([]string{binary, "vendor"}, args...)}.try()
	if err == nil || !strings.Contains(said, "is not a vendor folder") {
		t.Errorf("%v: %s", err, said)
	}
	if after := tree(t, filepath.Join(project, "vendor")); !slices.Equal(before, after) {
		t.Errorf("the folder has %q", after)
	}
}

func sameVendor(t *testing.T, theirs, ours, home string, args ...string) {
	t.Helper()
	want := command{theirs, home, append([]string{"cargo", "vendor", "--locked", "--offline"}, args...)}.output(t)
	got := command{ours, home, append([]string{binary, "vendor"}, args...)}.output(t)
	if got != want {
		t.Errorf("printed config is\n%s\nwant\n%s", got, want)
	}
	sameTree(t, filepath.Join(theirs, "vendor"), filepath.Join(ours, "vendor"))
}

func copyProject(t *testing.T, project string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), filepath.Base(project))
	if err := os.CopyFS(dir, os.DirFS(project)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// sameTree compares names, contents, modes and times.
func sameTree(t *testing.T, theirs, ours string) {
	t.Helper()
	want, got := tree(t, theirs), tree(t, ours)
	if slices.Equal(want, got) {
		t.Logf("%d entries are the same", len(got))
		return
	}
	reported := 0
	report := func(sign string, lines, others []string) {
		have := map[string]bool{}
		for _, line := range others {
			have[line] = true
		}
		for _, line := range lines {
			if !have[line] && reported < 40 {
				reported++
				t.Errorf("%s %s", sign, line)
			}
		}
	}
	report("cargo only:    ", want, got)
	report("cargohome only:", got, want)
}

func tree(t *testing.T, dir string) []string {
	t.Helper()
	text, err := cargotest.Tree(dir)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(text), "\n")
}
