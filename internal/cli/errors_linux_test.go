package cli_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"cargohome/internal/cargotest"
)

// The errors of a file system: each says what was written to, by a name that people know,
// and what can be done.
func TestErrors_denied(t *testing.T) {
	cargotest.NotPortable(t, "whose a file is is not told")
	const self = "/proc/self/exe" // which whoever it is may run
	if _, err := os.Stat(self); err != nil || os.Getuid() != 0 {
		t.Skip("only root may become somebody else, and only where there is " + self)
	}
	dir := scenes["vendor"].build(t)
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"vendor"}, {"vendor", "-o", "x.tar"}, {"vendor", "--write-config"}, {"reextract", "--force"}, {"clean", "--auto"}, {"pack", "-o", "x.tar"}, {"mirror", "m", "--url", "https://example.com"}} {
		cmd := exec.Command(self, args...)
		cmd.Args[0], cmd.Dir, cmd.Env = "cargohome", filepath.Join(dir, "app"), environ(dir)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 4242, Gid: 4242}}
		out, err := cmd.CombinedOutput()
		text := string(out)
		if err == nil || strings.Contains(text, ".cargohome-tmp-") || !strings.Contains(text, " belongs to root, and has mode 0755; this runs as user 4242: do it as root") {
			t.Errorf("%q says (%v):\n%s", args, err, text)
		}
	}
}

func TestErrors_read_only(t *testing.T) {
	dir := scenes["vendor"].build(t)
	mount(t, dir, dir, "", syscall.MS_BIND)
	mount(t, "", dir, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY)
	for _, args := range [][]string{{"vendor"}, {"reextract", "--force"}, {"clean", "--auto"}, {"pack", "-o", "x.tar"}} {
		status, _, stderr := runRaw(t, dir, args...)
		if status != 1 || strings.Contains(stderr, ".cargohome-tmp-") || strings.Count(stderr, "help: ") != 1 || !strings.Contains(stderr, "`vendor DIR`, `pack -o FILE` and `mirror DIR` only read the home") {
			t.Errorf("%q ends with %d and says:\n%s", args, status, stderr)
		}
	}
	elsewhere := t.TempDir()
	for _, args := range [][]string{{"vendor", filepath.Join(elsewhere, "vendor")}, {"pack", "-o", filepath.Join(elsewhere, "x.tar")}, {"mirror", filepath.Join(elsewhere, "m"), "--url", "https://example.com"}, {"verify"}, {"size"}} {
		if status, _, stderr := runRaw(t, dir, args...); status != 0 {
			t.Errorf("%q ends with %d and says:\n%s", args, status, stderr)
		}
	}
}

// What a full disk has room for, how much is needed, and what comes back from the home.
func TestErrors_full(t *testing.T) {
	cargotest.NotPortable(t, "what room there is is not told")
	dir := t.TempDir()
	mount(t, "none", dir, "tmpfs", 0)
	home := cargotest.NewHome(t, filepath.Join(dir, "home"))
	large := strings.Repeat("// a line that is long enough to count\n", 40<<10)
	home.Add(cargotest.Crate{Name: "a", Version: "1.0.0", Files: []cargotest.File{{Path: "src/lib.rs", Content: large}}})
	home.WriteProject(filepath.Join(dir, "app"), cargotest.Project{Name: "app", Deps: []cargotest.Dep{{Name: "a"}}})
	mustRun(t, dir, "reextract")
	mount(t, "none", dir, "tmpfs", syscall.MS_REMOUNT, "size=2500k")
	status, stdout, stderr := runRaw(t, dir, "vendor", "--format", "json")
	for _, want := range []string{"no space left on device", "vendor has room for ", ", and about 1.5 MiB are needed; `cargohome clean --auto` gives back 1.5 MiB there"} {
		if status != 1 || !strings.Contains(stderr, want) {
			t.Errorf("the run ends with %d, and %q is not in\n%s", status, want, stderr)
		}
	}
	var v struct{ Error string }
	if err := json.Unmarshal([]byte(stdout), &v); err != nil || !strings.Contains(v.Error, "no space left") {
		t.Errorf("stdout is %q (%v)", stdout, err)
	}
}

