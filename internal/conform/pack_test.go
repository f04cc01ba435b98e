//go:build conform

package conform

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cargohome/internal/cargotest"
)

// offline are runs of cargo with nothing but a home.
var offline = [][]string{
	{"fetch", "--offline", "--locked"},
	{"metadata", "--format-version", "1", "--offline", "--locked"},
	{"vendor", "--offline", "--locked", "../vendored"},
}

// packed packs what a project needs, and unpacks it as people do in an emergency: into an
// empty folder, by tar.
func packed(t *testing.T, project, home, name string, flags ...string) (bundle, unpacked string) {
	t.Helper()
	dir := t.TempDir()
	bundle, unpacked = filepath.Join(dir, name), filepath.Join(dir, "unpacked")
	command{project, home, append([]string{binary, "pack", "-o", bundle}, flags...)}.output(t)
	if err := os.Mkdir(unpacked, 0o777); err != nil {
		t.Fatal(err)
	}
	command{dir, home, []string{"tar", "-xf", bundle, "-C", unpacked}}.output(t)
	return bundle, unpacked
}

// alone runs cargo where there is no network, with a home.
func alone(t *testing.T, project, home string, args ...string) (stderr string, err error) {
	t.Helper()
	dir := copyProject(t, project)
	if err := os.RemoveAll(filepath.Join(dir, "target")); err != nil {
		t.Fatal(err)
	}
	return command{dir, home, append(withoutNetwork(t), append([]string{"cargo"}, args...)...)}.try()
}

// withoutNetwork is a prefix of commands that are to have none.
func withoutNetwork(t *testing.T) []string {
	if _, err := exec.LookPath("unshare"); err != nil || exec.Command("unshare", "-n", "true").Run() != nil {
		t.Log("unshare cannot take the network away; only --offline does")
		return nil
	}
	return []string{"unshare", "-n"}
}

func worksAlone(t *testing.T, project, home string, more ...[]string) {
	t.Helper()
	for _, args := range append(more, offline...) {
		if stderr, err := alone(t, project, home, args...); err != nil {
			t.Errorf("cargo %q: %v\n%s", args, err, stderr)
		}
	}
}

// Cargo works with what was packed of real projects, whatever it was compressed by.
func TestPack_projects(t *testing.T) {
	dir := corpus(t)
	home := filepath.Join(dir, "home")
	for project, name := range map[string]string{"bat": "home.tar.zst", "nu": "home.tar.gz", "gitui": "home.tar"} {
		if testing.Short() && project != "bat" {
			continue // not among the smaller projects
		}
		t.Run(project, func(t *testing.T) {
			project := filepath.Join(dir, "proj", project)
			_, unpacked := packed(t, project, home, name, "--exact-archives")
			worksAlone(t, project, unpacked)
			if filepath.Base(project) == "bat" && !testing.Short() {
				worksAlone(t, project, unpacked, []string{"check", "--offline", "--locked"})
			}
		})
	}
}

// What is packed for one platform is what cargo gets to build for it: all of that, and
// nothing more.
func TestPack_platform(t *testing.T) {
	dir := corpus(t)
	for _, name := range []string{"bat", "ripgrep", "starship"} {
		if testing.Short() && name != "bat" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			project := filepath.Join(dir, "proj", name)
			getsAll(t, project, filepath.Join(dir, "home"), linux)
			if name == "bat" && !testing.Short() {
				_, unpacked := packed(t, project, filepath.Join(dir, "home"), "home.tar", "--platform", linux)
				if stderr, err := alone(t, project, unpacked, "check", "--offline", "--locked", "--all-targets", "--target", linux); err != nil {
					t.Errorf("cargo check: %v\n%s", err, stderr)
				}
			}
		})
	}
	for _, name := range []string{"tracing", "winit", "regalloc2"} {
		t.Run(name, func(t *testing.T) {
			home, project := cloned(t, name)
			getsAll(t, project, home, linux)
		})
	}
}

