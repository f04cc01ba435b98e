//go:build conform

package conform

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cargohome/internal/cargotest"
)

// useFiles lets git take submodules from folders, and commit.
func useFiles(t *testing.T) {
	t.Helper()
	for name, value := range map[string]string{
		"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "protocol.file.allow", "GIT_CONFIG_VALUE_0": "always", "GIT_CONFIG_GLOBAL": os.DevNull,
		"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
	} {
		t.Setenv(name, value)
	}
}

// submoduleHome makes a home with a repository that includes a file of its submodule, the
// URL of which is relative, and a project that needs it; then both are out of reach.
func submoduleHome(t *testing.T, flags ...string) (home, dir string) {
	t.Helper()
	needCargo(t)
	useFiles(t)
	work := t.TempDir()
	home, dir = filepath.Join(work, "home"), filepath.Join(work, "app")
	sub, repo := filepath.Join(work, "up", "sub"), filepath.Join(work, "up", "dep")
	newRepo(t, sub)
	commitFiles(t, sub, map[string]string{"text": "one"})
	newRepo(t, repo)
	commitFiles(t, repo, map[string]string{"Cargo.toml": "[package]\nname = \"dep\"\nversion = \"1.0.0\"\nedition = \"2021\"\n", "src/lib.rs": "pub const TEXT: &str = include_str!(\"../sub/text\");\n"})
	command{repo, "", []string{"git", "submodule", "--quiet", "add", "../sub", "sub"}}.output(t)
	commitFiles(t, repo, map[string]string{"more": ""})
	commitFiles(t, sub, map[string]string{"text": "two"})
	writeText(t, filepath.Join(dir, "Cargo.toml"), fmt.Sprintf("[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\ndep = { git = \"file://%s\" }\n", repo))
	writeText(t, filepath.Join(dir, "src", "lib.rs"), "pub fn text() -> &'static str { dep::TEXT }\n")
	command{dir, home, append([]string{"cargo", "fetch", "--quiet"}, flags...)}.output(t)
	if err := os.Rename(filepath.Join(work, "up"), filepath.Join(work, "up.gone")); err != nil {
		t.Fatal(err)
	}
	return home, dir
}

// one returns the one path that a pattern below a folder matches.
func one(t *testing.T, dir, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %q, %v", pattern, found, err)
	}
	return found[0]
}

// withoutSubmodules makes the one checkout of a home what Cargo up to 1.93 leaves.
func withoutSubmodules(t *testing.T, home string, modules bool) {
	t.Helper()
	checkout := one(t, home, "git/checkouts/*/*")
	rel, _ := filepath.Rel(filepath.Join(home, "git", "checkouts"), checkout)
	url := "file://" + filepath.Join(filepath.Dir(home), "up", "sub")
	cargotest.NewHome(t, home).OldSubmodule(filepath.ToSlash(rel), "sub", url, modules)
	if err := os.RemoveAll(one(t, home, "git/db/sub-*")); err != nil {
		t.Fatal(err)
	}
}

// What only the checkout of an older Cargo has is where this one looks for it before the
// checkout goes, whatever selects that.
func TestClean_oldSubmodules(t *testing.T) {
	home, dir := submoduleHome(t)
	build := command{dir, home, []string{"cargo", "build", "--offline", "--locked", "--quiet"}}
	for n, args := range [][]string{{"--ci", "Cargo.lock"}, {"--checkouts"}, {"--auto"}, {"--auto", "--until-size", "1kB"}, {"--checkouts", "--orphans"}} {
		withoutSubmodules(t, home, n%2 == 1)
		inside := inodes(t, filepath.Join(home, "git", "checkouts"))
		build.output(t)
		command{dir, home, []string{binary, "checkout"}}.output(t)
		command{dir, home, []string{binary, "clean", "--broken"}}.output(t)
		if inodes(t, filepath.Join(home, "git", "checkouts")) != inside {
			t.Error("the checkout of an older cargo is not left as it is")
		}
		out := command{dir, home, append([]string{binary, "clean", "--format", "json"}, args...)}.ends(t, map[bool]int{true: 1}[slices.Contains(args, "--until-size")])
		if !strings.Contains(out, `"moved": [`) || strings.Contains(out, `"spared"`) {
			t.Errorf("%q:\n%s", args, out)
		}
		var apparent, allocated int64
		_, after, _ := strings.Cut(out, `"after": {`)
		if _, err := fmt.Sscanf(strings.Join(strings.Fields(after), " "), `"apparent": %d, "allocated": %d`, &apparent, &allocated); err != nil || allocated != du(t, home, "--block-size=1") {
			t.Errorf("%q leaves %d bytes, du says %d (%v)", args, allocated, du(t, home, "--block-size=1"), err)
		}
		if left, _ := filepath.Glob(filepath.Join(home, "git", "checkouts", "*", "*")); len(left) > 0 {
			t.Errorf("%q leaves %q", args, left)
		}
		command{one(t, home, "git/db/sub-*"), "", []string{"git", "fsck", "--no-dangling"}}.output(t)
		command{dir, home, []string{"cargo", "clean", "--quiet"}}.output(t)
		build.output(t)
	}
}

