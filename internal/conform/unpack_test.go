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
	"testing"
	"time"

	"cargohome/internal/cargotest"
)

// stranger is another user on a machine without a network, who has a bundle, a project, and
// nothing of ours.
type stranger struct {
	dir    string // theirs
	prefix []string
}

// newStranger makes one. Cargo is bound to a place where they can reach it.
func newStranger(t *testing.T, project string) *stranger {
	t.Helper()
	for _, tool := range []string{"unshare", "setpriv"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	if out, err := exec.Command("unshare", "-n", "-m", "true").CombinedOutput(); err != nil {
		t.Skipf("unshare: %s", out)
	}
	dir, err := os.MkdirTemp("", "cargohome-stranger-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	sysroot := strings.TrimSpace(command{dir, "", []string{"rustc", "--print", "sysroot"}}.output(t))
	const script = `mount --bind "$1" "$2" && export PATH="$2/bin:$PATH" HOME=/nonexistent && shift 2 && exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"`
	s := &stranger{dir, []string{"unshare", "-n", "-m", "sh", "-c", script, "sh", sysroot, filepath.Join(dir, "rust")}}
	for _, args := range [][]string{
		{"mkdir", "rust"}, {"cp", binary, "cargohome"}, {"cp", "-r", copyProject(t, project), "app"},
		{"rm", "-rf", "app/target"}, {"chmod", "-R", "a+rX", "."}, {"chown", "-R", "65534", "."},
	} {
		command{dir, "", args}.output(t)
	}
	return s
}

// run runs a command in the project, with a home of their own.
func (s *stranger) run(t *testing.T, args ...string) string {
	t.Helper()
	return command{filepath.Join(s.dir, "app"), filepath.Join(s.dir, "home"), append(s.prefix[:len(s.prefix):len(s.prefix)], args...)}.output(t)
}

// works packs what a project needs, and has the stranger unpack it, and cargo work.
func (s *stranger) works(t *testing.T, project, home, name string, more ...[]string) {
	t.Helper()
	bundle := filepath.Join(s.dir, name)
	command{project, home, []string{binary, "pack", "-o", bundle, "--with-lockfiles"}}.output(t)
	s.run(t, filepath.Join(s.dir, "cargohome"), "unpack", bundle)
	for _, args := range append(more, offline...) {
		s.run(t, append([]string{"cargo"}, args...)...)
	}
	if out := s.run(t, filepath.Join(s.dir, "cargohome"), "unpack", "--format", "json", bundle); !strings.Contains(out, `"complete": true`) || strings.Contains(out, `"added"`) {
		t.Errorf("once more it is\n%s", out)
	}
}

// Whoever unpacks a bundle, wherever, can work with it.
func TestUnpack_projects(t *testing.T) {
	dir := corpus(t)
	for project, more := range map[string][][]string{"bat": {{"build", "--offline", "--locked"}}, "nu": nil} {
		if testing.Short() {
			if project != "bat" {
				continue // not among the smaller projects
			}
			more = nil
		}
		t.Run(project, func(t *testing.T) {
			path := filepath.Join(dir, "proj", project)
			newStranger(t, path).works(t, path, filepath.Join(dir, "home"), "home.tar.zst", more...)
		})
	}
}

// So with a repository that has a submodule.
func TestUnpack_git(t *testing.T) {
	home, project := submoduleHome(t)
	newStranger(t, project).works(t, project, home, "home.tar", []string{"build", "--offline", "--locked"})
}

// tagged is a registry that says what changed since, by ETags.
func tagged(registry http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		record := httptest.NewRecorder()
		registry.ServeHTTP(record, r)
		tag := fmt.Sprintf("%q", fmt.Sprint(record.Body.Len()))
		if w.Header().Set("ETag", tag); record.Code == http.StatusOK && r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.WriteHeader(record.Code)
		_, _ = w.Write(record.Body.Bytes())
	})
}

