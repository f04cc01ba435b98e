package declared_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"cargohome/crate"
	"cargohome/internal/cargotest"
	"cargohome/internal/config"
	"cargohome/internal/declared"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/lockfile"
	"cargohome/internal/resolve"
	"cargohome/internal/workspace"
)

// site is a home and a workspace of two members; app needs a crate, a procedural macro,
// and the other member.
type site struct {
	home, dir string
	lock      *lockfile.Lockfile
	workspace *workspace.Workspace
}

const macroManifest = `[package]
name = "mac"
version = "1.0.0"
[lib]
proc-macro = true
[dependencies]
leaf = { version = "1", optional = true, package = "thing" }
[features]
f = ["dep:leaf"]
[target."cfg(windows)".build-dependencies]
thing = { version = "1", default-features = false, features = ["x"] }
`

func newSite(t *testing.T) *site {
	t.Helper()
	dir := t.TempDir()
	h := cargotest.NewHome(t, filepath.Join(dir, "home"))
	h.Add(cargotest.Crate{Name: "thing", Version: "1.0.0", Features: map[string][]string{"x": {}}}, cargotest.Crate{
		Name: "mac", Version: "1.0.0", Features: map[string][]string{"f": {"dep:leaf"}},
		Deps: []cargotest.Dep{
			{Name: "thing", As: "leaf", Req: "1", Optional: true},
			{Name: "thing", Req: "1", Target: "cfg(windows)", Kind: "build", NoDefaults: true, Features: []string{"x"}},
		},
		Files: []cargotest.File{{Path: "Cargo.toml", Content: macroManifest}},
	})
	s := &site{home: h.Dir, dir: filepath.Join(dir, "ws")}
	s.write(t, "Cargo.toml", "[workspace]\nmembers = [\"app\", \"tool\"]\ndefault-members = [\"app\"]\nresolver = \"2\"\n")
	s.write(t, "app/Cargo.toml", "[package]\nname = \"app\"\nversion = \"0.1.0\"\n[dependencies]\nmac = \"1\"\ntool = { path = \"../tool\" }\n")
	s.write(t, "tool/Cargo.toml", "[package]\nname = \"tool\"\nversion = \"0.1.0\"\n[lib]\nproc-macro = true\n")
	s.write(t, "tool/tests/ui.rs", "")
	s.write(t, "Cargo.lock", cargotest.LockText(4, []cargotest.Locked{
		{Ref: cargotest.Ref{Name: "app", Version: "0.1.0"}, Deps: []cargotest.Ref{{Name: "mac", Version: "1.0.0", Source: cargotest.CratesIOSource}, {Name: "tool", Version: "0.1.0"}}},
		{Ref: cargotest.Ref{Name: "tool", Version: "0.1.0"}},
		{Ref: cargotest.Ref{Name: "mac", Version: "1.0.0", Source: cargotest.CratesIOSource}, Deps: []cargotest.Ref{{Name: "thing", Version: "1.0.0", Source: cargotest.CratesIOSource}}},
		{Ref: cargotest.Ref{Name: "thing", Version: "1.0.0", Source: cargotest.CratesIOSource}},
	}))
	var err error
	if s.lock, err = lockfile.Read(filepath.Join(s.dir, "Cargo.lock")); err != nil {
		t.Fatal(err)
	}
	if s.workspace, err = workspace.Find(filepath.Join(s.dir, "Cargo.toml"), s.home); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(s.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (s *site) packages(t *testing.T) ([]resolve.Package, error) {
	t.Helper()
	h := home.New(s.home)
	defer h.Close()
	cfg, err := config.Load(config.Options{Cwd: s.dir, Home: s.home})
	if err != nil {
		t.Fatal(err)
	}
	replaced, err := cfg.Sources(false)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := slices.DeleteFunc(slices.Clone(s.lock.Packages), func(p lockfile.Package) bool { return p.ID.Source == crate.SourceID{} })
	sources := &declared.Sources{Registry: cfg.Registry}
	if sources.Found, err = locate.Find(t.Context(), 2, elsewhere, locate.NewSources(h, replaced, locate.Manifests{})); err != nil {
		t.Fatal(err)
	}
	if sources.Own, err = s.workspace.PathPackages(); err != nil {
		t.Fatal(err)
	}
	return declared.Packages(t.Context(), 2, s.lock, sources)
}

// TestPackages: an archive says the same as its line in the index.
func TestPackages(t *testing.T) {
	s := newSite(t)
	indexed, err := s.packages(t)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(s.home, "registry", "index")); err != nil {
		t.Fatal(err)
	}
	read, err := s.packages(t)
	if err != nil {
		t.Fatal(err)
	}
	crates, err := crate.ParseSourceID(cargotest.CratesIOSource)
	if err != nil {
		t.Fatal(err)
	}
	app, mac, tool := indexed[0], indexed[1], indexed[3]
	want := []resolve.Dependency{
		{Name: "leaf", Package: "thing", Requirement: "1", Source: crates, Optional: true, DefaultFeatures: true},
		{Name: "thing", Package: "thing", Requirement: "1", Source: crates, Kind: resolve.Build, Platform: "cfg(windows)", Features: []string{"x"}},
	}
	for _, p := range []resolve.Package{mac, read[1]} {
		if !p.ProcMacro || !reflect.DeepEqual(p.Dependencies, want) || !reflect.DeepEqual(p.Features, map[string][]string{"f": {"dep:leaf"}}) {
			t.Errorf("mac is %+v", p)
		}
	}
	if !tool.ProcMacro || tool.Binaries || !tool.DevTargets || tool.Dir != filepath.Join(s.dir, "tool") {
		t.Errorf("tool is %+v", tool)
	}
	if d := app.Dependencies[1]; d.Name != "tool" || d.Dir != tool.Dir || d.Source != (crate.SourceID{}) {
		t.Errorf("app needs %+v", d)
	}
}

func TestPackages_errors(t *testing.T) {
	s := newSite(t)
	s.write(t, "app/Cargo.toml", "[package]\nname = \"app\"\nversion = \"0.2.0\"\n[dependencies]\ntool = { path = \"../tool\" }\n")
	var err error
	if s.workspace, err = workspace.Find(filepath.Join(s.dir, "Cargo.toml"), s.home); err != nil {
		t.Fatal(err)
	}
	if _, err := s.packages(t); !errors.Is(err, resolve.ErrLock) {
		t.Errorf("%v, want ErrLock", err)
	}
	if _, err := declared.Workspace(s.lock, s.workspace); !errors.Is(err, resolve.ErrLock) {
		t.Errorf("%v, want ErrLock", err)
	}
}

func TestWorkspace(t *testing.T) {
	s := newSite(t)
	for manifest, want := range map[string]resolve.Workspace{
		"Cargo.toml":      {Members: []int{0, 3}, Default: []int{0}, Current: -1, Resolver: 2},
		"tool/Cargo.toml": {Members: []int{0, 3}, Default: []int{3}, Current: 3, Resolver: 2},
	} {
		w, err := workspace.Find(filepath.Join(s.dir, filepath.FromSlash(manifest)), s.home)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := declared.Workspace(s.lock, w); err != nil || !reflect.DeepEqual(*got, want) {
			t.Errorf("%s: %+v, %v, want %+v", manifest, got, err, want)
		}
	}
}
