//go:build conform

package archive_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/par"
	"cargohome/internal/staging"
)

// Every archive of the corpus is unpacked and compared with what cargo made of
// it in registry/src: names, contents, modes, times.
func TestUnpack_as_cargo_does(t *testing.T) {
	corpus := os.Getenv("CARGOHOME_CORPUS")
	if corpus == "" {
		t.Skip("CARGOHOME_CORPUS is not set: no real archives")
	}
	archives, err := filepath.Glob(filepath.Join(corpus, "home/registry/cache/*/*.crate"))
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives in %s (%v)", corpus, err)
	}
	var compared atomic.Int64
	newUnpacker := func() *archive.Unpacker { return new(archive.Unpacker) }
	dir := t.TempDir()
	par.Do(t.Context(), 0, len(archives), newUnpacker, func(u *archive.Unpacker, i int) error {
		path := archives[i]
		src := strings.TrimSuffix(strings.Replace(path, "/cache/", "/src/", 1), ".crate")
		if _, err := os.Stat(filepath.Join(src, ".cargo-ok")); err != nil {
			return nil // cargo did not unpack it
		}
		compared.Add(1)
		if err := compareWithCargo(t, u, path, src, filepath.Join(dir, filepath.Base(src))); err != nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
		return nil
	})
	t.Logf("%d archives compared", compared.Load())
}

func compareWithCargo(t *testing.T, u *archive.Unpacker, path, src, dst string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	tree, err := staging.NewWriter(dst)
	if err != nil {
		return err
	}
	name, version := splitStem(t, src)
	a := archive.InMemory(crate.ID{Name: name, Version: version}, data)
	contents, err := u.Unpack(t.Context(), archive.InTree(tree), a, nil)
	if err := tree.Finish(); err != nil {
		return err
	}
	if err != nil {
		return err
	}
	defer os.RemoveAll(dst)
	if r, err := u.Check(t.Context(), a); err != nil || r.Err() != nil || !reflect.DeepEqual(r.Contents, *contents) {
		return fmt.Errorf("checked: %v, %v", r, err)
	}
	return sameTree(contents, dst, src)
}

// splitStem finds where the version begins by reading cargo's copy.
func splitStem(t *testing.T, src string) (name, version string) {
	stem := filepath.Base(src)
	for i := range stem {
		if stem[i] == '-' && crate.CheckVersion(stem[i+1:]) == nil {
			return stem[:i], stem[i+1:]
		}
	}
	t.Fatalf("no version in %q", stem)
	return
}

func sameTree(contents *archive.Contents, ours, cargos string) error {
	got, err := listing(ours)
	if err != nil {
		return err
	}
	want, err := listing(cargos)
	if err != nil {
		return err
	}
	delete(want, ".cargo-ok")
	for path, line := range want {
		if got[path] != line {
			return fmt.Errorf("%s is %q, want %q", path, got[path], line)
		}
	}
	if len(got) != len(want) {
		return fmt.Errorf("%d entries, want %d", len(got), len(want))
	}
	for _, f := range contents.Files {
		if sum := strings.Fields(got[f.Path])[0]; sum != f.Sum.String() {
			return fmt.Errorf("%s has checksum %s, reported as %s", f.Path, sum, f.Sum)
		}
	}
	return nil
}

// listing describes every entry of a tree: checksum, mode and time of files,
// mode of folders.
func listing(root string) (map[string]string, error) {
	lines := map[string]string{}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if e.IsDir() {
			lines[rel] = info.Mode().String()
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		lines[rel] = fmt.Sprint(crate.Sum(data), info.Mode(), info.ModTime().UnixNano())
		return nil
	})
	return lines, err
}
