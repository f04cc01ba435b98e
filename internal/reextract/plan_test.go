package reextract

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cargohome/crate"
	"cargohome/internal/cargotest"
	"cargohome/internal/config"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/lockfile"
)

// newHome makes a home that has crates in crates.io's registry.
func newHome(t *testing.T, crates ...cargotest.Crate) (*home.Home, *cargotest.Home) {
	t.Helper()
	fixture := cargotest.NewHome(t, t.TempDir())
	fixture.Add(crates...)
	h := home.New(fixture.Dir)
	t.Cleanup(func() { check(t, h.Close()) })
	return h, fixture
}

// pkg is a crate of version 1.0.0.
func pkg(name string) cargotest.Crate { return cargotest.Crate{Name: name, Version: "1.0.0"} }

// stems are the last elements of the items' folders, and their states.
func stems(items []*Item) string {
	var all []string
	for _, item := range items {
		all = append(all, filepath.Base(item.Dir)+" "+string(item.State))
	}
	return strings.Join(all, ", ")
}

func expect(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %s; want %s", what, got, want)
	}
}

func everything(t *testing.T, h *home.Home, specs []crate.Spec, force bool) *Plan {
	t.Helper()
	p, err := Everything(t.Context(), h, specs, force)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEverything(t *testing.T) {
	h, fixture := newHome(t, pkg("b"), pkg("a"), pkg("done"), pkg("half"))
	src := func(stem string) string { return fixture.Registry(cargotest.CratesIO).SourcePath(stem) }
	check(t, errors.Join(os.MkdirAll(src("done-1.0.0"), 0o777), os.MkdirAll(src("half-1.0.0"), 0o777)))
	check(t, os.WriteFile(filepath.Join(src("done-1.0.0"), crate.OKFile), []byte(okContent), 0o666))
	fixture.Registry("my.example-0123456789abcdef").Add(pkg("z"))

	p := everything(t, h, nil, false)
	expect(t, "items", stems(p.Items), "a-1.0.0 absent, b-1.0.0 absent, done-1.0.0 present, half-1.0.0 broken, z-1.0.0 absent")
	if !p.Replaces() || len(p.ToUnpack()) != 4 || len(p.Strange)+len(p.Missing) != 0 {
		t.Errorf("replaces %v, %d to unpack, strange %v, missing %v", p.Replaces(), len(p.ToUnpack()), p.Strange, p.Missing)
	}
	if p = everything(t, h, nil, true); len(p.ToUnpack()) != 5 {
		t.Errorf("by force %s", stems(p.ToUnpack()))
	}
	specs := []crate.Spec{{Name: "a"}, {Name: "z", Version: "1"}, {Name: "b", Version: "2"}}
	if p = everything(t, h, specs, false); p.Replaces() {
		t.Errorf("%s are replaced", stems(p.Items))
	}
	expect(t, "items named", stems(p.Items), "a-1.0.0 absent, z-1.0.0 absent")
}

// What is no archive is told of, unless packages are asked for; what cannot be looked
// at is told of as well, and left alone.
func TestEverything_strange(t *testing.T) {
	h, fixture := newHome(t, pkg("a"), pkg("loop"))
	r := fixture.Registry(cargotest.CratesIO)
	r.AddArchive("empty-1.0.0", nil)
	check(t, os.WriteFile(filepath.Join(filepath.Dir(r.ArchivePath("x")), "note.txt"), nil, 0o666))
	check(t, os.Mkdir(r.ArchivePath("folder-1.0.0"), 0o777))
	check(t, errors.Join(os.MkdirAll(filepath.Dir(r.SourcePath("x")), 0o777), os.Symlink("loop-1.0.0", r.SourcePath("loop-1.0.0"))))

	p := everything(t, h, nil, true)
	expect(t, "items", stems(p.Items), "a-1.0.0 absent, loop-1.0.0 unknown")
	expect(t, "to unpack, by force", stems(p.ToUnpack()), "a-1.0.0 absent")
	text := errors.Join(p.Strange...).Error()
	for _, want := range []string{`empty-1.0.0.crate": empty, of an interrupted download`, `note.txt": not the name of an archive`, `folder-1.0.0.crate": not a regular file`, `loop-1.0.0": cannot be looked at: `} {
		if !strings.Contains(text, want) {
			t.Errorf("strange are\n%s\nwithout %s", text, want)
		}
	}
	if len(p.Strange) != 4 {
		t.Errorf("strange are\n%s", text)
	}
	if p = everything(t, h, []crate.Spec{{Name: "a"}}, false); strings.Contains(errors.Join(p.Strange...).Error(), "note.txt") {
		t.Errorf("strange, of what a spec names: %v", p.Strange)
	}
}

func cratesIO(t *testing.T) crate.SourceID {
	t.Helper()
	source, err := crate.ParseSourceID("registry+https://github.com/rust-lang/crates.io-index")
	check(t, err)
	return source
}

func (f *lockedFixture) packages(names ...string) (all []lockfile.Package) {
	for _, name := range names {
		all = append(all, lockfile.Package{ID: crate.ID{Name: name, Version: "1.0.0", Source: f.source}})
	}
	return all
}

// lockedFixture is a home, and how sources are found in it.
type lockedFixture struct {
	*cargotest.Home
	source  crate.SourceID
	sources *locate.Sources
}

func newLocked(t *testing.T, crates ...cargotest.Crate) *lockedFixture {
	h, fixture := newHome(t, crates...)
	return &lockedFixture{Home: fixture, source: cratesIO(t), sources: locate.NewSources(h, &config.SourceMap{}, locate.Manifests{})}
}

// replace puts other sources in place of crates.io, by lines of cargo's configuration.
func (f *lockedFixture) replace(t *testing.T, lines ...string) {
	t.Helper()
	cfg, err := config.Load(config.Options{Cwd: t.TempDir(), Home: f.Dir, Args: lines})
	check(t, err)
	replaced, err := cfg.Sources(true)
	check(t, err)
	f.sources = locate.NewSources(f.sources.Home(), replaced, locate.Manifests{})
}

func (f *lockedFixture) plan(t *testing.T, packages []lockfile.Package, specs ...crate.Spec) *Plan {
	t.Helper()
	p, err := Locked(t.Context(), f.sources, packages, specs, false)
	check(t, err)
	return p
}

// Every copy that some Cargo would look at is unpacked; what has none is missing.
func TestLocked(t *testing.T) {
	f := newLocked(t, pkg("a"), pkg("unneeded"))
	f.Registry(cargotest.CratesIOOld).Add(pkg("a"))
	f.Registry(cargotest.CratesIO).AddArchive("empty-1.0.0", nil)
	f.Registry("my.example-0123456789abcdef").Add(pkg("elsewhere"))
	check(t, os.Mkdir(f.Registry(cargotest.CratesIO).ArchivePath("folder-1.0.0"), 0o777))
	git, err := crate.ParseSourceID("git+https://example.com/g#0123456789abcdef0123456789abcdef01234567")
	check(t, err)
	packages := append(f.packages("z", "a", "empty", "elsewhere", "folder", "a", "z"), lockfile.Package{ID: crate.ID{Name: "g", Version: "1.0.0", Source: git}})

	p := f.plan(t, packages)
	expect(t, "items", stems(p.Items), "a-1.0.0 absent, a-1.0.0 absent")
	if a, b := filepath.Base(filepath.Dir(p.Items[0].Dir)), filepath.Base(filepath.Dir(p.Items[1].Dir)); a == b {
		t.Errorf("both are for %s", a)
	}
	var missing []string
	for _, gap := range p.Missing {
		missing = append(missing, gap.ID.Name)
	}
	if want := []string{"elsewhere", "empty", "folder", "z"}; !slices.Equal(missing, want) {
		t.Errorf("missing are %q, want %q", missing, want)
	}
	if len(p.Strange) != 1 || !strings.Contains(p.Strange[0].Error(), `folder-1.0.0.crate": not a regular file`) {
		t.Errorf("strange are %v", p.Strange)
	}
	p = f.plan(t, packages, crate.Spec{Name: "z"})
	if len(p.Items) != 0 || len(p.Missing) != 1 {
		t.Errorf("of z alone: %s, missing %v", stems(p.Items), p.Missing)
	}
}

// A registry in the place of the source has the archive, and gives the folder its name.
func TestLocked_replaced(t *testing.T) {
	f := newLocked(t)
	local := t.TempDir()
	cargotest.AddLocal(t, local, pkg("a"))
	source := crate.NewLocalRegistrySource(local)
	f.replace(t, `source.crates-io.replace-with = "other"`, fmt.Sprintf("source.other.local-registry = %q", local))
	p := f.plan(t, f.packages("a"))
	expect(t, "items", stems(p.Items), "a-1.0.0 absent")
	folder, _ := home.Ident(source)
	expect(t, "registry", filepath.Base(filepath.Dir(p.Items[0].Dir)), folder)

	f.replace(t, `source.crates-io.replace-with = "other"`, fmt.Sprintf("source.other.directory = %q", local))
	if p = f.plan(t, f.packages("a")); len(p.Items)+len(p.Missing) != 0 {
		t.Errorf("of a directory: %s, missing %v", stems(p.Items), p.Missing)
	}
	f.replace(t, `source.crates-io.replace-with = "other"`, `source.other.directory = "x"`, `source.other.replace-with = "crates-io"`)
	if _, err := Locked(t.Context(), f.sources, f.packages("a"), nil, false); err == nil || !strings.Contains(err.Error(), "a v1.0.0: source ") || !strings.Contains(err.Error(), "cycle") {
		t.Errorf("of sources that make no sense: %v", err)
	}
}

// The largest come first, for no worker to be left with one at the end.
func TestPlan_ToUnpack(t *testing.T) {
	large := pkg("large")
	large.Files = []cargotest.File{{Path: "x", Content: rand.Text() + rand.Text() + rand.Text()}} // hardly deflated
	h, _ := newHome(t, pkg("a"), large, pkg("z"))
	expect(t, "order", stems(everything(t, h, nil, false).ToUnpack()[:1]), "large-1.0.0 absent")
}

// What Cargo's reader of JSON takes for its mark (cargo 1.95: LockMetadata).
func TestIsOK(t *testing.T) {
	for text, want := range map[string]bool{
		`{"v":1}`:                     true,
		"{\"v\":1}\n":                 true,
		` { "extra": [1], "v" : 1 } `: true,
		`ok`:                          false,
		``:                            false,
		`{}`:                          false,
		`{"v":2}`:                     false,
		`{"v":1.0}`:                   false,
		`{"v":"1"}`:                   false,
		`{"v":null}`:                  false,
		`{"v":1}x`:                    false,
		`{"V":1}`:                     false,
		`[1]`:                         false, // which Cargo takes, and nobody writes
	} {
		if got := IsOK([]byte(text)); got != want {
			t.Errorf("IsOK(%q) = %v, want %v", text, got, want)
		}
	}
}
