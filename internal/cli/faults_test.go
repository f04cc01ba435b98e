//go:build unix

package cli_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"cargohome/internal/cargotest"
	"cargohome/internal/cli"
	"cargohome/internal/redeflate"
	"cargohome/internal/staging"
)

// The tests below break runs off, by a fault of every call that changes something,
// and by killing the process before it. Whatever happens, each unit that Cargo
// reads, such as the folder of a package, is as it was or as it is to be, and the
// next run ends as one that nothing disturbed. `make test` takes some of the faults
// and kills, the conform build all; see everyFault.

// scene is something to do, in a folder with a Cargo home and a project.
type scene struct {
	args []string
	// before is run when the folder has been made.
	before func(t *testing.T, dir string)
	// whole says that a run that fails changes nothing at all: it is not enough
	// that units are whole.
	whole bool
}

var scenes = map[string]scene{
	"vendor":           {args: []string{"vendor"}, whole: true},
	"vendor_replacing": {args: []string{"vendor", "--write-config"}, before: makeStale, whole: true},
	"vendor_nested":    {args: []string{"vendor", "third/party/vendor", "--write-config"}, whole: true},
	"vendor_tar":       {args: []string{"vendor", "--format", "tar.gz", "--write-config"}, whole: true},
	"vendor_tar_again": {args: []string{"vendor", "-o", "v.tar.zst"}, before: makeTar, whole: true},
	"pack":             {args: []string{"pack", "-o", "home.tar.gz"}, whole: true},
	"pack_again":       {args: []string{"pack", "-o", "v.tar.zst", "--with-lockfiles", "--exact-archives"}, before: makeTar, whole: true},
	"pack_small":       {args: []string{"pack", "--small", "-o", "home.tar.zst"}, whole: true},
	"reextract":        {args: []string{"reextract"}},
	"reextract_force":  {args: []string{"reextract", "--force"}, before: makeSources},
	"checkout":         {args: []string{"checkout"}},
	"checkout_force":   {args: []string{"checkout", "--force"}, before: makeCheckouts},
	"verify":           {args: []string{"verify", "--repair"}, before: makeDamaged},
	"verify_vendor":    {args: []string{"verify", "vendor", "vendor", "--lockfile-path", "Cargo.lock", "--repair"}, before: makeChanged},
	"unpack":           {args: []string{"unpack", "../packed.tar"}, before: makeOlder, whole: true},
	"unpack_new":       {args: []string{"unpack", "../packed.tar"}, before: makeNone},
	"unpack_small":     {args: []string{"unpack", "../packed.tar"}, before: makeSmall, whole: true},
	"mirror":           {args: []string{"mirror", "mirror", "--prune", "--write-config"}, before: makeMirror, whole: true},
	"mirror_new":       {args: []string{"mirror", "local", "--layout", "local-registry"}, whole: true},
	"mirror_bundle":    {args: []string{"mirror", "mirror", "--from", "../packed.tar"}, before: makeMirrored, whole: true},
}

var sceneCrate = cargotest.Crate{Name: "a", Version: "1.0.0", Encoder: redeflate.ZlibRs06, Files: []cargotest.File{
	{Path: "deep/er/file", Content: "x"}, {Path: "sealed/", Type: '5', Mode: 0o555}, {Path: "sealed/x", Content: "x"},
}}

// build makes the folder of a scene: a home with three packages, of which one is
// from git, and a project that needs them.
func (s scene) build(t *testing.T) (dir string) {
	t.Helper()
	syscall.Umask(0o022)
	dir = t.TempDir()
	home := cargotest.NewHome(t, filepath.Join(dir, "home"))
	home.Add(
		sceneCrate,
		cargotest.Crate{Name: "b", Version: "1.0.0"},
	)
	commit := home.AddRepository("dep-76b49a6ab83d7ca8", "https://example.com/dep", map[string][]byte{
		"Cargo.toml": []byte("[package]\nname = \"dep\"\nversion = \"1.0.0\"\nedition = \"2021\"\n"),
		"src/lib.rs": []byte("// a library\n"),
		"tests/t.rs": []byte("// a test\n"),
	})
	home.WriteProject(filepath.Join(dir, "app"), cargotest.Project{Name: "app", Deps: []cargotest.Dep{
		{Name: "a"}, {Name: "b"}, {Name: "dep", Req: "1.0.0", Git: "https://example.com/dep#" + commit},
	}})
	if s.before != nil {
		s.before(t, dir)
	}
	return dir
}

