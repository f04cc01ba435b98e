package fsx_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"cargohome/internal/fsx"
)

func TestOpenBelow(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "b"), []byte("12"), 0o666); err != nil {
		t.Fatal(err)
	}
	root, err := fsx.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	f, info, err := fsx.OpenRegularIn(root, "b")
	if err != nil || info.Size() != 2 {
		t.Fatalf("%v, %v", info, err)
	}
	f.Close()
	if entries, err := fsx.ReadDirIn(root, "."); err != nil || len(entries) != 1 || entries[0].Name() != "b" {
		t.Errorf("ReadDirIn = %v, %v", entries, err)
	}
	if _, err := fsx.ReadDirIn(root, "gone"); !errors.Is(err, fs.ErrNotExist) || err.(*fs.PathError).Path != "gone" {
		t.Errorf("ReadDirIn of what is gone: %v", err)
	}
	if _, err := fsx.OpenRootIn(root, "b"); err == nil {
		t.Error("a file is a folder")
	}
}

// A program of 32 bits has to say that it knows of sizes above 2 GiB.
func TestOpenBelow_large(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "large")
	const size = 5 << 30
	if err := errors.Join(os.WriteFile(path, nil, 0o666), os.Truncate(path, size)); err != nil {
		t.Skipf("no file of holes: %v", err)
	}
	root, err := fsx.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	f, info, err := fsx.OpenRegularIn(root, "large")
	if err != nil || info.Size() != size {
		t.Fatalf("OpenRegularIn: %v", err)
	}
	f.Close()
	if f, err = fsx.OpenInRoot(dir, "large"); err != nil {
		t.Fatalf("OpenInRoot: %v", err)
	}
	f.Close()
}
