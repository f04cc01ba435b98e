package vendoring

import (
	"os"
	"path/filepath"
	"testing"

	"cargohome/internal/cargotest"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/reextract"
)

// What a stub leaves out is told from what Cargo unpacked as from the archive. Where that is
// not as Cargo makes it, the archive is asked, which here is gone.
func TestPlan_Measure_unpacked(t *testing.T) {
	head := "[package]\nname = \"one\"\nversion = \"1.0.0\"\nedition = \"2021\"\n"
	c := cargotest.Crate{Name: "one", Version: "1.0.0"}
	for _, path := range []string{".gitignore", "build.rs", "src/lib.rs", "src/a/b.rs", "tests/t.rs"} {
		c.Files = append(c.Files, cargotest.File{Path: path, Content: path})
	}
	c.Files = append(c.Files, cargotest.File{Path: "Cargo.toml", Content: head})
	arranged, sources := fixture(t, c)
	found, err := locate.Find(t.Context(), 0, arranged.Packages, sources)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := NewSteps(t.Context(), 0, arranged, found, nil)
	if err != nil {
		t.Fatal(err)
	}
	steps[0].Leave(Filter{Stub: true})
	a := steps[0].Archives[0]
	dir := filepath.Join(filepath.Dir(a.Path), "..", "..", "..")
	p, err := NewPlan(steps, Target{Dest: filepath.Join(t.TempDir(), "vendor"), Home: dir})
	if err != nil {
		t.Fatal(err)
	}
	want, err := p.Measure(t.Context(), 0)
	if err != nil || want[0].Files == 0 {
		t.Fatal(want, err)
	}
	h := home.New(dir)
	defer h.Close()
	plan, err := reextract.Anew(t.Context(), h, []home.Cached{{ID: steps[0].ID, Archive: a}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plan.Unpack(t.Context(), reextract.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(a.Path, make([]byte, a.Size), 0o666); err != nil {
		t.Fatal(err)
	}
	src := h.SourceDir(a.Registry, steps[0].ID)
	for _, s := range []struct {
		name string
		do   func() error
		told bool
	}{
		{"as unpacked", func() error { return nil }, true},
		{"a link", func() error { return os.Symlink("lib.rs", filepath.Join(src, "src", "link")) }, false},
		{"no link any more", func() error { return os.Remove(filepath.Join(src, "src", "link")) }, true},
		{"no mark", func() error { return os.Remove(filepath.Join(src, ".cargo-ok")) }, false},
	} {
		if err := s.do(); err != nil {
			t.Fatal(err)
		}
		got, err := p.Measure(t.Context(), 0)
		if told := err == nil && got[0] == want[0]; told != s.told || err == nil && !told {
			t.Errorf("%s: %v, %v, want %v", s.name, got, err, want)
		}
	}
}
