package locate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/crate"
	"cargohome/internal/cargotest"
	"cargohome/internal/config"
	"cargohome/internal/home"
	"cargohome/internal/lockfile"
)

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// world is a home, and what cargo's configuration has in place of sources.
type world struct {
	*cargotest.Home
	t        *testing.T
	config   []string // lines
	jobs     int
	cratesIO *cargotest.Registry
}

func newWorld(t *testing.T) *world {
	h := cargotest.NewHome(t, t.TempDir())
	return &world{Home: h, t: t, cratesIO: h.Registry(cargotest.CratesIO)}
}

// locked is a package of a lockfile, named NAME with version 1.0.0.
func (w *world) locked(name, source, checksum string) lockfile.Package {
	w.t.Helper()
	src, err := crate.ParseSourceID(source)
	check(w.t, err)
	p := lockfile.Package{ID: crate.ID{Name: name, Version: "1.0.0", Source: src}}
	if checksum != "" {
		sum, err := crate.ParseChecksum(checksum)
		check(w.t, err)
		p.Checksum = &sum
	}
	return p
}

func (w *world) sources() *Sources {
	w.t.Helper()
	cfg, err := config.Load(config.Options{Cwd: w.t.TempDir(), Home: w.Dir, Args: w.config})
	check(w.t, err)
	replaced, err := cfg.Sources(true)
	check(w.t, err)
	h := home.New(w.Dir)
	w.t.Cleanup(func() { check(w.t, h.Close()) })
	return NewSources(h, replaced, Manifests{})
}

func (w *world) find(packages ...lockfile.Package) []Package {
	w.t.Helper()
	found, err := Find(w.t.Context(), w.jobs, packages, w.sources())
	check(w.t, err)
	return found
}

func one(name string) cargotest.Crate { return cargotest.Crate{Name: name, Version: "1.0.0"} }

// told is what is known of a package, in short: its copies by the names of their folders,
// who vouches, and what is lacking.
func told(p *Package) string {
	var copies []string
	for _, a := range p.Archives {
		trusted := ""
		if a.Trusted {
			trusted = "!"
		}
		copies = append(copies, filepath.Base(filepath.Dir(a.Path))[:5]+trusted)
	}
	text := fmt.Sprintf("%s[%s] by %q", p.ID.Name, strings.Join(copies, " "), p.By)
	if p.Gap != nil {
		text += ": " + titles[p.Gap.Reason]
	}
	return text
}

// What is found of packages from registries, and what is lacking, is known for all of
// them at once, in the order they are asked for.
func TestFind(t *testing.T) {
	w := newWorld(t)
	w.Add(one("sound"), one("unvouched"), one("changed"), one("corrupt"))
	w.Registry("other.example-0123456789abcdef").Add(one("sound"), one("elsewhere"))
	w.cratesIO.AddArchive("empty-1.0.0", nil)
	w.cratesIO.AddArchive("unlisted-1.0.0", one("unlisted").Archive())
	check(t, os.Mkdir(w.cratesIO.ArchivePath("folder-1.0.0"), 0o777))
	check(t, os.WriteFile(w.cratesIO.ArchivePath("corrupt-1.0.0"), []byte("x"), 0o666))
	w.cratesIO.AddLine("changed", one("changed").IndexLine(strings.Repeat("1", 64)))
	sums := map[string]string{"unvouched": ""}
	var packages []lockfile.Package
	for _, name := range []string{"sound", "elsewhere", "empty", "folder", "missing", "unlisted", "unvouched", "changed", "corrupt"} {
		sum, known := sums[name]
		if !known {
			sum = one(name).Checksum()
		}
		packages = append(packages, w.locked(name, cargotest.CratesIOSource, sum))
	}
	packages = append(packages, w.locked("far", "registry+https://far.example/index", one("far").Checksum()))
	for _, w.jobs = range []int{1, 8} {
		found := w.find(packages...)
		var got []string
		for i := range found {
			got = append(got, told(&found[i]))
		}
		want := []string{
			`sound[index! other] by "lockfile"`,
			`elsewhere[other] by "lockfile"`,
			`empty[] by "lockfile": empty archive, of an interrupted download`,
			`folder[] by "lockfile": unreadable archive`,
			`missing[] by "lockfile": missing archive`,
			`unlisted[index!] by "lockfile"`,
			`unvouched[index!] by "index": no checksum in the lockfile`,
			`changed[index!] by "": checksums that disagree`,
			`corrupt[index!] by "lockfile"`,
			`far[] by "lockfile": no folder in the cargo home for the registry`,
		}
		if diff := lines(got, want); diff != "" {
			t.Errorf("%d jobs: %s", w.jobs, diff)
		}
		if gaps := GapsOf(found); len(gaps) != 6 || gaps[0].ID.Name != "empty" || gaps[1].Err != nil {
			t.Errorf("gaps are %v", gaps)
		}
		damaged := Damaged(t.Context(), w.jobs, found)
		if len(damaged) != 1 || damaged[0].ID.Name != "corrupt" || damaged[0].Reason != Corrupt && damaged[0].Reason != Truncated {
			t.Errorf("damaged are %v", damaged)
		}
		if notes := Notes(found); len(notes) != 2 || !strings.HasSuffix(notes[0], "does not list all packages; the lockfile alone vouches for 5 packages") {
			t.Errorf("notes are %q", notes)
		}
	}
}

