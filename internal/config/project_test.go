package config

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFile(t *testing.T) {
	tests := map[string]struct {
		files map[string]string
		want  string
	}{
		"none":     {nil, "config.toml"},
		"current":  {map[string]string{".cargo/config.toml": ""}, "config.toml"},
		"old":      {map[string]string{".cargo/config": ""}, "config"},
		"both":     {map[string]string{".cargo/config": "", ".cargo/config.toml": ""}, "config"},
		"a_folder": {map[string]string{".cargo/config.toml/x": ""}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			root := tree(t, tt.files)
			got, err := File(root)
			if (err != nil) != (tt.want == "") {
				t.Fatalf("got error %v", err)
			}
			if err == nil && got != filepath.Join(root, ".cargo", tt.want) {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestFile_same_file(t *testing.T) {
	root := tree(t, map[string]string{".cargo/config.toml": ""})
	if err := os.Symlink("config.toml", filepath.Join(root, ".cargo", "config")); err != nil {
		t.Skip(err)
	}
	if got, err := File(root); err != nil || filepath.Base(got) != "config.toml" {
		t.Errorf("got %s, error %v", got, err)
	}
}

func TestDirectory(t *testing.T) {
	base := tree(t, map[string]string{"a/b/p/sub/x": "", "far/y": ""})
	root := filepath.Join(base, "a", "b", "p")
	abs := func(p string) string { return filepath.ToSlash(filepath.Join(base, p)) }
	if err := os.Symlink(filepath.Join(base, "far"), filepath.Join(root, "link")); err != nil {
		t.Skip(err)
	}
	tests := []struct{ cwd, destination, want string }{
		{"a/b/p", "vendor", "vendor"},
		{"a/b/p", "./vendor/", "vendor"},
		{"a/b/p/sub", "vendor", "sub/vendor"},
		{"a/b/p/sub", "../vendor", "vendor"},
		{"a/b/p/sub", "..", "."},
		{"a/b/p", "../vendor", "../vendor"},
		{"a/b/p", "../../vendor", "../../vendor"},
		{"a/b/p", "../../../vendor", abs("vendor")},
		{"", "a/b/p/vendor", "vendor"},
		{"a/b/p", abs("a/b/p/x"), "x"},
		{"a/b/p", "link/new", "link/new"},
		{"a/b/p", "link/../new", abs("new")},
		{"a/b/p", "..vendor", "..vendor"},
	}
	for _, tt := range tests {
		if got := Directory(root, filepath.Join(base, tt.cwd), tt.destination); got != tt.want {
			t.Errorf("in %q, %q is %q, want %q", tt.cwd, tt.destination, got, tt.want)
		}
	}
}