// What is full is the disk that is mounted where something belongs, of which only what is lacking
// is to be put there.
func TestErrors_full_below(t *testing.T) {
	cargotest.NotPortable(t, "what room there is is not told")
	dir := t.TempDir()
	noise := make([]byte, 300<<10)
	rand.NewChaCha8([32]byte{}).Read(noise) // which never fails
	home := cargotest.NewHome(t, filepath.Join(dir, "home"))
	home.Add(
		cargotest.Crate{Name: "a", Version: "1.0.0", Files: []cargotest.File{{Path: "x", Content: string(noise)}}},
		cargotest.Crate{Name: "b", Version: "1.0.0", Files: []cargotest.File{{Path: "x", Content: string(noise)}}},
	)
	home.WriteProject(filepath.Join(dir, "app"), cargotest.Project{Name: "app", Deps: []cargotest.Dep{{Name: "a"}, {Name: "b"}}})
	mustRun(t, dir, "pack", "-o", "b.tar")
	cache := filepath.Join(dir, "new", "registry", "cache", cargotest.CratesIO)
	if err := os.MkdirAll(cache, 0o777); err != nil {
		t.Fatal(err)
	}
	mount(t, "none", cache, "tmpfs", 0, "size=400k")
	mustRun(t, dir, "--cargo-home", "../new", "unpack", "-p", "a", "b.tar")
	status, stderr := runIn(t, dir, "--cargo-home", "../new", "unpack", "b.tar")
	for _, want := range []string{"error: write " + cache + "/b-1.0.0.crate: no space left on device", cache + " has room for ", ", and about 30"} {
		if status != 1 || !strings.Contains(stderr, want) {
			t.Errorf("the run ends with %d, and %q is not in\n%s", status, want, stderr)
		}
	}
}

// Fifty archives that may not be read are one message.
func TestErrors_alike(t *testing.T) {
	dir := t.TempDir()
	home := cargotest.NewHome(t, filepath.Join(dir, "home"))
	var deps []cargotest.Dep
	for n := range 50 {
		c := cargotest.Crate{Name: fmt.Sprintf("c%d", n), Version: "1.0.0"}
		deps = append(deps, cargotest.Dep{Name: c.Name})
		home.Add(c)
	}
	home.WriteProject(filepath.Join(dir, "app"), cargotest.Project{Name: "app", Deps: deps})
	for _, d := range deps {
		path := home.Registry(cargotest.CratesIO).ArchivePath(d.Name + "-1.0.0")
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Base(path), path); err != nil { // which leads to itself
			t.Fatal(err)
		}
	}
	_, stdout, stderr := runRaw(t, dir, "vendor", "--format", "json")
	if n := strings.Count(stderr, "\n"); n > 10 || !strings.Contains(stderr, "50 packages cannot be vendored") || !strings.Contains(stderr, "and 47 more: too many levels of symbolic links") {
		t.Errorf("in %d lines it says\n%s", n, stderr)
	}
	var v struct {
		Missing []struct{ Name, Checksum string }
	}
	if err := json.Unmarshal([]byte(stdout), &v); err != nil || len(v.Missing) != 50 || len(v.Missing[0].Checksum) != 64 {
		t.Errorf("missing are %v (%v)", v.Missing, err)
	}
}

func mount(t *testing.T, from, to, kind string, flags uintptr, data ...string) {
	t.Helper()
	if err := syscall.Mount(from, to, kind, flags, strings.Join(data, ",")); err != nil {
		t.Skipf("nothing can be mounted here: %v", err)
	}
	if flags&syscall.MS_REMOUNT == 0 {
		t.Cleanup(func() { _ = syscall.Unmount(to, syscall.MNT_DETACH) })
	}
}
