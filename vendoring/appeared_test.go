package vendoring

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"cargohome/internal/cargotest"
	"cargohome/internal/fsx"
)

// A vendor folder that gave its name to another since the plan was made is not worked on:
// what is to be removed by the plan is named in the one, and would go from the other.
func TestWrite_another_folder(t *testing.T) {
	work := t.TempDir()
	dest, victim := filepath.Join(work, "vendor"), filepath.Join(work, "victim")
	for _, dir := range []string{dest, victim} {
		if err := os.MkdirAll(filepath.Join(dir, "stale"), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	p := plan(t, dest, cargotest.Crate{Name: "a", Version: "1.0.0"})
	if err := errors.Join(os.Rename(dest, dest+".away"), os.Symlink(victim, dest)); err != nil {
		t.Fatal(err)
	}
	toldApart := fsx.Identify(victim) != fsx.ID{}
	if _, err := p.Write(t.Context(), WriteOptions{}); err == nil && toldApart {
		t.Error("it was written to")
	}
	if entries, _ := os.ReadDir(victim); len(entries) != 1 && toldApart {
		t.Errorf("outside is %v", entries)
	}
}

// What appears after the plan was made, where nothing was, is never replaced: neither
// the vendor folder nor a package's in it.
func TestWrite_appeared(t *testing.T) {
	a := cargotest.Crate{Name: "a", Version: "1.0.0"}
	for _, exists := range []bool{false, true} {
		dest := filepath.Join(t.TempDir(), "vendor")
		if exists {
			if err := os.Mkdir(dest, 0o777); err != nil {
				t.Fatal(err)
			}
		}
		p := plan(t, dest, a)
		thesis := filepath.Join(dest, "a", "thesis")
		if err := os.MkdirAll(filepath.Dir(thesis), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(thesis, []byte("years"), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write(t.Context(), WriteOptions{}); !errors.Is(err, fs.ErrExist) {
			t.Errorf("there %v: %v", exists, err)
		}
		if text, err := os.ReadFile(thesis); string(text) != "years" {
			t.Errorf("there %v: it holds %q, %v", exists, text, err)
		}
		if entries, _ := os.ReadDir(dest); len(entries) != 1 {
			t.Errorf("there %v: left is %v", exists, entries)
		}
	}
}

// A link in the place of a package's folder is replaced, also where it leads to a folder
// with the same content.
func TestWrite_linked_package(t *testing.T) {
	a := cargotest.Crate{Name: "a", Version: "1.0.0"}
	work := t.TempDir()
	dest, elsewhere := filepath.Join(work, "vendor"), filepath.Join(work, "elsewhere")
	if _, err := plan(t, dest, a).Write(t.Context(), WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Rename(filepath.Join(dest, "a"), elsewhere), os.Symlink(elsewhere, filepath.Join(dest, "a"))); err != nil {
		t.Fatal(err)
	}
	results, err := plan(t, dest, a).Write(t.Context(), WriteOptions{})
	if err != nil || results[0].Action != Written {
		t.Fatalf("%+v, %v", results, err)
	}
	if info, err := os.Lstat(filepath.Join(dest, "a")); err != nil || !info.IsDir() {
		t.Errorf("it is %v, %v", info, err)
	}
	if _, err := os.Stat(filepath.Join(elsewhere, "Cargo.toml")); err != nil {
		t.Error(err)
	}
}