// cloned checks out one of the repositories in CARGOHOME_GIT, and has cargo fetch what it
// needs. It needs the network.
func cloned(t *testing.T, name string) (home, project string) {
	t.Helper()
	needCargo(t)
	clones := os.Getenv("CARGOHOME_GIT")
	if clones == "" || testing.Short() {
		t.Skip("CARGOHOME_GIT, a folder with tracing.git, winit.git, regalloc2.git and cargo.git, is not set, or -short is")
	}
	dir := t.TempDir()
	home, project = filepath.Join(dir, "home"), filepath.Join(dir, name)
	command{dir, home, []string{"git", "clone", "--quiet", filepath.Join(clones, name+".git"), project}}.output(t)
	command{project, home, []string{"cargo", "fetch", "--quiet"}}.output(t)
	return home, project
}

// getsAll packs for a target, once with what tests need and once without, and looks at what
// cargo gets: it finds all, and if an archive is taken away, it does not.
func getsAll(t *testing.T, project, home, target string) {
	t.Helper()
	for kinds, command := range map[string][]string{
		"no-dev": {"build", "--workspace", "--offline", "--locked", "--target", target},
		"all":    {"test", "--no-run", "--workspace", "--offline", "--locked", "--target", target},
	} {
		_, unpacked := packed(t, project, home, "home.tar", "--platform", target, "--keep-dep-kinds", kinds)
		cargo := newGetter(t, project, unpacked, command)
		if lacking := cargo.lacking(); lacking != "" {
			t.Errorf("cargo %q lacks %s", command, lacking)
		}
		archives, err := filepath.Glob(filepath.Join(unpacked, "registry", "cache", "*", "*.crate"))
		if err != nil || len(archives) == 0 {
			t.Fatalf("%q: %v", archives, err)
		}
		for i, archive := range archives {
			if testing.Short() && i%20 != 0 {
				continue
			}
			rename(t, archive, archive+".gone")
			if lacking := cargo.lacking(); strings.ReplaceAll(lacking, " v", "-")+".crate" != filepath.Base(archive) {
				t.Errorf("without %s cargo %q lacks %q", filepath.Base(archive), command, lacking)
			}
			rename(t, archive+".gone", archive)
		}
		t.Logf("cargo %s needs each of %d archives", command[0], len(archives))
	}
}

// getter runs cargo up to where it has all packages: its compiler compiles nothing.
type getter struct{ command }

func newGetter(t *testing.T, project, home string, args []string) *getter {
	t.Helper()
	dir := copyProject(t, project)
	rustc := filepath.Join(t.TempDir(), "rustc")
	write(t, rustc, "#!/bin/sh\ncase \"$*\" in *--crate-name\\ ___*|-vV) exec rustc \"$@\";; esac\necho nothing is compiled >&2; exit 1\n")
	if err := os.Chmod(rustc, 0o755); err != nil {
		t.Fatal(err)
	}
	run := slices.Concat(withoutNetwork(t), []string{"env", "RUSTC=" + rustc, "cargo"}, args)
	return &getter{command{dir, home, run}}
}

// lacking returns the package that cargo could not get, as "NAME vVERSION"; "" if it got
// so far that it compiles.
func (g *getter) lacking() string {
	stderr, err := g.try()
	_, after, found := strings.Cut(stderr, "failed to download `")
	lacking, _, _ := strings.Cut(after, "`")
	if !found && (err == nil || !strings.Contains(stderr, "nothing is compiled")) {
		return fmt.Sprintf("%v: %s", err, stderr)
	}
	return lacking
}

