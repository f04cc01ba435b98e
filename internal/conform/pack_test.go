//go:build conform

package conform

import (
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
			_, unpacked := packed(t, project, home, name)
			worksAlone(t, project, unpacked)
			if filepath.Base(project) == "bat" && !testing.Short() {
				worksAlone(t, project, unpacked, []string{"check", "--offline", "--locked"})
			}
		})
	}
}

// What is packed for one platform builds for it.
func TestPack_platform(t *testing.T) {
	if testing.Short() {
		return // it is known to fail for bat: cargo also wants archives of optional packages that it does not build
	}
	dir := corpus(t)
	project := filepath.Join(dir, "proj", "bat")
	_, unpacked := packed(t, project, filepath.Join(dir, "home"), "home.tar", "--platform", "x86_64-unknown-linux-gnu")
	for _, args := range [][]string{
		{"check", "--offline", "--locked"},
		{"fetch", "--offline", "--locked", "--target", "x86_64-unknown-linux-gnu"},
		{"metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", "x86_64-unknown-linux-gnu"},
	} {
		if stderr, err := alone(t, project, unpacked, args...); err != nil {
			t.Errorf("cargo %q: %v\n%s", args, err, stderr)
		}
	}
	if _, err := alone(t, project, unpacked, "fetch", "--offline", "--locked"); err == nil {
		t.Error("nothing was left out")
	}
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
	_, unpacked := packed(t, project, home, "home.tar")
	worksAlone(t, project, unpacked, []string{"build", "--offline", "--locked"})
	nothingToSpare(t, project, home)
	write(t, manifest, fmt.Sprintf(text, "1"))
	write(t, manifest, strings.Replace(fmt.Sprintf(text, "1"), "[dependencies]", "[dependencies]\nother = { version = \"0.1\", registry = \"alt\" }", 1))
	command{project, unpacked, []string{"cargo", "update", "--quiet"}}.output(t)
	lock, err := os.ReadFile(filepath.Join(project, "Cargo.lock"))
	if err != nil || !strings.Contains(string(lock), "1.1.0") || !strings.Contains(string(lock), "other") {
		t.Errorf("after an update the lockfile is %s (%v)", lock, err)
	}
	command{project, unpacked, []string{"cargo", "fetch", "--quiet", "--locked"}}.output(t)
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
		args := slices.Concat(prefix, []string{binary, "pack", "--manifest-path", filepath.Join(project, "Cargo.toml"), "-o", out, "--with-sources", "--jobs", fmt.Sprint(i + 1)})
		command{project, home, args}.output(t)
		sums = append(sums, strings.Fields(command{project, home, []string{"sha256sum", out}}.output(t))[0])
	}
	if slices.Sort(sums); sums[0] != sums[len(sums)-1] {
		t.Errorf("%q", sums)
	}
}