func lines(got, want []string) string {
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		return fmt.Sprintf("got\n%s\nwant\n%s", g, w)
	}
	return ""
}

// A registry, a local registry or a vendor folder in the place of a source has its
// packages, which keep their own.
func TestFind_replaced(t *testing.T) {
	local, vendor := t.TempDir(), t.TempDir()
	cargotest.AddLocal(t, local, one("a"))
	sum := one("a").Checksum()
	for path, text := range map[string]string{
		"a/Cargo.toml": "[package]\nname = \"a\"\nversion = \"1.0.0\"\n", "a/src/lib.rs": "",
		"a/" + crate.ChecksumFile:      `{"files":{},"package":"` + sum + `"}`,
		"odd/Cargo.toml":               "[package]\nname = \"b\"\nversion = \"1.0.0\"\n",
		"odd/src/lib.rs":               "",
		"odd/" + crate.ChecksumFile:    `{"files":{},"package":null}`,
		"broken-1.0.0/x":               "",
		"unread-1.0.0/x":               "",
		"broken/Cargo.toml":            "[package\n",
		"broken/" + crate.ChecksumFile: `{}`,
	} {
		path = filepath.Join(vendor, filepath.FromSlash(path))
		check(t, errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(text), 0o666)))
	}
	w := newWorld(t)
	w.config = []string{`source.crates-io.replace-with = "other"`, fmt.Sprintf("source.other.local-registry = %q", local)}
	a, missing := w.locked("a", cargotest.CratesIOSource, sum), w.locked("z", cargotest.CratesIOSource, sum)
	found := w.find(a, missing)
	if p := found[0]; p.Gap != nil || p.From.LocalPath() != local || !p.ID.Source.IsCratesIO() || len(p.Archives) != 1 || !p.Archives[0].Trusted {
		t.Errorf("of a local registry: %+v", p)
	}
	if gap := found[1].Gap; gap == nil || gap.Reason != Missing || gap.Place != local || gap.Absent() {
		t.Errorf("not in a local registry: %+v", gap)
	}
	w.config[1] = fmt.Sprintf("source.other.directory = %q", vendor)
	found = w.find(a, missing, w.locked("b", cargotest.CratesIOSource, sum), w.locked("b", cargotest.CratesIOSource, ""), w.locked("broken", cargotest.CratesIOSource, sum))
	if p := found[0]; p.Gap != nil || p.Vendored == nil || p.Vendored.Dir != filepath.Join(vendor, "a") || p.Found.Dir != "." || p.Want != nil {
		t.Errorf("of a directory: %+v", p)
	}
	for i, want := range map[int]Reason{1: Missing, 2: Disagreeing, 3: Unvouched, 4: Missing} {
		if gap := found[i].Gap; gap == nil || gap.Reason != want {
			t.Errorf("%s in a directory: %+v, want %q", found[i].ID, gap, titles[want])
		}
	}
	if detail := found[4].Gap.Detail; !strings.Contains(detail, filepath.Join(vendor, "broken")) {
		t.Errorf("of a broken manifest it is said %q", detail)
	}
}