// With all features, what gets packages for one platform works too; what is for all does not.
func TestPack_platform_fetch(t *testing.T) {
	dir := corpus(t)
	project := filepath.Join(dir, "proj", "bat")
	_, unpacked := packed(t, project, filepath.Join(dir, "home"), "home.tar", "--platform", linux, "--all-features")
	for _, args := range [][]string{
		{"fetch", "--offline", "--locked", "--target", linux},
		{"metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", linux},
	} {
		if stderr, err := alone(t, project, unpacked, args...); err != nil {
			t.Errorf("cargo %q: %v\n%s", args, err, stderr)
		}
	}
	if _, err := alone(t, project, unpacked, "fetch", "--offline", "--locked"); err == nil {
		t.Error("nothing was left out")
	}
}

// Cargo takes the work trees of a bundle for its own, and lists the same files in them.
func TestPack_checkouts(t *testing.T) {
	home, project := submoduleHome(t)
	bundle, unpacked := packed(t, project, home, "home.tar", "--with-checkouts")
	checkout := one(t, unpacked, "git/checkouts/*/*")
	before := tree(t, checkout)
	cargo := func(args ...string) {
		t.Helper()
		dir := copyProject(t, project)
		command{dir, unpacked, append(withoutNetwork(t), append([]string{"cargo"}, args...)...)}.output(t)
		if after := tree(t, checkout); !slices.Equal(before, after) {
			t.Errorf("after cargo %q the work tree is %q, and was %q", args, after, before)
		}
	}
	cargo("build", "--offline", "--locked")
	cargo("metadata", "--format-version", "1", "--offline", "--locked")
	theirs, ours := filepath.Join(t.TempDir(), "theirs"), filepath.Join(t.TempDir(), "ours")
	command{project, home, []string{"cargo", "vendor", "--offline", "--locked", theirs}}.output(t)
	cargo("vendor", "--offline", "--locked", ours)
	sameTree(t, theirs, ours)
	again, _ := packed(t, project, unpacked, "home.tar", "--with-checkouts")
	command{project, home, []string{"cmp", bundle, again}}.output(t)
}

// A repository with a submodule goes in with its commits, and every entry is needed.
func TestPack_git(t *testing.T) {
	home, project := submoduleHome(t)
	_, unpacked := packed(t, project, home, "home.tar")
	worksAlone(t, project, unpacked, []string{"build", "--offline", "--locked"})
	nothingToSpare(t, project, home)
}

// nothingToSpare takes each entry away in turn: then cargo cannot build.
func nothingToSpare(t *testing.T, project, home string, args ...string) {
	t.Helper()
	bundle, _ := packed(t, project, home, "home.tar", args...)
	list := command{project, home, []string{"tar", "-tf", bundle}}.output(t)
	entries := strings.Fields(list)[1:] // the manifest is not cargo's
	for _, entry := range entries {
		unpacked := t.TempDir()
		command{project, home, []string{"tar", "-xf", bundle, "-C", unpacked}}.output(t)
		if err := os.Remove(filepath.Join(unpacked, entry)); err != nil {
			t.Fatal(err)
		}
		if _, err := alone(t, project, unpacked, "build", "--offline", "--locked"); err == nil {
			t.Errorf("cargo builds without %s", entry)
		}
	}
}

// Without any one of the entries of a bundle check says that something is missing.
func TestPack_needed(t *testing.T) {
	dir := corpus(t)
	for _, name := range []string{"bat", "nu"} {
		if testing.Short() && name != "bat" {
			continue
		}
		t.Run(name, func(t *testing.T) { needsEach(t, filepath.Join(dir, "proj", name), filepath.Join(dir, "home")) })
	}
	t.Run("git", func(t *testing.T) {
		home, project := submoduleHome(t)
		needsEach(t, project, home)
	})
}

