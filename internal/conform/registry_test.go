//go:build conform

package conform

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"cargohome/internal/cargotest"
)

// odd crates: what may differ between the two programs though no real project
// here has it.
var oddCrates = []cargotest.Crate{
	{Name: "Upper-Case_Name", Version: "1.0.0"},
	{Name: "pre", Version: "1.0.0-rc.1+build.5"},
	{Name: "pre", Version: "1.0.0-rc.1"},
	{Name: "pre", Version: "0.9.9"},
	{Name: "x", Version: "0.1.0"},
	{Name: "odd", Version: "0.1.0+meta", Files: []cargotest.File{
		{Path: "run.sh", Content: "#!/bin/sh\n", Mode: 0o777, MTime: 1},
		{Path: "setuid", Content: "x", Mode: 0o4755, MTime: -1},
		{Path: "secret", Content: "x", Mode: 0o600},
		{Path: "readonly", Content: "x", Mode: 0o444},
		{Path: "no mode \"quoted\" é\ttab", Content: "x", Mode: -1},
		{Path: "empty/", Type: '5', Mode: 0o700},
		{Path: "nested/Cargo.lock", Content: "x", MTime: 77},
		{Path: ".gitignore", Content: "x"},
		{Path: "sub/.gitattributes", Content: "x"},
		{Path: "sub/.git/config", Content: "x"},
		{Path: "only-filtered/.gitignore", Content: "x"},
		{Path: ".github/x", Content: "x"},
		{Path: ".gitmodules", Content: "x"},
		{Path: ".cargo-ok", Content: "x"},
		{Path: "deep/.cargo-ok", Content: "x"},
		{Path: "a.orig", Content: "x"},
		{Path: "target/b.rej", Content: "x"},
		{Path: "twice", Content: "first", Mode: 0o755},
		{Path: "twice", Content: "second", Mode: 0o600},
		{Path: strings.Repeat("long-name/", 20) + "file", Content: "x"},
		{Path: "control\x01\x1f\x7f", Content: "x"},
	}},
}

func TestVendor_sparse_registry(t *testing.T) {
	needCargo(t)
	server := httptest.NewServer(registryHandler(oddCrates))
	t.Cleanup(server.Close)
	vendorOddCrates(t, "sparse+"+server.URL+"/index/")
}