// makeStale leaves a vendor folder in which one package is as it should be, one is
// not, and some are to go.
func makeStale(t *testing.T, dir string) {
	mustRun(t, dir, "vendor", "--write-config")
	vendor := filepath.Join(dir, "app", "vendor")
	writeFile(t, filepath.Join(vendor, "b", "src", "lib.rs"), "changed")
	writeFile(t, filepath.Join(vendor, "dep", "src", "lib.rs"), "changed")
	writeFile(t, filepath.Join(vendor, "gone", "x"), "to be removed")
	writeFile(t, filepath.Join(vendor, "file"), "to be removed")
	writeFile(t, filepath.Join(dir, "app", ".cargo", "config.toml"), "# mine\n[build]\njobs = 1\n")
}

// makeTar leaves another tar in place.
func makeTar(t *testing.T, dir string) {
	writeFile(t, filepath.Join(dir, "app", "v.tar.zst"), "of yesterday")
}

func makeSources(t *testing.T, dir string) {
	mustRun(t, dir, "reextract")
	src := filepath.Join(dir, "home", "registry", "src", cargotest.CratesIO)
	writeFile(t, filepath.Join(src, "a-1.0.0", "stray"), "stray")
	writeFile(t, filepath.Join(src, "b-1.0.0", "stray"), "stray")
}

func makeCheckouts(t *testing.T, dir string) {
	mustRun(t, dir, "checkout")
	found, err := filepath.Glob(filepath.Join(dir, "home", "git", "checkouts", "*", "*"))
	if err != nil || len(found) != 1 {
		t.Fatalf("checkouts are %q (%v)", found, err)
	}
	writeFile(t, filepath.Join(found[0], "stray"), "stray")
}

// makeDamaged leaves sources and a checkout that are not as they should be.
func makeDamaged(t *testing.T, dir string) {
	makeSources(t, dir)
	makeCheckouts(t, dir)
}

// makeChanged leaves a vendor folder in which two packages are not as they should be.
func makeChanged(t *testing.T, dir string) {
	mustRun(t, dir, "vendor")
	for _, name := range []string{"a/deep/er/file", "dep/src/lib.rs"} {
		writeFile(t, filepath.Join(dir, "app", "vendor", filepath.FromSlash(name)), "changed")
	}
}

// makeOlder leaves a bundle, and a home in which an archive is missing, one damaged, and the
// index of another time.
func makeOlder(t *testing.T, dir string) {
	mustRun(t, dir, "pack", "-o", "../packed.tar", "--with-lockfiles")
	cache := filepath.Join(dir, "home", "registry", "cache", cargotest.CratesIO)
	index := filepath.Join(dir, "home", "registry", "index", cargotest.CratesIO)
	for _, path := range []string{filepath.Join(cache, "a-1.0.0.crate"), filepath.Join(index, "config.json"), filepath.Join(index, ".cache", "1", "b"), filepath.Join(dir, "home", "git")} {
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
	}
	writeFile(t, filepath.Join(cache, "b-1.0.0.crate"), "damaged")
	older := cargotest.CacheFile(`etag: "x"`, [][]byte{cargotest.Crate{Name: "a", Version: "0.9.0"}.IndexLine("")})
	writeFile(t, filepath.Join(index, ".cache", "1", "a"), string(older))
}

// makeNone leaves a bundle, and no home.
func makeNone(t *testing.T, dir string) {
	mustRun(t, dir, "pack", "-o", "../packed.tar")
	if err := os.RemoveAll(filepath.Join(dir, "home")); err != nil {
		t.Fatal(err)
	}
}

// makeSmall is makeOlder with a bundle in which there is content in place of archives.
func makeSmall(t *testing.T, dir string) {
	makeOlder(t, dir)
	mustRun(t, dir, "unpack", "../packed.tar")
	bundle := filepath.Join(dir, "packed.tar")
	mustRun(t, dir, "pack", "--small", "--format", "tar.zst", "-o", "../small.tar.zst")
	makeOlder(t, dir)
	if err := os.Rename(filepath.Join(dir, "small.tar.zst"), bundle); err != nil {
		t.Fatal(err)
	}
}