// A repository that was moved is brought up to date by a network, and what was
// restored from it is cargo's own.
func TestClean_oldSubmodulesOnline(t *testing.T) {
	home, dir := submoduleHome(t)
	withoutSubmodules(t, home, false)
	command{dir, home, []string{binary, "clean", "--checkouts"}}.output(t)
	command{dir, home, []string{binary, "checkout"}}.output(t)
	inside := inodes(t, filepath.Join(home, "git", "checkouts"))
	command{dir, home, []string{"cargo", "build", "--offline", "--locked", "--quiet"}}.output(t)
	if inodes(t, filepath.Join(home, "git", "checkouts")) != inside {
		t.Error("cargo does not take what was restored")
	}
	up := filepath.Join(filepath.Dir(home), "up")
	if err := os.Rename(up+".gone", up); err != nil {
		t.Fatal(err)
	}
	command{filepath.Join(up, "dep", "sub"), "", []string{"git", "pull", "--quiet", "origin", "main"}}.output(t)
	commitFiles(t, filepath.Join(up, "dep"), map[string]string{"more": "new"})
	command{dir, home, []string{"cargo", "update", "--quiet"}}.output(t)
	command{dir, home, []string{"cargo", "build", "--locked", "--quiet"}}.output(t)
	command{one(t, home, "git/db/sub-*"), "", []string{"git", "fsck", "--no-dangling"}}.output(t)
}

// Shallow repositories, which gitoxide fetches, do not say where they are from.
func TestClean_shallowSubmodules(t *testing.T) {
	t.Setenv("RUSTC_BOOTSTRAP", "1") // for unstable flags
	flags := []string{"-Zgit=shallow-deps", "-Zgitoxide=fetch"}
	home, dir := submoduleHome(t, flags...)
	build := command{dir, home, append([]string{"cargo", "build", "--offline", "--locked", "--quiet"}, flags...)}
	one(t, home, "git/db/sub-*-shallow")
	for _, restore := range []bool{false, true} {
		log := command{dir, home, []string{binary, "clean", "--checkouts"}}.log(t)
		if !strings.Contains(log, "Removed 1 item") {
			t.Errorf("not removed:\n%s", log)
		}
		if restore {
			command{dir, home, []string{binary, "checkout"}}.output(t)
		}
		inside := inodes(t, filepath.Join(home, "git", "checkouts"))
		command{dir, home, []string{"cargo", "clean", "--quiet"}}.output(t)
		build.output(t)
		if restore && inodes(t, filepath.Join(home, "git", "checkouts")) != inside {
			t.Error("cargo does not take what was restored")
		}
	}
}

// Cargo checks out what a patch names that nothing uses.
func TestCheckout_unusedPatch(t *testing.T) {
	home, dir := submoduleHome(t)
	up := filepath.Join(filepath.Dir(home), "patch")
	newRepo(t, up)
	commitFiles(t, up, map[string]string{"Cargo.toml": "[package]\nname = \"itoa\"\nversion = \"9.0.0\"\n", "src/lib.rs": ""})
	manifest := filepath.Join(dir, "Cargo.toml")
	text, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	writeText(t, manifest, string(text)+fmt.Sprintf("[patch.crates-io]\nitoa = { git = \"file://%s\" }\n", up))
	command{dir, home, []string{"cargo", "fetch", "--quiet"}}.output(t)
	checkouts := filepath.Join(home, "git", "checkouts")
	one(t, checkouts, "patch-*/*/.cargo-ok")
	if err := os.Rename(checkouts, filepath.Join(home, "before")); err != nil {
		t.Fatal(err)
	}
	command{dir, home, []string{binary, "checkout"}}.output(t)
	one(t, checkouts, "patch-*/*/.cargo-ok")
	inside := inodes(t, checkouts)
	command{dir, home, []string{"cargo", "build", "--offline", "--locked", "--quiet"}}.output(t)
	if inodes(t, checkouts) != inside {
		t.Error("cargo does not take what was restored")
	}
	command{dir, home, []string{binary, "clean", "--ci", "Cargo.lock"}}.output(t)
	command{dir, home, []string{"cargo", "fetch", "--offline", "--locked", "--quiet"}}.output(t)
}