// needsEach takes each entry away in turn, under -short some.
func needsEach(t *testing.T, project, home string) {
	t.Helper()
	bundle, unpacked := packed(t, project, home, "home.tar")
	check := command{project, unpacked, []string{binary, "check", "--quiet"}}
	check.output(t)
	entries := strings.Fields(command{project, home, []string{"tar", "-tf", bundle}}.output(t))[1:] // the manifest is not cargo's
	for i, entry := range entries {
		if testing.Short() && len(entries) > 100 && i%20 != 0 {
			continue
		}
		at := filepath.Join(unpacked, entry)
		rename(t, at, at+".gone")
		_, err := check.try()
		if failed, ok := errors.AsType[*exec.ExitError](err); !ok || failed.ExitCode() != 3 {
			t.Errorf("without %s check ends with %v", entry, err)
		}
		rename(t, at+".gone", at)
	}
	t.Logf("check misses each of %d entries", len(entries))
}

// A later update sees all versions again: of a sparse registry, whose cache files are of
// unknown age, and of one with its index in git.
func TestPack_update(t *testing.T) {
	needCargo(t)
	crates := []cargotest.Crate{{Name: "plain", Version: "1.0.0"}, {Name: "plain", Version: "1.1.0"}, {Name: "other", Version: "0.1.0"}}
	server := httptest.NewServer(registryHandler(crates))
	t.Cleanup(server.Close)
	t.Run("sparse", func(t *testing.T) { updates(t, "sparse+"+server.URL+"/index/") })
	t.Run("git", func(t *testing.T) {
		dir := t.TempDir()
		files := map[string][]byte{"config.json": fmt.Appendf(nil, `{"dl":"file://%s/dl/{crate}-{version}.crate"}`, dir)}
		for _, c := range crates {
			files[cargotest.IndexPath(c.Name)] = append(append(files[cargotest.IndexPath(c.Name)], c.IndexLine("")...), '\n')
			write(t, filepath.Join(dir, "dl", c.Stem()+".crate"), string(c.Archive()))
		}
		cargotest.Commit(t, filepath.Join(dir, "index"), "refs/heads/master", files)
		updates(t, "file://"+filepath.Join(dir, "index"))
	})
}

