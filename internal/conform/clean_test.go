//go:build conform

package conform

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cargohome/internal/cargotest"
)

// realHome makes a home of one's own out of that of the real projects, with what one
// of them needs and another that is not used.
func realHome(t *testing.T, project, other string) (home, dir string) {
	t.Helper()
	source := filepath.Join(corpus(t), "home")
	dir, unused := copyProject(t, filepath.Join(corpus(t), "proj", project)), filepath.Join(corpus(t), "proj", other)
	home = filepath.Join(t.TempDir(), "home")
	registry := filepath.Join(home, "registry")
	if err := os.MkdirAll(registry, 0o777); err != nil {
		t.Fatal(err)
	}
	command{dir, "", []string{"cp", "-a", filepath.Join(source, "registry", "index"), registry}}.output(t)
	for _, p := range []string{dir, unused} {
		copyArchives(t, filepath.Join(p, "Cargo.lock"), source, home)
	}
	command{unused, home, []string{"cargo", "fetch", "--offline", "--locked", "--quiet"}}.output(t)
	return home, dir
}

// copyArchives copies the archives that a lockfile names.
func copyArchives(t *testing.T, lock, from, to string) {
	t.Helper()
	text, err := os.ReadFile(lock)
	if err != nil {
		t.Fatal(err)
	}
	cache := filepath.Join(to, "registry", "cache", cargotest.CratesIO)
	if err := os.MkdirAll(cache, 0o777); err != nil {
		t.Fatal(err)
	}
	for part := range strings.SplitSeq(string(text), "[[package]]\n") {
		var name, version string
		if _, err := fmt.Sscanf(part, "name = %q\nversion = %q\n", &name, &version); err != nil || !strings.Contains(part, "checksum") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(from, "registry", "cache", cargotest.CratesIO, name+"-"+version+".crate"))
		if err == nil {
			err = os.WriteFile(filepath.Join(cache, name+"-"+version+".crate"), data, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Sizes are those of du, both kinds.
func TestSize_is_that_of_du(t *testing.T) {
	home, dir := realHome(t, "ripgrep", "fd-find")
	command{dir, home, []string{"cargo", "fetch", "--offline", "--locked"}}.output(t)
	sameAsDu(t, home)
	sameAsDu(t, filepath.Join(corpus(t), "home"))
}

func sameAsDu(t *testing.T, home string) {
	t.Helper()
	out := command{home, home, []string{binary, "size", "--format", "json"}}.output(t)
	var apparent, allocated int64
	_, rest, _ := strings.Cut(out, `"total": {`)
	if _, err := fmt.Sscanf(strings.Join(strings.Fields(rest), " "), `"apparent": %d, "allocated": %d`, &apparent, &allocated); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if want := du(t, home, "--block-size=1"); want != allocated {
		t.Errorf("%s: %d bytes are allocated, du has %d", home, allocated, want)
	}
	if want := du(t, home, "--bytes"); want != apparent {
		t.Errorf("%s: %d apparent bytes, du has %d", home, apparent, want)
	}
}

// du: from coreutils 9.2 on, folders have no apparent size there.
func du(t *testing.T, home, how string) (n int64) {
	t.Helper()
	out := command{home, "", []string{"du", "--summarize", how, "."}}.output(t)
	if _, err := fmt.Sscan(out, &n); err != nil {
		t.Fatal(err)
	}
	if v := duVersion(t); how == "--bytes" && (v[0] > 9 || v[0] == 9 && v[1] >= 2) {
		for _, size := range strings.Fields((command{home, "", []string{"find", ".", "-type", "d", "-printf", "%s\n"}}).output(t)) {
			var folder int64
			if _, err := fmt.Sscan(size, &folder); err != nil {
				t.Fatal(err)
			}
			n += folder
		}
	}
	return n
}

func duVersion(t *testing.T) (v [2]int) {
	t.Helper()
	out := command{".", "", []string{"du", "--version"}}.output(t)
	if _, err := fmt.Sscanf(out, "du (GNU coreutils) %d.%d", &v[0], &v[1]); err != nil {
		t.Skip("no du of GNU")
	}
	return v
}

// After clean --auto cargo builds as before, and rebuilds nothing.
func TestClean_auto(t *testing.T) {
	home, dir := realHome(t, "ripgrep", "fd-find")
	build := command{dir, home, []string{"cargo", "build", "--offline", "--frozen", "--verbose"}}
	build.output(t)
	clean := command{dir, home, []string{binary, "clean", "--auto"}}.log(t)
	if left, _ := filepath.Glob(filepath.Join(home, "registry", "src", "*", "*")); len(left) > 0 {
		t.Fatalf("sources are left: %q\n%s", left, clean)
	}
	if log := build.log(t); strings.Contains(log, "Compiling") || !strings.Contains(log, "Fresh") {
		t.Errorf("cargo builds again:\n%s", log)
	}
	command{dir, home, []string{"cargo", "clean"}}.output(t)
	command{dir, home, []string{binary, "clean", "--auto"}}.output(t)
	build.output(t)
}

// Cargo's database of last uses is as cargo itself would make it.
func TestClean_lastUse(t *testing.T) {
	home, dir := realHome(t, "ripgrep", "fd-find")
	command{dir, home, []string{"cargo", "fetch", "--offline", "--locked"}}.output(t)
	h := cargotest.NewHome(t, home)
	if rows := h.LastUses(); !slices.ContainsFunc(rows, func(r string) bool { return strings.HasPrefix(r, "registry_src") }) {
		t.Fatalf("cargo notes no use of sources: %q", rows)
	}
	command{dir, home, []string{binary, "clean", "--auto-expensive", "--keep", "."}}.output(t)
	for _, row := range h.LastUses() {
		table, path, _ := strings.Cut(row, " ")
		place := map[string]string{"registry_index": "registry/index", "registry_crate": "registry/cache", "registry_src": "registry/src"}[table]
		if _, err := os.Stat(filepath.Join(home, place, path)); err != nil {
			t.Errorf("a row is left of what is gone: %s", row)
		}
	}
	command{dir, home, []string{"cargo", "build", "--offline", "--frozen", "--quiet"}}.output(t)
}

// What clean --ci names is enough on an empty machine.
func TestClean_ci(t *testing.T) {
	home, dir := realHome(t, "ripgrep", "fd-find")
	out := command{dir, home, []string{binary, "clean", "--ci", "Cargo.lock"}}.output(t)
	empty := filepath.Join(t.TempDir(), "home")
	for path := range strings.Lines(out) {
		path = strings.TrimSpace(path)
		rel, err := filepath.Rel(home, path)
		if err != nil || !filepath.IsLocal(rel) {
			t.Fatalf("%q is not in the home", path)
		}
		target := filepath.Dir(filepath.Join(empty, rel))
		if err := os.MkdirAll(target, 0o777); err != nil {
			t.Fatal(err)
		}
		command{dir, "", []string{"cp", "-a", path, target}}.output(t)
	}
	archives, _ := filepath.Glob(filepath.Join(empty, "registry", "cache", "*", "*"))
	text, err := os.ReadFile(filepath.Join(dir, "Cargo.lock"))
	if want := strings.Count(string(text), "\nchecksum = "); err != nil || len(archives) != want {
		t.Errorf("%d archives are left for a lockfile with %d", len(archives), want)
	}
	command{dir, empty, []string{"cargo", "build", "--offline", "--frozen", "--quiet"}}.output(t)
}

// Builds in a loop, and clean in a loop: no build misses a file.
func TestClean_besideBuilds(t *testing.T) {
	besideEachOther(t,
		[]string{"cargo", "build", "--offline", "--locked", "--target-dir"}, // a new one each time
		[]string{"cargo", "check", "--offline", "--locked", "--target-dir"},
		[]string{binary, "clean", "--auto"},
	)
}

// gitHome makes a home with the database of a repository that has some history, and a
// project that needs one commit of it; the repository has a submodule.
func gitHome(t *testing.T) (home, dir, repo string) {
	t.Helper()
	needCargo(t)
	for name, value := range map[string]string{
		"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "protocol.file.allow", "GIT_CONFIG_VALUE_0": "always", "GIT_CONFIG_GLOBAL": os.DevNull,
		"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
	} {
		t.Setenv(name, value)
	}
	work := t.TempDir()
	home, dir, repo = filepath.Join(work, "home"), filepath.Join(work, "app"), filepath.Join(work, "repo")
	sub := filepath.Join(work, "sub")
	newRepo(t, sub)
	commitFiles(t, sub, map[string]string{"big": random(200), "inner.rs": "// inner\n"})
	newRepo(t, repo)
	commitFiles(t, repo, map[string]string{"Cargo.toml": "[package]\nname = \"dep\"\nversion = \"1.0.0\"\nedition = \"2021\"\n", "src/lib.rs": "// 1\n", "big": random(4000)})
	command{repo, "", []string{"git", "submodule", "--quiet", "add", "file://" + sub, "sub"}}.output(t)
	for i := range 3 {
		commitFiles(t, repo, map[string]string{"src/lib.rs": fmt.Sprintf("// %d\n", i+2), "big": random(4000 + i)})
	}
	commitFiles(t, repo, map[string]string{"big": "small\n"})
	writeText(t, filepath.Join(dir, "Cargo.toml"), fmt.Sprintf("[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\ndep = { git = \"file://%s\" }\n", repo))
	writeText(t, filepath.Join(dir, "src", "lib.rs"), "")
	command{dir, home, []string{"cargo", "fetch", "--quiet"}}.output(t)
	return home, dir, repo
}

// random is text that does not compress.
func random(seed int) string {
	var b strings.Builder
	x := uint64(seed)
	for range 20000 {
		x = x*6364136223846793005 + 1442695040888963407
		fmt.Fprintf(&b, "%016x\n", x)
	}
	return b.String()
}

func newRepo(t *testing.T, dir string) {
	t.Helper()
	command{"", "", []string{"git", "init", "--quiet", "--initial-branch", "main", dir}}.output(t)
}

func commitFiles(t *testing.T, repo string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		writeText(t, filepath.Join(repo, name), text)
	}
	command{repo, "", []string{"git", "add", "--all"}}.output(t)
	command{repo, "", []string{"git", "commit", "--quiet", "--message", "c"}}.output(t)
}

func writeText(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// Cargo builds offline from databases that were reduced, and updates them online to
// whole ones; submodules have theirs.
func TestClean_thinDatabases(t *testing.T) {
	home, dir, repo := gitHome(t)
	log := command{dir, home, []string{binary, "clean", "--thin-dbs", "--keep", "."}}.log(t)
	t.Log(log)
	if !strings.Contains(log, "Reduced repo-") || du(t, filepath.Join(home, "git"), "--block-size=1") > 900<<10 {
		t.Errorf("the database was not reduced:\n%s", log)
	}
	dbs, _ := filepath.Glob(filepath.Join(home, "git", "db", "*"))
	for _, db := range dbs {
		command{db, "", []string{"git", "fsck", "--no-dangling", "--connectivity-only"}}.log2(t)
		command{db, "", []string{"git", "rev-parse", "--git-dir"}}.output(t)
	}
	gone := repo + ".gone"
	if err := os.Rename(repo, gone); err != nil {
		t.Fatal(err)
	}
	command{dir, home, []string{"cargo", "build", "--offline", "--frozen", "--quiet"}}.output(t)
	if err := os.Rename(gone, repo); err != nil {
		t.Fatal(err)
	}
	commitFiles(t, repo, map[string]string{"src/lib.rs": "// new\n"})
	command{dir, home, []string{"cargo", "update", "--quiet"}}.output(t)
	command{dir, home, []string{"cargo", "build", "--quiet"}}.output(t)
	for _, db := range dbs {
		if strings.HasPrefix(filepath.Base(db), "repo-") {
			command{db, "", []string{"git", "fsck", "--no-dangling"}}.output(t)
		}
	}
}

// log2 runs a command that may fail, and logs what it says.
func (c command) log2(t *testing.T) {
	t.Helper()
	cmd := exec.Command(c.args[0], c.args[1:]...)
	cmd.Dir = c.dir
	out, err := cmd.CombinedOutput()
	t.Logf("%q: %v\n%s", c.args, err, out)
}

// clean --ci with --thin-dbs is enough on an empty machine, for git packages with a
// submodule.
func TestClean_ciWithGit(t *testing.T) {
	home, dir, repo := gitHome(t)
	out := command{dir, home, []string{binary, "clean", "--ci", "Cargo.lock", "--thin-dbs"}}.output(t)
	if !strings.Contains(out, filepath.Join(home, "git", "db")) || strings.Contains(out, "checkouts") {
		t.Errorf("the paths are\n%s", out)
	}
	empty := filepath.Join(t.TempDir(), "home")
	if err := os.MkdirAll(filepath.Join(empty, "git"), 0o777); err != nil {
		t.Fatal(err)
	}
	command{dir, "", []string{"cp", "-a", filepath.Join(home, "git", "db"), filepath.Join(empty, "git")}}.output(t)
	if err := os.Rename(repo, repo+".gone"); err != nil {
		t.Fatal(err)
	}
	command{dir, empty, []string{"cargo", "build", "--offline", "--frozen", "--quiet"}}.output(t)
}

// Real repositories: the work tree that cargo checks out of what is left is the same.
func TestClean_thinRepositories(t *testing.T) {
	for name := range gitProjects {
		if testing.Short() && name != "regalloc2" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			project, home := gitProject(t, name)
			checkouts, before := filepath.Join(home, "git", "checkouts"), filepath.Join(home, "before")
			t.Log(command{project, home, []string{binary, "clean", "--thin-dbs", "--keep", "."}}.log(t))
			fetch := command{project, home, []string{"cargo", "fetch", "--offline", "--locked", "--quiet"}}
			inside := inodes(t, filepath.Join(checkouts))
			fetch.output(t)
			if inodes(t, filepath.Join(checkouts)) != inside {
				t.Error("cargo does not take the checkout that is left")
			}
			if err := os.Rename(checkouts, before); err != nil {
				t.Fatal(err)
			}
			fetch.output(t)
			for _, dir := range []string{before, checkouts} {
				for _, git := range gitFolders(t, dir) {
					if err := os.RemoveAll(git); err != nil {
						t.Fatal(err)
					}
				}
			}
			sameTree(t, before, checkouts)
		})
	}
}

func gitFolders(t *testing.T, dir string) (found []string) {
	t.Helper()
	out := command{dir, "", []string{"find", ".", "-name", ".git", "-prune"}}.output(t)
	for _, line := range strings.Fields(out) {
		found = append(found, filepath.Join(dir, line))
	}
	return found
}