// A home that knew all versions knows them offline after one that was locked came to it, and
// online those that are new; also one that has the index in git.
func TestUnpack_update(t *testing.T) {
	needCargo(t)
	old := []cargotest.Crate{{Name: "plain", Version: "1.0.0"}, {Name: "plain", Version: "1.1.0"}}
	registry := registryHandler(old[:1])
	server := httptest.NewServer(tagged(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { registry.ServeHTTP(w, r) })))
	t.Cleanup(server.Close)
	root := t.TempDir()
	project, home, packing := filepath.Join(root, "app"), filepath.Join(root, "home"), filepath.Join(root, "packing")
	write(t, filepath.Join(project, ".cargo", "config.toml"), fmt.Sprintf("[registries.alt]\nindex = %q\n", "sparse+"+server.URL+"/index/"))
	write(t, filepath.Join(project, "src", "lib.rs"), "")
	lock := filepath.Join(project, "Cargo.lock")
	manifest := func(req string) {
		write(t, filepath.Join(project, "Cargo.toml"), "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\nplain = { version = \""+req+"\", registry = \"alt\" }\n")
	}
	cargo := func(args ...string) { command{project, home, append([]string{"cargo", "--quiet"}, args...)}.output(t) }
	locked := func(want string) {
		t.Helper()
		if text, err := os.ReadFile(lock); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s is not locked, but\n%s (%v)", want, text, err)
		}
	}

	manifest("1")
	cargo("fetch") // knows 1.0.0, with its tag
	registry = registryHandler(old)
	command{project, packing, []string{"cargo", "update", "--quiet"}}.output(t)
	command{project, packing, []string{"cargo", "fetch", "--quiet"}}.output(t)
	locked("1.1.0")
	bundle := filepath.Join(root, "home.tar")
	command{project, packing, []string{binary, "pack", "-o", bundle}}.output(t)
	command{project, home, []string{binary, "unpack", bundle}}.output(t)
	cargo("build", "--offline", "--locked")
	manifest("=1.0.0")
	cargo("build", "--offline") // is known still
	locked("1.0.0")
	registry = registryHandler(append(old, cargotest.Crate{Name: "plain", Version: "1.2.0"}))
	manifest("1")
	cargo("update")
	locked("1.2.0")
	cargo("fetch", "--locked")

	home = filepath.Join(root, "new")
	command{project, home, []string{binary, "unpack", bundle}}.output(t)
	cargo("update")
	locked("1.2.0")
}

// Cargo's collector leaves alone what came, for as long as it leaves what it fetches itself:
// in a home whose database knows the registry from long ago, and in one without.
func TestUnpack_collected(t *testing.T) {
	needCargo(t)
	root := t.TempDir()
	project := filepath.Join(root, "app")
	full := cargotest.NewHome(t, filepath.Join(root, "full"))
	full.Add(cargotest.Crate{Name: "a", Version: "1.0.0"})
	full.WriteProject(project, cargotest.Project{Name: "app", Deps: []cargotest.Dep{{Name: "a"}}})
	bundle := filepath.Join(root, "home.tar")
	command{project, full.Dir, []string{binary, "pack", "-o", bundle}}.output(t)
	for _, known := range []bool{false, true} {
		home := cargotest.NewHome(t, filepath.Join(root, fmt.Sprint(known)))
		if known {
			home.Add(cargotest.Crate{Name: "old", Version: "1.0.0"})
			home.Used("registry_crate", cargotest.CratesIO, "old-1.0.0.crate", 5)
			home.Used("registry_crate", cargotest.CratesIO, "a-1.0.0.crate", 5)
			if _, err := home.LastUseDB().Exec("INSERT INTO global_data VALUES (5)"); err != nil {
				t.Fatal(err)
			}
		}
		command{project, home.Dir, []string{binary, "unpack", bundle}}.output(t)
		collect := func(after time.Duration) {
			command{project, home.Dir, []string{"env", "RUSTC_BOOTSTRAP=1", fmt.Sprintf("__CARGO_TEST_LAST_USE_NOW=%d", time.Now().Add(after).Unix()), "cargo", "clean", "gc", "-Zgc", "--max-download-age", "3 months"}}.output(t)
		}
		collect(0)
		collect(80 * 24 * time.Hour)
		if _, err := os.Stat(home.Registry(cargotest.CratesIO).ArchivePath("a-1.0.0")); err != nil {
			t.Errorf("the database is known: %t: %v", known, err)
		}
		if _, err := os.Stat(home.Registry(cargotest.CratesIO).ArchivePath("old-1.0.0")); known && err == nil {
			t.Error("nothing was collected")
		}
		collect(100 * 24 * time.Hour)
		if _, err := os.Stat(home.Registry(cargotest.CratesIO).ArchivePath("a-1.0.0")); err == nil {
			t.Errorf("the database is known: %t: it is never collected", known)
		}
	}
}

