package vendoring

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cargohome/internal/cargotest"
	"cargohome/internal/glob"
	"cargohome/internal/locate"
)

func exclusion(t *testing.T, text string, preset bool) *Exclusion {
	t.Helper()
	p, err := glob.ParsePath(text)
	if err != nil {
		t.Fatal(err)
	}
	return &Exclusion{Text: text, Path: p, Yields: preset, Preset: preset}
}

// ofAll is an exclusion for all packages.
func ofAll(t *testing.T, text string) *Exclusion {
	e := exclusion(t, text, false)
	e.Yields = true
	return e
}

// filterOne vendors a package of these files, filtered, and returns the files that are
// there and those on record.
func filterOne(t *testing.T, f Filter, files map[string]string) (there, listed []string, err error) {
	t.Helper()
	c := cargotest.Crate{Name: "one", Version: "1.0.0"}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		c.Files = append(c.Files, cargotest.File{Path: path, Content: files[path]})
	}
	arranged, sources := fixture(t, c)
	found, err := locate.Find(t.Context(), 0, arranged.Packages, sources)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := NewSteps(t.Context(), 0, arranged, found, nil)
	if err != nil {
		t.Fatal(err)
	}
	steps[0].Leave(f)
	dest := filepath.Join(t.TempDir(), "vendor")
	p, err := NewPlan(steps, Target{Dest: dest})
	if err != nil {
		t.Fatal(err)
	}
	measured, measureErr := p.Measure(t.Context(), 0)
	results, err := p.Write(t.Context(), WriteOptions{})
	if (err == nil) != (measureErr == nil) || err == nil && measured[0] != results[0].Left {
		t.Errorf("measured: %v, %v; written: %v, %v", measured, measureErr, results, err)
	}
	if err != nil {
		return nil, nil, err
	}
	dir := filepath.Join(dest, "one")
	text, err := os.ReadFile(filepath.Join(dir, ".cargo-checksum.json"))
	if err != nil {
		t.Fatal(err)
	}
	var record struct{ Files map[string]string }
	if err := json.Unmarshal(text, &record); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	for path := range record.Files {
		listed = append(listed, path)
	}
	slices.Sort(listed)
	err = fs.WalkDir(os.DirFS(dir), ".", func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			there = append(there, path)
		}
		return err
	})
	slices.Sort(there)
	return there, listed, err
}