func TestVendor_git_registry(t *testing.T) {
	needCargo(t)
	dir := t.TempDir()
	files := map[string][]byte{"config.json": fmt.Appendf(nil, `{"dl":"file://%s/dl/{crate}-{version}.crate"}`, dir)}
	if err := os.Mkdir(filepath.Join(dir, "dl"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, c := range oddCrates {
		path := cargotest.IndexPath(c.Name)
		files[path] = append(append(files[path], c.IndexLine("")...), '\n')
		if err := os.WriteFile(filepath.Join(dir, "dl", c.Stem()+".crate"), c.Archive(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	cargotest.Commit(t, filepath.Join(dir, "index"), "refs/heads/master", files)
	vendorOddCrates(t, "file://"+filepath.Join(dir, "index"))
}

// registryHandler serves crates as a sparse registry below /index/.
func registryHandler(crates []cargotest.Crate) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /index/config.json", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"dl":"http://%s/dl/{crate}-{version}.crate"}`, r.Host)
	})
	lines, archives := map[string]string{}, map[string][]byte{}
	for _, c := range crates {
		lines[cargotest.IndexPath(c.Name)] += string(c.IndexLine("")) + "\n"
		archives[c.Stem()+".crate"] = c.Archive()
	}
	mux.HandleFunc("GET /index/{path...}", func(w http.ResponseWriter, r *http.Request) {
		text, ok := lines[r.PathValue("path")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, text)
	})
	mux.HandleFunc("GET /dl/{name}", func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write(archives[r.PathValue("name")])
	})
	return mux
}

// vendorOddCrates lets cargo fill a home from the registry, and vendors from
// that home in every way.
func vendorOddCrates(t *testing.T, index string) {
	t.Helper()
	root := t.TempDir()
	project, home := filepath.Join(root, "app"), filepath.Join(root, "home")
	write(t, filepath.Join(project, ".cargo", "config.toml"), fmt.Sprintf("[registries.alt]\nindex = %q\n", index))
	write(t, filepath.Join(project, "src", "main.rs"), "fn main() {}\n")
	write(t, filepath.Join(project, "Cargo.toml"), `[package]
name = "app"
version = "0.1.0"
edition = "2021"

[dependencies]
Upper-Case_Name = { version = "1", registry = "alt" }
pre = { version = "=1.0.0-rc.1", registry = "alt" }
old-pre = { package = "pre", version = "0.9", registry = "alt" }
x = { version = "0.1", registry = "alt", optional = true }

[target.'cfg(windows)'.dev-dependencies]
odd = { version = "0.1", registry = "alt" }
`)
	command{project, home, []string{"cargo", "fetch", "--quiet"}}.output(t)
	t.Run("plain", func(t *testing.T) { both(t, project, home) })
	t.Run("versioned", func(t *testing.T) { both(t, project, home, "--versioned-dirs") })
	t.Run("destination", func(t *testing.T) { both(t, project, home, "./vendor/") })
	t.Run("umask", func(t *testing.T) {
		old := syscall.Umask(0o077) // what the programs inherit
		defer syscall.Umask(old)
		both(t, project, home)
	})
	t.Run("builds", func(t *testing.T) {
		dir := copyProject(t, project)
		command{dir, home, []string{binary, "vendor", "--write-config"}}.output(t)
		command{dir, filepath.Join(root, "empty"), []string{"cargo", "check", "--quiet", "--offline", "--frozen"}}.output(t)
	})
}

// A registry in place of crates.io, obeyed with --respect-source-config: packages
// keep crates.io as their source.
func TestVendor_replaced_registry(t *testing.T) {
	needCargo(t)
	server := httptest.NewServer(registryHandler(oddCrates))
	t.Cleanup(server.Close)
	root := t.TempDir()
	project, home := filepath.Join(root, "app"), filepath.Join(root, "home")
	write(t, filepath.Join(project, ".cargo", "config.toml"), fmt.Sprintf(`[source.crates-io]
replace-with = "middle"
[source.middle]
registry = "https://example.com/not-asked"
replace-with = "mirror"
[source.mirror]
registry = "sparse+%s/index/"
`, server.URL))
	write(t, filepath.Join(project, "src", "main.rs"), "fn main() {}\n")
	write(t, filepath.Join(project, "Cargo.toml"), `[package]
name = "app"
version = "0.1.0"
edition = "2021"

[dependencies]
pre = "0.9"
odd = "0.1"
`)
	command{project, home, []string{"cargo", "fetch", "--quiet"}}.output(t)
	respecting(t, project, home)
}

// respecting vendors with --respect-source-config by both. The configuration is
// found from the current folder upward, so both run in the project itself.
func respecting(t *testing.T, project, home string) {
	t.Helper()
	for _, args := range [][]string{{}, {"--versioned-dirs"}} {
		args = append(args, "--respect-source-config")
		want := command{project, home, append([]string{"cargo", "vendor", "--locked", "--offline", "../theirs"}, args...)}.output(t)
		got := command{project, home, append([]string{binary, "vendor", "../ours"}, args...)}.output(t)
		if got != strings.ReplaceAll(want, "../theirs", "../ours") {
			t.Errorf("printed config is\n%s\nwant\n%s", got, want)
		}
		sameTree(t, filepath.Join(project, "../theirs"), filepath.Join(project, "../ours"))
	}
}

// One name and version from two registries: cargo cannot vendor that, but builds
// from what we make of it.
func TestVendor_clash(t *testing.T) {
	needCargo(t)
	var urls []string
	for _, text := range []string{"one", "two"} {
		lib := cargotest.File{Path: "src/lib.rs", Content: "pub fn name() -> &'static str { \"" + text + "\" }\n"}
		server := httptest.NewServer(registryHandler([]cargotest.Crate{
			{Name: "same", Version: "1.0.0", Files: []cargotest.File{lib}},
			{Name: "only-" + text, Version: "1.0.0"},
		}))
		t.Cleanup(server.Close)
		urls = append(urls, "sparse+"+server.URL+"/index/")
	}
	root := t.TempDir()
	project, home := filepath.Join(root, "app"), filepath.Join(root, "home")
	write(t, filepath.Join(project, ".cargo", "config.toml"), fmt.Sprintf("[registries]\none.index = %q\ntwo.index = %q\n", urls[0], urls[1]))
	write(t, filepath.Join(project, "src", "main.rs"), "fn main() { println!(\"{} {}\", one::name(), two::name()); }\n")
	write(t, filepath.Join(project, "Cargo.toml"), `[package]
name = "app"
version = "0.1.0"
edition = "2021"

[dependencies]
one = { package = "same", version = "1", registry = "one" }
two = { package = "same", version = "1", registry = "two" }
only-one = { version = "1", registry = "one" }
only-two = { version = "1", registry = "two" }
`)
	command{project, home, []string{"cargo", "fetch", "--quiet"}}.output(t)
	command{project, home, []string{binary, "vendor", "--write-config"}}.output(t)
	got := command{project, filepath.Join(root, "empty"), []string{"cargo", "run", "--quiet", "--offline", "--frozen"}}.output(t)
	if got != "one two\n" {
		t.Errorf("the program built from the vendor folders prints %q", got)
	}
}

// A vendor folder in place of a registry, obeyed with --respect-source-config.
func TestVendor_directory_source(t *testing.T) {
	needCargo(t)
	server := httptest.NewServer(registryHandler(append(oddCrates, cargotest.Crate{Name: "picky", Version: "1.0.0", Files: []cargotest.File{
		{Path: "Cargo.toml", Content: "[package]\nname = \"picky\"\nversion = \"1.0.0\"\ninclude = [\"/src\", \".kept\", \"!/src/left-out\"]\n"},
		{Path: "src/left-out", Content: "x"}, {Path: ".kept", Content: "x"}, {Path: "other", Content: "x"}, {Path: "run.sh", Content: "x", Mode: 0o755},
	}})))
	t.Cleanup(server.Close)
	root := t.TempDir()
	project, home := filepath.Join(root, "app"), filepath.Join(root, "home")
	index := "sparse+" + server.URL + "/index/"
	config := filepath.Join(project, ".cargo", "config.toml")
	write(t, config, fmt.Sprintf("[registries.alt]\nindex = %q\n", index))
	write(t, filepath.Join(project, "src", "main.rs"), "fn main() {}\n")
	write(t, filepath.Join(project, "Cargo.toml"), `[package]
name = "app"
version = "0.1.0"
edition = "2021"

[dependencies]
pre = { version = "=1.0.0-rc.1", registry = "alt" }
old-pre = { package = "pre", version = "0.9", registry = "alt" }
odd = { version = "0.1", registry = "alt" }
picky = { version = "1", registry = "alt" }
`)
	command{project, home, []string{"cargo", "vendor", "--quiet", "../source"}}.output(t)
	write(t, config, fmt.Sprintf("[registries.alt]\nindex = %q\n[source.alt]\nregistry = %[1]q\nreplace-with = \"v\"\n[source.v]\ndirectory = \"../source\"\n", index))
	respecting(t, project, filepath.Join(root, "empty"))
}

// A local registry in place of crates.io, obeyed with --respect-source-config.
func TestVendor_local_registry(t *testing.T) {
	needCargo(t)
	root := t.TempDir()
	project := filepath.Join(root, "app")
	cargotest.AddLocal(t, filepath.Join(root, "local"), cargotest.Crate{Name: "leaf", Version: "1.0.0"}, cargotest.Crate{Name: "leaf", Version: "0.2.0"})
	write(t, filepath.Join(project, ".cargo", "config.toml"),
		"[source.crates-io]\nreplace-with = \"here\"\n[source.here]\nlocal-registry = \"../local\"\n")
	write(t, filepath.Join(project, "src", "main.rs"), "fn main() {}\n")
	write(t, filepath.Join(project, "Cargo.toml"), `[package]
name = "app"
version = "0.1.0"
edition = "2021"

[dependencies]
leaf = "1"
old-leaf = { package = "leaf", version = "0.2" }
`)
	home := filepath.Join(root, "home")
	command{project, home, []string{"cargo", "generate-lockfile", "--quiet", "--offline"}}.output(t)
	respecting(t, project, home)
	// Without it both look in the home, where nothing is.
	cmd := exec.Command(binary, "vendor")
	cmd.Dir, cmd.Env = project, append(os.Environ(), "CARGO_HOME="+home)
	if out, err := cmd.CombinedOutput(); err == nil {
		t.Errorf("vendored from an empty home:\n%s", out)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
