package fsx_test

import (
	"os"
	"path/filepath"
	"testing"

	"cargohome/internal/fsx"
)

func TestLook(t *testing.T) {
	work := t.TempDir()
	root := filepath.Join(work, "root")
	for _, dir := range []string{"root/folder", "real/folder"} {
		if err := os.MkdirAll(filepath.Join(work, dir), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, "file"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{
		"root/away": "../nowhere", "root/elsewhere": "../real", "root/loop": "loop", "link": "root", "gone": "nowhere",
	} {
		if err := os.Symlink(to, filepath.Join(work, name)); err != nil {
			t.Fatal(err)
		}
	}
	link, gone := filepath.Join(work, "link"), filepath.Join(work, "gone")
	for _, test := range []struct {
		root, rel string
		want      fsx.Presence
	}{
		{root, ".", fsx.There}, {root, "folder", fsx.There}, {root, "file", fsx.There}, {root, "elsewhere/folder", fsx.There}, {link, "folder", fsx.There},
		{root, "no", fsx.NotThere}, {root, "no/no", fsx.NotThere}, {root, "folder/no", fsx.NotThere}, {link, "no", fsx.NotThere},
		{filepath.Join(work, "no"), "no", fsx.NotThere}, {filepath.Join(root, "elsewhere"), "no", fsx.NotThere},
		{root, "away", fsx.Unknown}, {root, "away/no", fsx.Unknown}, {root, "elsewhere/no", fsx.Unknown}, {root, "loop", fsx.Unknown},
		{root, "file/no", fsx.Unknown}, {gone, "no", fsx.Unknown}, {filepath.Join(gone, "no"), "no", fsx.Unknown},
	} {
		got, err := fsx.Look(test.root, test.rel)
		if got != test.want || (err != nil) != (got == fsx.Unknown) {
			t.Errorf("Look(%q, %q) = %d, %v, want %d", test.root, test.rel, got, err, test.want)
		}
	}
}