// What stays of a package, and what is refused.
func TestStep_Leave(t *testing.T) {
	const head = "[package]\nname = \"one\"\nversion = \"1.0.0\"\nedition = \"2021\"\n"
	for name, tt := range map[string]struct {
		filter Filter
		files  map[string]string
		want   string // files, or the error
	}{
		"stub":                     {Filter{Stub: true}, map[string]string{"Cargo.toml": head, "src/lib.rs": "x", "src/a.rs": "x", "tests/t.rs": "x"}, "Cargo.toml src/lib.rs"},
		"stub without a library":   {Filter{Stub: true}, map[string]string{"Cargo.toml": head, "src/main.rs": "x", "src/bin/b.rs": "x"}, "Cargo.toml src/bin/b.rs src/lib.rs src/main.rs"},
		"stub with odd paths":      {Filter{Stub: true}, map[string]string{"Cargo.toml": head + "build = \"../x.rs\"\n[lib]\npath = \"Cargo.toml\"\n[[bin]]\nname = \"b\"\npath = \"/etc/passwd\"\n", "a": "x"}, "Cargo.toml"},
		"stub of a sought test":    {Filter{Stub: true}, map[string]string{"Cargo.toml": head + "[[test]]\nname = \"t\"\n", "src/lib.rs": "x", "tests/t.rs": "x", "tests/u.rs": "x"}, "Cargo.toml src/lib.rs tests/t.rs"},
		"nothing matches":          {Filter{Exclude: []*Exclusion{exclusion(t, "x", false)}}, map[string]string{"Cargo.toml": head, "src/lib.rs": ""}, "Cargo.toml src/lib.rs"},
		"a folder":                 {Filter{Exclude: []*Exclusion{exclusion(t, "d", false)}}, map[string]string{"Cargo.toml": head, "src/lib.rs": "", "d/e/f": "x", "de": "x"}, "Cargo.toml de src/lib.rs"},
		"the library":              {Filter{Exclude: []*Exclusion{exclusion(t, "src/*.rs", false)}}, map[string]string{"Cargo.toml": head, "src/lib.rs": ""}, "src/lib.rs, the root of its library"},
		"a preset and the library": {Filter{Exclude: []*Exclusion{exclusion(t, "src", true)}}, map[string]string{"Cargo.toml": head, "src/lib.rs": "", "src/a.rs": ""}, "Cargo.toml src/lib.rs"},
		"what is included":         {Filter{Exclude: []*Exclusion{exclusion(t, "d", false)}}, map[string]string{"Cargo.toml": head, "src/lib.rs": "\ninclude!(\"../d/x.rs\");", "d/x.rs": ""}, "d/x.rs, included by src/lib.rs:2"},
		"what tests include":       {Filter{Exclude: []*Exclusion{exclusion(t, "d", false)}}, map[string]string{"Cargo.toml": head, "src/lib.rs": "#[cfg(test)] mod t;", "src/t/mod.rs": "mod u;", "src/t/u.rs": "include!(\"../../d/x\")", "d/x": ""}, "Cargo.toml src/lib.rs src/t/mod.rs src/t/u.rs"},
		"a module with a path":     {Filter{Exclude: []*Exclusion{exclusion(t, "tests", false)}}, map[string]string{"Cargo.toml": head, "src/lib.rs": "#[path = \"../tests/c.rs\"] mod c;", "tests/c.rs": ""}, "tests/c.rs, a module of src/lib.rs:1"},
		"modules with paths": {Filter{Exclude: []*Exclusion{exclusion(t, "tests", true)}}, map[string]string{"Cargo.toml": head,
			"src/lib.rs": "mod a { #[path = \"../../tests/c.rs\"] mod c; }\n#[cfg_attr(all(), path = \"../tests/d/mod.rs\")] mod d;", "tests/c.rs": "mod f;", "tests/f.rs": "mod g;", "tests/f/g.rs": "", "tests/d/mod.rs": "mod e;", "tests/d/e.rs": "include_str!(\"x\")", "tests/d/x": "y", "tests/d/z.rs": ""},
			"Cargo.toml src/lib.rs tests/c.rs tests/d/e.rs tests/d/mod.rs tests/d/x tests/f.rs tests/f/g.rs"},
		"what is included includes": {Filter{Exclude: []*Exclusion{exclusion(t, "tests", true)}}, map[string]string{"Cargo.toml": head,
			"src/lib.rs": "include!(\"../tests/z.rs\"); include_str!(\"../tests/s.rs\");", "tests/z.rs": "include!(\"d.rs\"); mod m;", "tests/d.rs": "include_str!(\"data/x\")", "tests/data/x": "", "tests/m.rs": "", "tests/s.rs": "include!(\"u.rs\")", "tests/u.rs": ""},
			"Cargo.toml src/lib.rs tests/d.rs tests/data/x tests/m.rs tests/s.rs tests/z.rs"},
		"what a kept test includes": {Filter{Exclude: []*Exclusion{exclusion(t, "tests/d.rs", false)}}, map[string]string{"Cargo.toml": head,
			"src/lib.rs": "include!(\"../tests/c.rs\");", "tests/c.rs": "include!(\"d.rs\");", "tests/d.rs": ""}, "tests/d.rs, included by tests/c.rs:1"},
		"what no code includes":    {Filter{Exclude: []*Exclusion{exclusion(t, "tests/d.rs", false)}}, map[string]string{"Cargo.toml": head, "src/lib.rs": "", "tests/c.rs": "include!(\"d.rs\");", "tests/d.rs": ""}, "Cargo.toml src/lib.rs tests/c.rs"},
		"a manifest that is none":  {Filter{Stub: true}, map[string]string{"Cargo.toml": head + "[[bin]]\nname = \"gone\"\n", "src/lib.rs": ""}, "there is no file for binary"},
		"what is included, of all": {Filter{Exclude: []*Exclusion{ofAll(t, "d")}}, map[string]string{"Cargo.toml": head, "src/lib.rs": "include!(\"../d/x.rs\");", "d/x.rs": "", "d/y.rs": ""}, "Cargo.toml d/x.rs src/lib.rs"},
		"the library, of all":      {Filter{Exclude: []*Exclusion{ofAll(t, "src")}}, map[string]string{"Cargo.toml": head, "src/lib.rs": ""}, "src/lib.rs, the root of its library"},
	} {
		t.Run(name, func(t *testing.T) {
			there, listed, err := filterOne(t, tt.filter, tt.files)
			if err != nil {
				if !strings.Contains(err.Error(), tt.want) {
					t.Errorf("%v, want %s", err, tt.want)
				}
				return
			}
			own := func(path string) bool { return strings.HasPrefix(path, ".cargo") || path == "Cargo.toml.orig" }
			if !slices.Equal(slices.DeleteFunc(slices.Clone(there), func(p string) bool { return p == ".cargo-checksum.json" }), listed) {
				t.Errorf("there are %q, and on record %q", there, listed)
			}
			if got := strings.Join(slices.DeleteFunc(there, own), " "); got != tt.want {
				t.Errorf("there are %s, want %s", got, tt.want)
			}
		})
	}
}