func updates(t *testing.T, index string) {
	root := t.TempDir()
	project, home := filepath.Join(root, "app"), filepath.Join(root, "home")
	write(t, filepath.Join(project, ".cargo", "config.toml"), fmt.Sprintf("[registries.alt]\nindex = %q\n", index))
	write(t, filepath.Join(project, "src", "lib.rs"), "")
	manifest := filepath.Join(project, "Cargo.toml")
	const text = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\nplain = { version = \"%s\", registry = \"alt\" }\n"
	write(t, manifest, fmt.Sprintf(text, "=1.0.0"))
	command{project, home, []string{"cargo", "fetch", "--quiet"}}.output(t)
	bundle, unpacked := packed(t, project, home, "home.tar")
	worksAlone(t, project, unpacked, []string{"build", "--offline", "--locked"})
	nothingToSpare(t, project, home)
	same := filepath.Join(root, "same.tar")
	command{project, home, []string{binary, "pack", "-o", same, "--since", bundle}}.output(t)
	write(t, manifest, fmt.Sprintf(text, "1"))
	write(t, manifest, strings.Replace(fmt.Sprintf(text, "1"), "[dependencies]", "[dependencies]\nother = { version = \"0.1\", registry = \"alt\" }", 1))
	command{project, unpacked, []string{"cargo", "update", "--quiet"}}.output(t)
	lock, err := os.ReadFile(filepath.Join(project, "Cargo.lock"))
	if err != nil || !strings.Contains(string(lock), "1.1.0") || !strings.Contains(string(lock), "other") {
		t.Errorf("after an update the lockfile is %s (%v)", lock, err)
	}
	command{project, unpacked, []string{"cargo", "fetch", "--quiet", "--locked"}}.output(t)

	delta, receiver := filepath.Join(root, "delta.tar"), filepath.Join(root, "receiver")
	command{project, unpacked, []string{binary, "pack", "-o", delta, "--since", bundle}}.output(t)
	for _, b := range []string{bundle, same, delta} {
		command{root, receiver, []string{binary, "unpack", b}}.output(t)
	}
	worksAlone(t, project, receiver, []string{"build", "--offline", "--locked"})
}

// Thin repositories are whole again after an update.
func TestPack_update_git(t *testing.T) {
	home, project, repo := gitHome(t)
	_, unpacked := packed(t, project, home, "home.tar")
	commitFiles(t, repo, map[string]string{"src/lib.rs": "// newest\n"})
	command{project, unpacked, []string{"cargo", "update", "--quiet"}}.output(t)
	command{project, unpacked, []string{"cargo", "build", "--quiet", "--locked"}}.output(t)
	db := one(t, unpacked, "git/db/repo-*")
	command{db, "", []string{"git", "fsck", "--no-dangling"}}.output(t)
}

// The same bytes under another umask, as another user, elsewhere.
func TestPack_same(t *testing.T) {
	dir := corpus(t)
	project, home := filepath.Join(dir, "proj", "bat"), filepath.Join(dir, "home")
	var sums []string
	for i, prefix := range [][]string{nil, {"sh", "-c", `umask 077; exec "$@"`, "sh"}, {"sh", "-c", `cd /; exec "$@"`, "sh"}} {
		out := filepath.Join(t.TempDir(), fmt.Sprint(i), "home.tar.zst")
		args := slices.Concat(prefix, []string{binary, "pack", "--manifest-path", filepath.Join(project, "Cargo.toml"), "-o", out, "--exact-archives", "--with-sources", "--jobs", fmt.Sprint(i + 1)})
		command{project, home, args}.output(t)
		sums = append(sums, strings.Fields(command{project, home, []string{"sha256sum", out}}.output(t))[0])
	}
	if slices.Sort(sums); sums[0] != sums[len(sums)-1] {
		t.Errorf("%q", sums)
	}
}

// Of repositories that moved to another commit a delta has what cargo needs: it builds either
// from a home that has unpacked both.
func TestPack_since_git(t *testing.T) {
	home, project, repo := gitHome(t)
	text, err := os.ReadFile(filepath.Join(project, "Cargo.toml"))
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(filepath.Dir(repo), "other")
	newRepo(t, other)
	commitFiles(t, other, map[string]string{"Cargo.toml": "[package]\nname = \"other\"\nversion = \"1.0.0\"\nedition = \"2021\"\n", "src/lib.rs": "// stays\n"})
	write(t, filepath.Join(project, "Cargo.toml"), fmt.Sprintf("%sother = { git = \"file://%s\" }\n", text, other))
	root := t.TempDir()
	pack := func(name string, flags ...string) (bundle string) {
		command{project, home, []string{"cargo", "update", "--quiet", "-p", "dep"}}.output(t)
		bundle = filepath.Join(root, name)
		command{project, home, append([]string{binary, "pack", "-o", bundle, "--with-lockfiles"}, flags...)}.output(t)
		return bundle
	}
	for _, ext := range []string{".tar", ".tar.zst"} {
		first := pack("first" + ext)
		before := copyProject(t, project)
		commitFiles(t, repo, map[string]string{"src/lib.rs": "// moved, for " + ext + "\n"})
		second := pack("second"+ext, "--since", first)
		third := pack("third"+ext, "--since", second)
		new := filepath.Join(root, "home"+ext)
		for _, bundle := range []string{first, second, third} {
			command{root, new, []string{binary, "unpack", bundle}}.output(t)
		}
		worksAlone(t, before, new, []string{"build", "--offline", "--locked"})
		worksAlone(t, project, new, []string{"build", "--offline", "--locked"})
		for line := range strings.Lines(command{root, home, []string{binary, "pack", "--list", second}}.output(t)) {
			if strings.Contains(line, `"path":"git/db/`) && strings.Contains(line, "/db/repo-") == strings.Contains(line, `"held":true`) {
				t.Errorf("of what moved, and of nothing else, all is in the delta, and not: %s", line)
			}
		}
	}
}
