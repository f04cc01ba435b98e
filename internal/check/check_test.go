package check

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"cargohome/crate"
	"cargohome/internal/lockfile"
)

// Each code is in the table once.
func TestCodes(t *testing.T) {
	seen := map[Code]bool{}
	for _, c := range Codes {
		if seen[c.Code] || c.Text == "" || strings.ToLower(string(c.Code)) != string(c.Code) {
			t.Errorf("code %q: %q", c.Code, c.Text)
		}
		seen[c.Code] = true
	}
}

// How cargo takes marks.
func Test_mark(t *testing.T) {
	dir := t.TempDir()
	src := opened(dir)
	defer src.Close()
	for name, c := range map[string]struct {
		text string
		want mark
	}{"believed": {`{"v":1}`, believed}, "old": {"ok", disbelieved}, "empty": {"", disbelieved}, "bytes": {"\xff", unusable}} {
		at := filepath.Join(dir, name)
		if err := os.Mkdir(at, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(at, ".cargo-ok"), []byte(c.text), 0o666); err != nil {
			t.Fatal(err)
		}
		if got, e, why := newWorker().mark(src, at); got != c.want || e.Modified.IsZero() != (got != believed) {
			t.Errorf("%s: %d, %s", name, got, why)
		}
	}
	if got, _, _ := newWorker().mark(src, filepath.Join(dir, "none")); got != absent {
		t.Errorf("none: %d", got)
	}
}

// What was removed, added or written to in a source shows, however deep.
func Test_touched(t *testing.T) {
	change := map[string]func(dir string) error{
		"":        func(string) error { return nil },
		"removed": func(dir string) error { return os.Remove(filepath.Join(dir, "src", "a", "b", "c.rs")) },
		"added":   func(dir string) error { return os.WriteFile(filepath.Join(dir, "src", "a", "new"), nil, 0o666) },
		"written": func(dir string) error { return os.WriteFile(filepath.Join(dir, "Cargo.toml"), []byte("x"), 0o666) },
	}
	for name, f := range change {
		dir, old := t.TempDir(), time.Now().Add(-time.Hour)
		var all []string
		for _, file := range []string{"Cargo.toml", "src/lib.rs", "src/a/b/c.rs", ".cargo-ok"} {
			path := filepath.Join(dir, filepath.FromSlash(file))
			if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, nil, 0o666); err != nil {
				t.Fatal(err)
			}
			all = append(all, path)
		}
		for _, path := range append(all, filepath.Join(dir, "src", "a", "b"), filepath.Join(dir, "src", "a"), filepath.Join(dir, "src"), dir) {
			if err := os.Chtimes(path, old, old); err != nil {
				t.Fatal(err)
			}
		}
		if err := f(dir); err != nil {
			t.Fatal(err)
		}
		root := opened(dir)
		self, err := root.Self()
		if err != nil {
			t.Fatal(err)
		}
		if got := newWorker().touched(*root, dir, self, old, true); got != (name != "") {
			t.Errorf("%q: touched is %v", name, got)
		}
		if err := root.Close(); err != nil {
			t.Error(err)
		}
	}
}

// What is locked for a package is gone through once, and not for each of its dependencies.
func TestStepper_lockedFor(t *testing.T) {
	const n = 100_000
	lock := &lockfile.Lockfile{Packages: make([]lockfile.Package, n+1)}
	for i := range n {
		lock.Packages[0].Dependencies = append(lock.Packages[0].Dependencies, i+1)
	}
	s := stepper{p: &project{lock: lock}, linked: make([][]bool, n+1), ends: map[int]int{}}
	for i := range n {
		if got, is := s.lockedFor(0)[i+1]; !is || got != i {
			t.Fatalf("dependency %d is %d, %v", i, got, is)
		}
	}
	if len(s.lockedFor(1)) != 0 || len(s.lockedFor(2)) != 0 {
		t.Error("a package without dependencies has some")
	}
}

// What was found twice stays, and as many findings as there may be are held against each other.
func TestReport_keep(t *testing.T) {
	const n = 200_000
	before, after := &Report{}, &Report{}
	for i := range n {
		f := Finding{Code: LockStale, ID: crate.ID{Name: "a", Version: strconv.Itoa(i)}}
		after.Findings = append(after.Findings, f)
		if i%2 == 0 {
			before.Findings = append(before.Findings, f)
		}
	}
	after.keep(before)
	if len(after.Findings) != n/2 || after.Findings[1].ID.Version != "2" {
		t.Errorf("%d findings stay, and the second is %v", len(after.Findings), after.Findings[1])
	}
}
