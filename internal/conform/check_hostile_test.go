//go:build conform && linux

package conform

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode"

	"cargohome/internal/cargotest"
)

// hostilities wait for ever, go round in circles, have no end, or command a terminal.
var hostilities = []struct {
	name string
	put  func(outside, path string) error
}{
	{"a pipe", func(_, path string) error { return syscall.Mkfifo(path, 0o666) }},
	{"a pipe elsewhere", func(outside, path string) error { return os.Symlink(filepath.Join(outside, "pipe"), path) }},
	{"an endless device", func(_, path string) error { return os.Symlink("/dev/zero", path) }},
	{"a file elsewhere", func(outside, path string) error { return os.Symlink(filepath.Join(outside, "secret"), path) }},
	{"what it is in", func(_, path string) error { return os.Symlink(".", path) }},
	{"a terabyte", func(_, path string) error {
		return errors.Join(os.WriteFile(path, nil, 0o666), os.Truncate(path, 1<<40))
	}},
	{"a thousand folders", func(_, path string) error { return os.MkdirAll(path+strings.Repeat("/d", 1000), 0o777) }},
	{"an odd name", func(_, path string) error {
		return errors.Join(os.MkdirAll(filepath.Join(path, oddName), 0o777), os.WriteFile(filepath.Join(path, oddName, "Cargo.toml"), []byte(oddText), 0o666))
	}},
	{"odd text", func(_, path string) error { return os.WriteFile(path, []byte(oddText), 0o666) }},
}

// In every place of a home one of these stands, all of them in turn: check tells of it in
// time, opens no pipe, and what it prints can be shown.
func TestCheck_hostile(t *testing.T) {
	for _, name := range []string{"sparse", "git", "vendor", "local registry"} {
		s := oneSite(t, name)
		for i, place := range s.places() {
			for n := range placesEach() {
				h := hostilities[(i+n*4)%len(hostilities)]
				t.Run(name+"/"+h.name+"_"+strings.ReplaceAll(place, "/", ":"), func(t *testing.T) {
					t.Parallel()
					s.hostile(t, place, h.put)
				})
			}
		}
	}
}

const (
	hidden  = "what nobody is to see"
	oddName = "odd\x1b[31m\n\u202e\xff"
	oddText = "{\"dl\": \"\\u001b[31m\x1b[31m\u202e\xff\", \x1b]0;x\x07"
)

// hostile puts something in the place of what is there, and has check look at it.
func (s *checkSite) hostile(t *testing.T, place string, put func(outside, path string) error) {
	t.Helper()
	root := t.TempDir()
	dir, outside := filepath.Join(root, "site"), filepath.Join(root, "outside")
	write(t, filepath.Join(outside, "secret"), hidden)
	path := filepath.Join(dir, filepath.FromSlash(place))
	if err := errors.Join(syscall.Mkfifo(filepath.Join(outside, "pipe"), 0o666), cargotest.CopyTree(s.dir, dir), os.RemoveAll(path), put(outside, path)); err != nil {
		t.Fatal(err)
	}
	c := &checkCase{site: s}
	for _, flags := range [][]string{nil, {"--format", "json"}} {
		cmd := c.command(t, dir, append([]string{binary, "check"}, flags...), patience/6)
		out, _ := cmd.CombinedOutput()
		if status := cmd.ProcessState.ExitCode(); status != 0 && status != 1 && status != 3 || strings.Contains(string(out), "goroutine ") {
			t.Errorf("%s: %q ends with %d:\n%s", place, flags, status, out)
		}
		if shown := unshown(string(out)); shown != "" {
			t.Errorf("%s: %q prints %s in %q", place, flags, shown, out)
		}
		if strings.Contains(string(out), hidden) {
			t.Errorf("%s: what is elsewhere is told: %s", place, out)
		}
	}
}

// unshown names the first character that commands a terminal or shows as another.
func unshown(text string) string {
	for _, r := range text {
		if r != '\n' && !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return fmt.Sprintf("%U", r)
		}
	}
	return ""
}

// Beside builds, and cleaning that makes room all the time, check finds nothing.
func TestCheck_besideBuilds(t *testing.T) {
	length := min(30*time.Second, loopTime(t))
	home, dir := loopHome(t)
	together(t, home, dir, length,
		[]string{"cargo", "check", "--quiet", "--offline", "--locked", "--target-dir"}, // a new one each time
		[]string{binary, "clean", "--auto", "--quiet"},
		[]string{binary, "reextract", "--force", "--quiet"},
		[]string{binary, "check", "--quiet"},
		[]string{binary, "check", "--format", "json"},
	)
}

// The same with repositories and checkouts.
func TestCheck_besideCheckouts(t *testing.T) {
	length := min(30*time.Second, loopTime(t))
	s := oneSite(t, "git")
	together(t, s.path("home"), s.path("app"), length,
		[]string{"cargo", "check", "--quiet", "--offline", "--locked", "--target-dir"},
		[]string{binary, "clean", "--auto", "--checkouts", "--quiet"},
		[]string{binary, "clean", "--thin-dbs", "--keep", ".", "--quiet"},
		[]string{binary, "checkout", "--quiet"},
		[]string{binary, "check", "--quiet"},
		[]string{binary, "check", "--format", "json"},
	)
}
