package fsx_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"cargohome/internal/fsx"
)

func TestReadRegular(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("12345"), 0o666); err != nil {
		t.Fatal(err)
	}
	if data, err := fsx.ReadRegular(file, 5); string(data) != "12345" || err != nil {
		t.Errorf("%q, %v", data, err)
	}
	if _, err := fsx.ReadRegular(file, 4); !errors.Is(err, fsx.ErrTooLarge) {
		t.Errorf("four of five bytes: %v", err)
	}
	if _, err := fsx.ReadRegular(dir, 4); !errors.Is(err, fsx.ErrNotRegular) {
		t.Errorf("a folder: %v", err)
	}
	if f, err := fsx.OpenToRead(file); err != nil || f.Size() != 5 {
		t.Errorf("%v, %v", f, err)
	} else {
		b := make([]byte, 9)
		if n, err := f.ReadAt(b, 3); string(b[:n]) != "45" || err != io.EOF {
			t.Errorf("at 3: %q, %v", b[:n], err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := fsx.OpenToRead(file + "s"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing to read: %v", err)
	}
	if _, err := fsx.ReadRegular(file+"s", 4); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing: %v", err)
	}
	if _, err := fsx.OpenRoot(file); !errors.Is(err, fsx.ErrNotFolder) {
		t.Errorf("a file as a folder: %v", err)
	}
}