// makeMirror leaves a mirror in which a version is to go, and in the place of one that is to
// come lies what is none.
func makeMirror(t *testing.T, dir string) {
	home := cargotest.NewHome(t, filepath.Join(dir, "home"))
	older := cargotest.NewHome(t, filepath.Join(dir, "older"))
	older.Add(cargotest.Crate{Name: "a", Version: "0.9.0"}, sceneCrate, cargotest.Crate{Name: "gone", Version: "1.0.0"})
	mustRun(t, dir, "mirror", "mirror", "--from", older.Dir)
	mustRun(t, dir, "mirror", "mirror", "--lockfile-path", "Cargo.lock")
	archives := filepath.Join(dir, "app", "mirror", "crates-io")
	for _, path := range []string{"crates/b", "sha256/" + cargotest.Crate{Name: "b", Version: "1.0.0"}.Checksum() + ".crate", "index/1/b"} {
		if err := os.RemoveAll(filepath.Join(archives, path)); err != nil {
			t.Fatal(err)
		}
	}
	writeFile(t, filepath.Join(archives, "crates", "b", "b-1.0.0.crate"), "damaged")
	home.Add(cargotest.Crate{Name: "b", Version: "1.0.0", Yanked: true})
}

// makeMirrored leaves a bundle, and a mirror that lacks a part of it.
func makeMirrored(t *testing.T, dir string) {
	mustRun(t, dir, "pack", "-o", "../packed.tar")
	if err := os.Remove(filepath.Join(dir, "home", "registry", "cache", cargotest.CratesIO, "b-1.0.0.crate")); err != nil {
		t.Fatal(err)
	}
	mustRun(t, dir, "mirror", "mirror")
}

// checkMirrors: for each line that a mirror has there is its archive.
func checkMirrors(t *testing.T, what, dir string) {
	t.Helper()
	indexes, err := filepath.Glob(filepath.Join(dir, "app", "*", "crates-io", "index"))
	if err != nil {
		t.Fatal(err)
	}
	for _, index := range indexes {
		_ = filepath.WalkDir(index, func(path string, e os.DirEntry, err error) error {
			if err != nil || e.IsDir() || e.Name() == "config.json" {
				return err
			}
			checkMirrored(t, what, filepath.Dir(index), path)
			return nil
		})
	}
}

