//go:build unix

package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unicode"

	"cargohome/internal/cargotest"
	"cargohome/internal/cli"
	"cargohome/internal/fsx"
	"cargohome/internal/staging"
)

// Modes are compared, and these tests run the program in their own process.
func init() {
	syscall.Umask(0o022)
	fsx.Umask() // which is asked for once
}

// archiveCommand is a command that unpacks archives.
type archiveCommand struct {
	name   string
	dir    string // into which it unpacks
	suffix string // of the folders of packages in dir
	marker string // the file that it adds to each
	lines  func(cargotest.Hostile) []string
	alone  bool // an archive that is refused stops the others too
}

var archiveCommands = []archiveCommand{
	{"vendor", "vendor", "", ".cargo-checksum.json", cargotest.Hostile.Vendored, true},
	{"reextract", "home/registry/src/" + cargotest.CratesIO, "-1.0.0", ".cargo-ok", cargotest.Hostile.Unpacked, false},
}

// Hostile archives are refused with the entry named, or made harmless: nothing
// outside is touched, nothing half-made is left, and what was there stays. The
// lockfile and the index vouch for them, as whoever makes an archive makes its
// checksum.
func TestHostileArchives(t *testing.T) {
	for _, h := range cargotest.HostileArchives() {
		t.Run(h.Name, func(t *testing.T) {
			if h.Heavy && testing.Short() {
				t.Skip("takes long")
			}
			t.Parallel()
			w := newHostileWorld(t, h.Archive())
			for _, c := range archiveCommands {
				t.Run(c.name, func(t *testing.T) { w.run(t, h, c) })
			}
			if h.Accepted() || h.Heavy {
				return
			}
			for _, c := range archiveCommands {
				w.write(t, filepath.Join(c.dir, "evil"+c.suffix, ".cargo-checksum.json"), "old")
				t.Run(c.name+"_over_old", func(t *testing.T) { w.run(t, h, c) })
			}
		})
	}
}

// hostileWorld is a folder with a home, in which there are the crates evil and
// good, with a lockfile of these, and with a sentinel.
type hostileWorld struct{ root string }

func newHostileWorld(t *testing.T, archive []byte) hostileWorld {
	t.Helper()
	w := hostileWorld{t.TempDir()}
	t.Cleanup(func() { _ = staging.RemoveAll(w.root) }) // with folders that are not for writing to
	w.write(t, "sentinel", "untouched")
	home := cargotest.NewHome(t, filepath.Join(w.root, "home"))
	home.AddHostile(archive)
	home.Add(cargotest.Crate{Name: "good", Version: "1.0.0"})
	home.WriteLock(w.root, cargotest.Project{Name: "app", Deps: []cargotest.Dep{{Name: "evil"}, {Name: "good"}}})
	return w
}

func (w hostileWorld) write(t *testing.T, path, text string) {
	t.Helper()
	path = filepath.Join(w.root, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func (w hostileWorld) run(t *testing.T, h cargotest.Hostile, c archiveCommand) {
	t.Helper()
	before := w.tree(t, "")
	var stdout, stderr bytes.Buffer
	status := cli.Main(t.Context(), &cli.System{
		Args:    []string{"cargohome", c.name, "--lockfile-path", "Cargo.lock"},
		Environ: []string{"CARGO_HOME=" + filepath.Join(w.root, "home")},
		Dir:     w.root,
		Stdout:  &stdout, Stderr: &stderr,
	})
	after := w.tree(t, "")
	checkSafeToShow(t, stdout.String()+stderr.String())
	if h.Accepted() {
		w.checkAccepted(t, h, c, status, stderr.String())
		after, before = withoutBelow(after, c.dir), withoutBelow(before, c.dir)
		after, before = withoutBelow(after, "home/cargohome"), withoutBelow(before, "home/cargohome") // what is remembered
	} else {
		checkRefused(t, h, status, stderr.String())
		if !c.alone {
			after, before = withoutBelow(after, c.dir+"/good"), withoutBelow(before, c.dir+"/good")
		}
	}
	if diff := cargotest.DiffLines(before, strings.Join(after, "\n"), ""); diff != "" {
		t.Errorf("around it (-before +after):\n%s", diff)
	}
}

func (w hostileWorld) checkAccepted(t *testing.T, h cargotest.Hostile, c archiveCommand, status int, stderr string) {
	t.Helper()
	if status != 0 {
		t.Errorf("status %d, want 0:\n%s", status, stderr)
		return
	}
	got := strings.Join(w.tree(t, filepath.Join(c.dir, "evil"+c.suffix)), "\n")
	if diff := cargotest.DiffLines(c.lines(h), got, c.marker); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func checkRefused(t *testing.T, h cargotest.Hostile, status int, stderr string) {
	t.Helper()
	if status != 1 || !strings.Contains(stderr, "evil v1.0.0 from ") || !strings.Contains(stderr, h.Says) {
		t.Errorf("status %d, want 1, and evil v1.0.0 and %q in:\n%s", status, h.Says, stderr)
	}
	if len(stderr) > 2000 {
		t.Errorf("%d bytes are printed", len(stderr))
	}
}

// checkSafeToShow: nothing that commands a terminal or shows other than it is.
func checkSafeToShow(t *testing.T, text string) {
	t.Helper()
	for _, r := range text {
		if r != '\n' && !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			t.Errorf("%U is printed in %q", r, text)
			return
		}
	}
}

// tree lists what is in a folder, lock files left out.
func (w hostileWorld) tree(t *testing.T, dir string) []string {
	t.Helper()
	text, err := cargotest.Tree(filepath.Join(w.root, dir))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	return slices.DeleteFunc(lines, func(line string) bool { return strings.Contains(line, " home/.package-cache") })
}

// withoutBelow leaves out the folder, those above it that may have been made for it,
// and all whose paths begin with its own.
func withoutBelow(lines []string, dir string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool {
		path := cargotest.TreePath(line)
		return strings.HasPrefix(path, dir) || strings.HasSuffix(path, "/") && strings.HasPrefix(dir, path) && path != "home/" && path != "home/registry/"
	})
}