// The packages of a repository share its commit.
func TestFind_commit(t *testing.T) {
	w := newWorld(t)
	manifest := func(name string) []byte {
		return []byte("[package]\nname = \"" + name + "\"\nversion = \"1.0.0\"\n")
	}
	commit := w.AddRepository("dep-2cabe8440ae18435", "https://example.com/dep", map[string][]byte{
		"a/Cargo.toml": manifest("a"), "a/src/lib.rs": nil, "b/Cargo.toml": manifest("b"), "b/src/lib.rs": nil,
	})
	source := "git+https://example.com/dep#" + commit
	found := w.find(w.locked("a", source, ""), w.locked("b", source, ""))
	if found[0].Commit == nil || found[0].Commit != found[1].Commit || found[1].Found.Dir != "b" || len(GapsOf(found)) > 0 {
		t.Errorf("found are %+v", found)
	}
	other := "git+https://example.com/dep#" + strings.Repeat("1", 40)
	found = w.find(w.locked("a", other, ""), w.locked("b", "git+https://example.com/none#"+commit, ""))
	if gaps := GapsOf(found); len(gaps) != 2 || gaps[0].Reason != NoCommit || gaps[1].Reason != NoRepository || !gaps[1].Absent() {
		t.Errorf("gaps are %v", gaps)
	}
	_, err := Find(t.Context(), 0, []lockfile.Package{w.locked("a", source, ""), w.locked("c", source, "")}, w.sources())
	if err == nil || !strings.HasPrefix(err.Error(), "c v1.0.0") || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of a package that is not in the commit: %v", err)
	}
}

// What is read from where, and checked out, is told without looking.
func TestSources(t *testing.T) {
	w := newWorld(t)
	git := func(url string) string { return "git+" + url + "#" + strings.Repeat("1", 40) }
	w.config = []string{
		`source.a.git = "https://example.com/a"`, `source.a.replace-with = "b"`, `source.b.git = "https://example.com/b"`,
		`source.c.git = "https://example.com/c"`, `source.c.replace-with = "d"`, `source.d.directory = "d"`,
	}
	s := w.sources()
	var ids []crate.ID
	var sources []crate.SourceID
	for _, source := range []string{git("https://example.com/a"), git("https://example.com/b"), git("https://example.com/c"), cargotest.CratesIOSource} {
		ids = append(ids, w.locked("p", source, "").ID)
		sources = append(sources, ids[len(ids)-1].Source)
	}
	placed, err := s.Place(ids)
	check(t, err)
	for i, want := range []bool{true, false, true, false} {
		if p := placed[i]; p.IsReplaced() != want || s.Replaces(p.ID.Source) != want || p.At().Source != p.From || p.At().Stem() != p.ID.Stem() {
			t.Errorf("%s is read from %s", p.ID, p.From.Display())
		}
	}
	repositories, err := s.Repositories(sources)
	if err != nil || len(repositories) != 1 || repositories[0] != sources[1] {
		t.Errorf("checked out are %v, %v", repositories, err)
	}
}

// Sources that make no sense are one error each.
func TestFind_no_source(t *testing.T) {
	w := newWorld(t)
	w.config = []string{`source.crates-io.replace-with = "x"`, `source.g.git = "https://example.com/dep"`, `source.g.replace-with = "r"`, `source.r.registry = "https://example.com/index"`}
	packages := []lockfile.Package{w.locked("a", cargotest.CratesIOSource, ""), w.locked("b", cargotest.CratesIOSource, ""), w.locked("c", "git+https://example.com/dep#"+strings.Repeat("1", 40), "")}
	_, err := Find(t.Context(), 0, packages, w.sources())
	if err == nil || strings.Count(err.Error(), "packages of ") != 2 || !strings.Contains(err.Error(), "a registry stands in for them") {
		t.Errorf("error is %v", err)
	}
}