func checkMirrored(t *testing.T, what, registry, entries string) {
	t.Helper()
	text, err := os.ReadFile(entries)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		var e struct{ Name, Vers, Cksum string }
		if err := json.Unmarshal(line, &e); err != nil {
			t.Errorf("%s: %s has a line %q", what, entries, line)
		}
		paths := []string{"crates/" + e.Name + "/" + e.Name + "-" + e.Vers + ".crate", "sha256/" + e.Cksum + ".crate"}
		if _, err := os.Stat(filepath.Join(registry, "sha256")); err != nil {
			paths = []string{e.Name + "-" + e.Vers + ".crate"}
		}
		for _, path := range paths {
			data, err := os.ReadFile(filepath.Join(registry, path))
			if err != nil || cargotest.Checksum(data) != e.Cksum {
				t.Errorf("%s: %s lists %s %s, and of %s there is: %q (%v)", what, entries, e.Name, e.Vers, path, data, err)
			}
		}
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// runIn runs the program in the project of a scene, within this process.
func runIn(t *testing.T, dir string, args ...string) (status int, stderr string) {
	t.Helper()
	status, _, stderr = runRaw(t, dir, args...)
	return status, stderr
}

// runRaw also returns what is printed on standard output.
func runRaw(t *testing.T, dir string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = cli.Main(t.Context(), &cli.System{
		Args: append([]string{"cargohome"}, args...), Environ: environ(dir), Dir: filepath.Join(dir, "app"), Settle: settle, Stdout: &out, Stderr: &errs,
	})
	return status, out.String(), errs.String()
}

func environ(dir string) []string {
	return []string{"CARGO_HOME=" + filepath.Join(dir, "home"), "HOME=" + filepath.Join(dir, "nobody"), "PATH=" + os.Getenv("PATH")}
}

func mustRun(t *testing.T, dir string, args ...string) {
	t.Helper()
	if status, stderr := runIn(t, dir, args...); status != 0 {
		t.Fatalf("cargohome %q ends with %d:\n%s", args, status, stderr)
	}
}

// units describes what is in a folder, by the units that are replaced as one:
// packages in the vendor folder, sources, checkouts, databases, and all else file by
// file. Locks do not count, nor does what Cargo notes of last uses, nor do temporary
// folders, which are counted.
func units(t *testing.T, dir string) (all map[string]string, temporary int) {
	t.Helper()
	listing, err := cargotest.Tree(dir)
	if err != nil {
		t.Fatal(err)
	}
	all = map[string]string{}
	seen := map[string]bool{}
	for line := range strings.Lines(listing) {
		path := strings.TrimSpace(line[25:])
		before, after, isTemporary := strings.Cut(path, staging.Prefix)
		if isTemporary {
			number, _, _ := strings.Cut(after, "/")
			seen[before+number] = true
			continue
		}
		if strings.HasSuffix(path, "/.git/index") || strings.HasSuffix(path, "/.git/config") {
			line = line[8:] // they hold times and paths
		}
		if !strings.HasPrefix(path, "home/.package-cache") && !strings.HasPrefix(path, "home/.global-cache") && !strings.HasPrefix(path, "home/cargohome/") && !isPlace(path) {
			all[unit(path)] += line
		}
	}
	return all, len(seen)
}

// isPlace: folders that hold units may come to be before the first of them does.
func isPlace(path string) bool {
	return slices.Contains([]string{"home/registry/src/", "home/git/checkouts/"}, path) ||
		strings.Count(path, "/") == 4 && strings.HasSuffix(path, "/") && strings.HasPrefix(path, "home/registry/src/") ||
		strings.Count(path, "/") == 4 && strings.HasSuffix(path, "/") && strings.HasPrefix(path, "home/git/checkouts/")
}

// unit returns the unit that a path belongs to.
func unit(path string) string {
	parts := strings.Split(strings.TrimSuffix(path, "/"), "/")
	depth := len(parts)
	switch {
	case strings.HasPrefix(path, "app/vendor/"):
		depth = 3
	case strings.HasPrefix(path, "app/third/"):
		depth = 2
	case strings.HasPrefix(path, "home/registry/src/"), strings.HasPrefix(path, "home/git/checkouts/"):
		depth = 5
	case strings.HasPrefix(path, "home/git/db/"), strings.HasPrefix(path, "home/registry/index/gone.example"):
		depth = 4
	}
	return strings.Join(parts[:min(depth, len(parts))], "/")
}

// rehearsal is a scene with what is there before and after.
type rehearsal struct {
	scene
	dir         string
	old, fresh  map[string]string
	calls       int // that change something
	description []string
}

func rehearse(t *testing.T, s scene) *rehearsal {
	t.Helper()
	r := &rehearsal{scene: s, dir: s.build(t)}
	r.old, _ = units(t, r.dir)
	var mu sync.Mutex
	restore := staging.Inject(func(op staging.Op, path string) error {
		mu.Lock()
		defer mu.Unlock()
		r.calls++
		r.description = append(r.description, fmt.Sprintf("%s %s", op, path))
		return nil
	})
	defer restore()
	stage := r.copy(t)
	mustRun(t, stage, s.args...)
	r.fresh, _ = units(t, stage)
	return r
}

// sceneDir is where copies are made. They are deleted at the very end: on some
// disks making files after having deleted many takes many times as long.
var (
	sceneDir   string
	sceneCount atomic.Int64
)

// sceneTests are all tests of the package, with a sceneDir.
type sceneTests struct{ *testing.M }

func (m sceneTests) Run() int {
	var err error
	if sceneDir, err = os.MkdirTemp("", "cargohome-scenes-"); err != nil {
		panic(err)
	}
	defer func() { _ = staging.RemoveAll(sceneDir) }()
	return m.M.Run()
}

// copy makes another folder like the scene's.
func (r *rehearsal) copy(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(sceneDir, fmt.Sprint(sceneCount.Add(1)))
	if err := cargotest.CopyTree(r.dir, dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// check compares what a broken-off run left. It returns how many temporary
// folders there are.
func (r *rehearsal) check(t *testing.T, what, dir string, failed bool) int {
	t.Helper()
	got, temporary := units(t, dir)
	same := func(want map[string]string) bool { return maps.Equal(got, want) }
	switch {
	case failed && r.whole && !same(r.old):
		t.Errorf("%s: a run that failed changed something:\n%s", what, difference(r.old, got))
	case !failed && !same(r.fresh):
		t.Errorf("%s: a run that succeeded did not make all of it:\n%s", what, difference(r.fresh, got))
	default:
		r.checkUnits(t, what, got)
	}
	return temporary
}

// checkUnits: each is as it was or as it is to be.
func (r *rehearsal) checkUnits(t *testing.T, what string, got map[string]string) {
	t.Helper()
	for name := range mergedKeys(r.old, r.fresh, got) {
		if got[name] != r.old[name] && got[name] != r.fresh[name] {
			t.Errorf("%s: %s is neither what it was nor what it is to be:\n%s", what, name, got[name])
		}
	}
}

func mergedKeys(all ...map[string]string) map[string]bool {
	keys := map[string]bool{}
	for _, m := range all {
		for k := range m {
			keys[k] = true
		}
	}
	return keys
}

func difference(want, got map[string]string) string {
	var b strings.Builder
	for name := range mergedKeys(want, got) {
		if want[name] != got[name] {
			fmt.Fprintf(&b, "%s: want\n%sgot\n%s", name, want[name], got[name])
		}
	}
	return b.String()
}

// checkNext runs again, undisturbed.
func (r *rehearsal) checkNext(t *testing.T, what, dir string) {
	t.Helper()
	if status, stderr := runIn(t, dir, r.args...); status != 0 {
		t.Errorf("%s: the next run ends with %d:\n%s", what, status, stderr)
		return
	}
	got, temporary := units(t, dir)
	if !maps.Equal(got, r.fresh) || temporary > 0 {
		t.Errorf("%s: after the next run %d temporary folders are left, and\n%s", what, temporary, difference(r.fresh, got))
	}
}

// Every call fails once, in every scene, also where names cannot be exchanged.
func TestFaults(t *testing.T) {
	cargotest.NotPortable(t, "folders are not locked, so what a killed run left stays")
	errnos := []syscall.Errno{syscall.ENOSPC, syscall.EIO, syscall.EACCES}
	total := 0
	for name, s := range scenes {
		t.Run(name, func(t *testing.T) {
			r := rehearse(t, s)
			for n := 0; n < r.calls; n += stride(1, 5) {
				for i, errno := range errnos {
					if everyFault() || n%len(errnos) == i {
						total++
						r.fail(t, fault{n, errno, everyFault() && n%2 == 0 || n%6 == 0})
					}
				}
			}
		})
	}
	t.Logf("%d faults", total)
}

// stride is how many calls are passed over: none if every fault is tried, else some,
// and many under -short.
func stride(some, many int) int {
	switch {
	case everyFault():
		return 1
	case testing.Short():
		return many
	}
	return some
}

// fault is that of one call.
type fault struct {
	call    int
	errno   syscall.Errno
	noSwaps bool // names cannot be exchanged
}

func (r *rehearsal) fail(t *testing.T, f fault) {
	t.Helper()
	dir := r.copy(t)
	var calls atomic.Int64
	var failed staging.Op
	restore := staging.Inject(func(op staging.Op, path string) error {
		switch {
		case calls.Add(1) == int64(f.call)+1:
			failed = op
			return &os.PathError{Op: string(op), Path: path, Err: f.errno}
		case op == staging.OpSwap && f.noSwaps:
			return errors.ErrUnsupported
		}
		return nil
	})
	status, stdout, stderr := runRaw(t, dir, append([]string{"--jobs", "1"}, r.args...)...)
	restore()
	what := fmt.Sprintf("call %d, a %s, fails with %v (no exchange: %v), and the run ends with %d", f.call, failed, f.errno, f.noSwaps, status)
	if status != 0 && !strings.Contains(stdout+stderr, f.errno.Error()) {
		t.Errorf("%s: the message does not say why:\n%s%s", what, stdout, stderr)
	}
	if left := r.check(t, what, dir, status != 0); left > 0 && failed != staging.OpRemove {
		t.Errorf("%s: %d temporary folders are left", what, left)
	}
	r.checkNext(t, what, dir)
}

// killVariable tells a process of the program before which of its calls to kill
// itself; see runMain.
const killVariable = "CARGOHOME_TEST_KILL"

// killBefore makes the process end before the n-th call, as `kill -9` ends it.
func killBefore(n int64) {
	var calls atomic.Int64
	staging.Inject(func(staging.Op, string) error {
		if calls.Add(1) == n {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
		return nil
	})
}

func (r *rehearsal) command(dir string, environment ...string) *exec.Cmd {
	cmd := exec.Command("cargohome", r.args...)
	cmd.Dir = filepath.Join(dir, "app")
	cmd.Env = append(environ(dir), environment...)
	return cmd
}

// The process is killed before each of its calls.
func TestKills(t *testing.T) {
	cargotest.NotPortable(t, "folders are not locked, so what a killed run left stays")
	kills := 0
	for name, s := range scenes {
		t.Run(name, func(t *testing.T) {
			r := rehearse(t, s)
			step := stride(7, 20)
			for n := 1 + rand.IntN(step); n <= r.calls; n += step {
				dir := r.copy(t)
				if err := r.command(dir, fmt.Sprintf("%s=%d", killVariable, n)).Run(); err != nil { // else it made fewer calls
					kills++
				}
				r.checkKilled(t, fmt.Sprintf("killed before call %d (%s)", n, r.description[n-1]), dir)
			}
		})
	}
	t.Logf("%d kills", kills)
}

func (r *rehearsal) checkKilled(t *testing.T, what, dir string) {
	t.Helper()
	got, _ := units(t, dir)
	r.checkUnits(t, what, got)
	checkMirrors(t, what, dir)
	r.checkNext(t, what, dir)
}

// The process is killed at any time.
func TestKills_at_random(t *testing.T) {
	cargotest.NotPortable(t, "folders are not locked, so what a killed run left stays")
	rounds := 3
	if everyFault() {
		rounds = 60
	}
	for name, s := range scenes {
		t.Run(name, func(t *testing.T) {
			r := rehearse(t, s)
			for range rounds {
				dir := r.copy(t)
				cmd := r.command(dir)
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Duration(rand.Int64N(int64(40 * time.Millisecond))))
				_ = cmd.Process.Kill()
				_ = cmd.Wait()
				r.checkKilled(t, "killed at random", dir)
			}
		})
	}
}

// Two at once, of the same kind and of each two kinds: both succeed, and what they
// make is whole.
func TestTwoAtOnce(t *testing.T) {
	cargotest.NotPortable(t, "folders are not locked, so one run may fail beside another")
	rounds := 2
	if everyFault() {
		rounds = 20
	}
	for name, s := range scenes {
		t.Run(name, func(t *testing.T) {
			r := rehearse(t, s)
			for range rounds {
				dir := r.copy(t)
				r.together(t, r.command(dir), r.command(dir))
				got, temporary := units(t, dir)
				if !maps.Equal(got, r.fresh) || temporary > 0 {
					t.Errorf("two at once leave %d temporary folders and\n%s", temporary, difference(r.fresh, got))
				}
			}
		})
	}
	t.Run("all", func(t *testing.T) {
		r := rehearse(t, scenes["vendor"])
		for range rounds {
			dir := r.copy(t)
			var all []*exec.Cmd
			for _, s := range scenes {
				ofVendored := s.args[0] == "verify" && slices.Contains(s.args, "vendor")
				if !ofVendored && !slices.Contains(s.args, "../packed.tar") { // there is no such folder yet, and no bundle
					all = append(all, (&rehearsal{scene: s}).command(dir))
				}
			}
			r.together(t, all...)
			got, temporary := units(t, dir)
			if temporary > 0 {
				t.Errorf("%d temporary folders are left", temporary)
			}
			for name := range r.fresh {
				if strings.HasPrefix(name, "app/vendor") && got[name] != r.fresh[name] {
					t.Errorf("beside others the vendor folder's %s becomes\n%s", name, got[name])
				}
			}
		}
	})
}

func (r *rehearsal) together(t *testing.T, all ...*exec.Cmd) {
	t.Helper()
	var wg sync.WaitGroup
	for _, cmd := range all {
		wg.Go(func() {
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%q beside others: %v\n%s", cmd.Args, err, out)
			}
		})
	}
	wg.Wait()
}
