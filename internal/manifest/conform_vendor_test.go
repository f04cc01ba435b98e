//go:build conform

package manifest_test

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rogpeppe/go-internal/txtar"

	"cargohome/internal/compat"
	"cargohome/internal/manifest"
)

var update = flag.Bool("update", false, "write what cargo makes of the packages to "+wantFile)

// A vendored is a package as cargo vendored it.
type vendored struct {
	name, version string
	manifest      string
	files         []string // sorted
}

// git runs git without the user's settings.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "core.autocrlf=false",
		"-c", "protocol.file.allow=always"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %q: %v: %s", args, err, out)
	}
	return string(out)
}

// commit makes dir a repository with everything in it.
func commit(t *testing.T, dir string) {
	t.Helper()
	git(t, dir, "init", "-q", "-b", "main")
	git(t, dir, "add", "-A", "-f")
	git(t, dir, "commit", "-q", "-m", "all")
}

// vendor lets cargo vendor the named packages of the repository at url, with all
// that they need of it, and returns those from git and the checkout they are from.
func vendor(t *testing.T, url string, packages []*manifest.Found) (all []vendored, checkout string) {
	t.Helper()
	all, checkout, _ = vendorVerbosely(t, url, packages)
	return all, checkout
}

func vendorVerbosely(t *testing.T, url string, packages []*manifest.Found) (all []vendored, checkout, stderr string) {
	t.Helper()
	if _, err := exec.LookPath("cargo"); err != nil {
		t.Skip("cargo is not installed")
	}
	dir, home := t.TempDir(), t.TempDir()
	var project strings.Builder
	project.WriteString("[package]\nname = \"project\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[dependencies]\n")
	for i, p := range packages {
		fmt.Fprintf(&project, "d%d = { git = %q, package = %q, version = \"=%s\" }\n", i, url, p.Name, p.Version)
	}
	writeBytes(t, filepath.Join(dir, "Cargo.toml"), []byte(project.String()))
	writeBytes(t, filepath.Join(dir, "src/lib.rs"), nil)
	cmd := exec.Command("cargo", "vendor", "--versioned-dirs")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CARGO_HOME="+home, "CARGO_TERM_COLOR=never", "PWD="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("cargo vendor: %v: %s", err, out)
	}
	folders, err := os.ReadDir(filepath.Join(dir, "vendor"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		if v := readVendored(t, filepath.Join(dir, "vendor", f.Name())); v != nil {
			all = append(all, *v)
		}
	}
	found, _ := filepath.Glob(filepath.Join(home, "git/checkouts/*/*"))
	if len(found) != 1 {
		t.Fatalf("checkouts: %q", found)
	}
	return all, found[0], string(out)
}

// readVendored returns nil for a package from a registry.
func readVendored(t *testing.T, dir string) *vendored {
	t.Helper()
	var sums struct {
		Files   map[string]string
		Package *string
	}
	text, err := os.ReadFile(filepath.Join(dir, ".cargo-checksum.json"))
	if err == nil {
		err = json.Unmarshal(text, &sums)
	}
	if err != nil {
		t.Fatal(err)
	}
	if sums.Package != nil {
		return nil
	}
	text, err = os.ReadFile(filepath.Join(dir, "Cargo.toml"))
	if err != nil {
		t.Fatal(err)
	}
	v := &vendored{manifest: string(text), files: slices.Sorted(maps.Keys(sums.Files))}
	for line := range strings.Lines(v.manifest) {
		if rest, ok := strings.CutPrefix(line, "name = "); ok && v.name == "" {
			v.name = strings.Trim(rest, "\"\n")
		}
	}
	_, v.version, _ = strings.Cut(filepath.Base(dir), v.name+"-")
	return v
}

// compare checks our manifest and folder of every package.
func compare(t *testing.T, tree *manifest.Tree, all []vendored) {
	t.Helper()
	for _, v := range all {
		f, err := tree.Find(v.name, v.version)
		if err != nil {
			t.Errorf("Find(%q, %q): %v", v.name, v.version, err)
			continue
		}
		got, err := tree.Normalize(compat.Rule{}, f.Dir, v.files)
		if err != nil {
			t.Errorf("Normalize(%q): %v", f.Dir, err)
			continue
		}
		if diff := gocmp.Diff(v.manifest, string(got.Text)); diff != "" {
			t.Errorf("%s in %s (-cargo +ours):\n%s", v.name, f.Dir, diff)
		}
	}
}

func TestNormalizeLikeCargo(t *testing.T) {
	dir := t.TempDir()
	writePackages(t, dir)
	commit(t, dir)
	packages, err := manifest.NewTree(os.DirFS(dir)).Packages()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d packages", len(packages))
	all, checkout := vendor(t, "file://"+dir, packages)
	if len(all) != len(packages) {
		t.Errorf("cargo vendored %d packages, want %d", len(all), len(packages))
	}
	if *update {
		writeWant(t, all)
	}
	compare(t, manifest.NewTree(os.DirFS(checkout)), all)
}

