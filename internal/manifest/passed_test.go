package manifest_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"cargohome/internal/manifest"
)

// What is in the way of a package is told.
func TestNoPackage(t *testing.T) {
	broken := strings.Replace(simple, `"a"`, `"broken"`, 1) + "license = 1"
	for name, c := range map[string]struct {
		files []string
		find  string
		want  []string
		not   string
	}{
		"broken":         {[]string{"x/Cargo.toml", broken, "y/Cargo.toml", "nonsense"}, "broken", []string{`no package "broken" of version "1.0.0"`, `"x/Cargo.toml"`, `key "package.license"`}, "y/"},
		"no toml":        {[]string{"y/Cargo.toml", "nonsense", "x/Cargo.toml", broken}, "absent", []string{`"y/Cargo.toml"`, "line 1"}, "x/"},
		"other version":  {[]string{"Cargo.toml", strings.Replace(simple, "1.0.0", "2.0.0", 1), "src/lib.rs", "", "y/Cargo.toml", "nonsense"}, "a", []string{`but of "2.0.0"`}, "y/"},
		"unknown cargo":  {[]string{"Cargo.toml", "cargo-features = [\"from-2031\"]\n" + simple, "src/lib.rs", ""}, "a", []string{`"from-2031" is none that cargo knows`}, "stable"},
		"simply nowhere": {[]string{"Cargo.toml", simple, "src/lib.rs", ""}, "b", []string{`no package "b" of version "1.0.0" in the tree`}, "passed over"},
	} {
		_, err := manifest.FindPackage(mapFS(c.files...), c.find, "1.0.0")
		if _, ok := errors.AsType[*manifest.NoPackageError](err); !ok {
			t.Errorf("%s: got %v", name, err)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: no %q in: %v", name, want, err)
			}
		}
		if strings.Contains(err.Error(), c.not) {
			t.Errorf("%s: %q is in: %v", name, c.not, err)
		}
	}
}

// lostFS has a file of which nobody has the content.
type lostFS struct {
	fs.FS
	lost string
	err  error
}

func (l lostFS) Open(name string) (fs.File, error) {
	if name == l.lost {
		return nil, &fs.PathError{Op: "read", Path: name, Err: l.err}
	}
	return l.FS.Open(name)
}

func (l lostFS) Stat(name string) (fs.FileInfo, error) { return fs.Stat(l.FS, name) }

// A manifest that is there and cannot be read may be the one that Cargo would take;
// what one may not look at is not there, to Cargo.
func TestFind_unreadable(t *testing.T) {
	second := strings.Replace(simple, "[package]", "[package]\ndescription = 'second'", 1)
	tree := mapFS("a/Cargo.toml", simple, "a/src/lib.rs", "", "b/Cargo.toml", second, "b/src/lib.rs", "")
	missing := errors.New("object 12 is missing")
	if _, err := manifest.FindPackage(lostFS{tree, "a/Cargo.toml", missing}, "a", "1.0.0"); !errors.Is(err, missing) || !strings.Contains(err.Error(), "a/Cargo.toml") {
		t.Errorf("error is %v, want that of the object", err)
	}
	if f, err := manifest.FindPackage(lostFS{tree, "a/Cargo.toml", fs.ErrPermission}, "a", "1.0.0"); err != nil || f.Dir != "b" {
		t.Errorf("got %v (%v), want the one in b", f, err)
	}
}