// What it takes to filter a package is bounded: the exclusions that a path is held against, and
// what code names.
func TestStep_Leave_bounds(t *testing.T) {
	const head = "[package]\nname = \"one\"\nversion = \"1.0.0\"\nedition = \"2021\"\n"
	many := func(n int, pattern string) (f Filter) {
		for range n {
			f.Exclude = append(f.Exclude, exclusion(t, pattern, false))
		}
		return f
	}
	for name, tt := range map[string]struct {
		filter Filter
		code   string
		want   string // in the error; "" for none
	}{
		"many exclusions":     {many(400, "**/*.md"), "", ""},
		"too many exclusions": {many(20_000, "**/*.md"), "", "steps of work to see whether it is excluded"},
		"hard exclusions":     {many(100, "**/*aaaaaaaaaaaaaaaab*x"), "", "steps of work"},
		"deep code":           {many(1, "x"), "include!(x);" + strings.Repeat("mod a{", 50_000), "names of files in its code"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := filterOne(t, tt.filter, map[string]string{"Cargo.toml": head, "src/lib.rs": tt.code, strings.Repeat("a", 200): ""})
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

// A package may name an exclusion in a note of its own; what cannot be read is no mark.
func TestLeaving_cutMark(t *testing.T) {
	o := &leaving{Filter: Filter{Exclude: []*Exclusion{exclusion(t, "a", false)}}, applies: true, left: Left{Files: 3, Bytes: 44}}
	mark := string(o.mark([]byte(`{"package":null`)))
	fresh := &leaving{Filter: o.Filter}
	if rest, ok := fresh.cutMark([]byte(mark)); !ok || string(rest) != `{"package":null}` || fresh.left != o.left {
		t.Errorf("%s, %v, %v", rest, ok, fresh.left)
	}
	for _, text := range []string{
		strings.Replace(mark, "3 files", "-3 files", 1), strings.Replace(mark, "44 bytes", "044 bytes", 1), strings.Replace(mark, `\"a\"`, `\"b\"`, 1), mark + " ", mark[:len(mark)-1],
	} {
		if rest, ok := fresh.cutMark([]byte(text)); ok {
			t.Errorf("%s is taken for %s", text, rest)
		}
	}
	if _, ok := (&leaving{Filter: Filter{Stub: true}}).cutMark([]byte(`{"package":null}`)); ok {
		t.Error("a whole package is taken for a stub")
	}
}