func writeWant(t *testing.T, all []vendored) {
	t.Helper()
	a := &txtar.Archive{Comment: []byte("Written by TestNormalizeLikeCargo -update from what cargo 1.95.0 made of packages.txtar.\n\n")}
	slices.SortFunc(all, func(a, b vendored) int { return cmp.Compare(a.name, b.name) })
	for _, v := range all {
		a.Files = append(a.Files,
			txtar.File{Name: v.name + "/files", Data: []byte(strings.Join(v.files, "\n") + "\n")},
			txtar.File{Name: v.name + "/Cargo.toml", Data: []byte(v.manifest)})
	}
	if err := os.WriteFile(wantFile, txtar.Format(a), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestRealRepositories compares packages of the repositories in the folder
// $CARGOHOME_GIT.
func TestRealRepositories(t *testing.T) {
	home := os.Getenv("CARGOHOME_GIT")
	if home == "" {
		t.Skip("CARGOHOME_GIT does not name a folder of repositories")
	}
	for repository, names := range map[string][]string{
		"tracing":   {"tracing", "tracing-subscriber", "tracing-appender", "tracing-opentelemetry", "tracing-serde", "tracing-flame", "tracing-error", "tracing-journald", "tracing-tower", "tracing-futures", "tracing-mock"},
		"winit":     {"winit", "dpi"},
		"regalloc2": {"regalloc2"},
		"cargo": {"cargo", "cargo-credential-libsecret", "crates-io", "cargo-test-support", "mdman", "home", "build-rs", "cargo-platform",
			"cargo-list-test-fixture@0.0.0", "cargo-list-test-fixture-dependency", "case", "crate2", "testing", "foo@0.0.0", "aa"},
	} {
		t.Run(repository, func(t *testing.T) {
			path := filepath.Join(home, repository+".git")
			if _, err := os.Stat(path); err != nil {
				t.Skip(err)
			}
			work := filepath.Join(t.TempDir(), repository)
			git(t, ".", "clone", "-q", path, work)
			if err := os.RemoveAll(filepath.Join(work, ".git")); err != nil { // its history takes long to fetch
				t.Fatal(err)
			}
			commit(t, work)
			packages := choose(t, os.DirFS(work), names)
			all, checkout, stderr := vendorVerbosely(t, "file://"+work, packages)
			t.Logf("%d packages compared", len(all))
			tree := manifest.NewTree(os.DirFS(checkout))
			tree.Registries = func(string) bool { return false }
			compare(t, tree, all)
			compareFound(t, tree, all, checkout, stderr)
		})
	}
}

// compareFound checks the folders of all packages, and those skipped for them,
// against cargo's output.
func compareFound(t *testing.T, tree *manifest.Tree, all []vendored, checkout, stderr string) {
	t.Helper()
	for _, v := range all {
		f, err := tree.Find(v.name, v.version)
		if err != nil {
			t.Error(err)
			continue
		}
		if !strings.Contains(stderr, "("+filepath.Join(checkout, f.Dir)+") to ") {
			t.Errorf("%s %s: cargo does not vendor it from %q", v.name, v.version, f.Dir)
		}
		want := strings.Fields(skipped(stderr, v.name, v.version, checkout))
		if diff := gocmp.Diff(want, f.Duplicates, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s %s: skipped (-cargo +ours):\n%s", v.name, v.version, diff)
		}
	}
}

func choose(t *testing.T, fsys fs.FS, names []string) []*manifest.Found {
	t.Helper()
	all, err := manifest.NewTree(fsys).Packages()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d packages in the tree", len(all))
	return slices.DeleteFunc(all, func(f *manifest.Found) bool {
		return !slices.Contains(names, f.Name) && !slices.Contains(names, f.Name+"@"+f.Version)
	})
}

// TestBrokenLikeCargo checks that the answers in [candidates] are cargo's.
func TestBrokenLikeCargo(t *testing.T) {
	dir := t.TempDir()
	writeCandidates(t, dir)
	commit(t, dir)
	var packages []*manifest.Found
	for i, c := range candidates {
		packages = append(packages, &manifest.Found{Name: c.pkg(i), Version: "1.0.0"})
	}
	all, _ := vendor(t, "file://"+dir, packages)
	broken := map[string]bool{}
	for _, v := range all {
		broken[v.name] = strings.Contains(v.manifest, `description = "second"`)
	}
	for i, c := range candidates {
		if got := broken[c.pkg(i)]; got != c.broken {
			t.Errorf("%s: cargo finds it broken: %v; the table says %v", c.name, got, c.broken)
		}
	}
}

// TestFindLikeCargo checks that the answers in [findCases] are cargo's: the folder
// is in the description, the others are in the warnings.
func TestFindLikeCargo(t *testing.T) {
	dir := t.TempDir()
	writeFindCases(t, dir)
	commit(t, dir)
	var packages []*manifest.Found
	for _, c := range findCases {
		if c.want != "" && !c.unlisted {
			packages = append(packages, &manifest.Found{Name: c.pkg(), Version: "1.0.0"})
		}
	}
	all, checkout, warnings := vendorVerbosely(t, "file://"+dir, packages)
	folders := map[string]string{}
	for _, v := range all {
		_, rest, _ := strings.Cut(v.manifest, "description = \"")
		folders[v.name], _, _ = strings.Cut(rest, "\"")
	}
	for _, c := range findCases {
		if c.unlisted {
			continue
		}
		want := c.want
		if c.name == "link-manifest" {
			want = "z" // both folders have the one manifest
		}
		if got := folders[c.pkg()]; got != want {
			t.Errorf("%s: cargo takes %q; the table says %q", c.name, got, want)
		}
		if got := skipped(warnings, c.pkg(), "1.0.0", filepath.Join(checkout, c.name)); got != c.more {
			t.Errorf("%s: cargo skips %q; the table says %q", c.name, got, c.more)
		}
	}
}

// skipped returns the folders in the warning about a package.
func skipped(warnings, name, version, dir string) string {
	_, rest, found := strings.Cut(warnings, "`"+name+" v"+version+" (")
	if !found {
		return ""
	}
	rest, _, _ = strings.Cut(rest, "in favor of")
	var folders []string
	for line := range strings.Lines(rest) {
		if path, ok := strings.CutPrefix(strings.TrimSpace(line), dir+"/"); ok {
			folders = append(folders, strings.TrimSuffix(path, "/Cargo.toml"))
		}
	}
	return strings.Join(folders, " ")
}