// An index in git that Cargo fetched learns of a new version and a new crate, and forgets
// nothing; online Cargo goes on from what the registry has by then.
func TestUnpack_index_in_git(t *testing.T) {
	needCargo(t)
	root := t.TempDir()
	registry, project, packing := filepath.Join(root, "index"), filepath.Join(root, "app"), filepath.Join(root, "packing")
	home := filepath.Join(root, "home")
	lines := map[string]string{"config.json": fmt.Sprintf(`{"dl":"file://%s/dl/{crate}-{version}.crate"}`, root)}
	publish := func(crates ...cargotest.Crate) {
		for _, c := range crates {
			lines[cargotest.IndexPath(c.Name)] += string(c.IndexLine("")) + "\n"
			write(t, filepath.Join(root, "dl", c.Stem()+".crate"), string(c.Archive()))
		}
		commitFiles(t, registry, lines)
	}
	for name, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
	} {
		t.Setenv(name, value)
	}
	newRepo(t, registry)
	write(t, filepath.Join(project, ".cargo", "config.toml"), fmt.Sprintf("[registries.alt]\nindex = %q\n", "file://"+registry))
	write(t, filepath.Join(project, "src", "lib.rs"), "")
	manifest := func(deps string) {
		write(t, filepath.Join(project, "Cargo.toml"), "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\n"+strings.ReplaceAll(deps, "=", "= { registry = \"alt\", version = ")+"\n")
	}
	cargo := func(home string, args ...string) {
		command{project, home, append([]string{"cargo", "--quiet"}, args...)}.output(t)
	}
	locked := func(want ...string) {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(project, "Cargo.lock"))
		for _, w := range want {
			if err != nil || !strings.Contains(string(text), fmt.Sprintf("%q", w)) {
				t.Errorf("%s is not locked, but\n%s (%v)", w, text, err)
			}
		}
	}

	publish(cargotest.Crate{Name: "plain", Version: "1.0.0"})
	manifest(`plain="1" }`)
	cargo(home, "fetch")
	publish(cargotest.Crate{Name: "plain", Version: "1.1.0"}, cargotest.Crate{Name: "other", Version: "0.1.0"})
	manifest("plain=\"1\" }\nother=\"0.1\" }")
	cargo(packing, "update")
	cargo(packing, "fetch")
	locked("1.1.0", "0.1.0")
	bundle := filepath.Join(root, "home.tar")
	command{project, packing, []string{binary, "pack", "-o", bundle, "--with-lockfiles"}}.output(t)
	command{project, home, []string{binary, "unpack", bundle}}.output(t)
	cargo(home, "build", "--offline", "--locked")
	cargo(home, "vendor", "--offline", "--locked")

	// Where Cargo has looked for the index, and found nothing, it has made an empty one.
	tried := filepath.Join(root, "tried")
	if _, err := (command{project, tried, []string{"cargo", "fetch", "--offline", "--locked"}}).try(); err == nil {
		t.Error("cargo fetches what is not there")
	}
	one(t, tried, "registry/index/*/.git")
	command{project, tried, []string{binary, "unpack", "--dry-run", bundle}}.output(t)
	command{project, tried, []string{binary, "unpack", bundle}}.output(t)
	cargo(tried, "build", "--offline", "--locked")
	cargo(tried, "update", "--locked")

	git := one(t, home, "registry/index/*/.git")
	command{git, "", []string{"git", "fsck", "--no-dangling"}}.output(t)
	manifest(`plain="^1.0, <1.1" }`)
	cargo(home, "build", "--offline") // is known still
	locked("1.0.0")

	publish(cargotest.Crate{Name: "plain", Version: "1.2.0"}, cargotest.Crate{Name: "other", Version: "0.1.1"})
	manifest("plain=\"1\" }\nother=\"0.1\" }")
	cargo(home, "update")
	locked("1.2.0", "0.1.1")
	cargo(home, "fetch", "--locked")
	command{git, "", []string{"git", "fsck", "--no-dangling"}}.output(t)
	command{project, home, []string{binary, "unpack", bundle}}.output(t) // all of it is there
	cargo(home, "build", "--offline", "--locked")
}
