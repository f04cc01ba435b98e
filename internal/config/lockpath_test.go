package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Paths are from the folder that .cargo is in, or for a variable from the current one.
func TestConfig_LockfilePath(t *testing.T) {
	dir := t.TempDir()
	sub := filepath.Join(dir, "sub")
	if err := os.MkdirAll(filepath.Join(dir, "folder", "Cargo.lock"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ file, env, want, err string }{
		{"", "", "", ""},
		{"x/Cargo.lock", "", filepath.Join(dir, "x", "Cargo.lock"), ""},
		{"x/Cargo.lock/", "", filepath.Join(dir, "x", "Cargo.lock"), ""},
		{"x/Cargo.lock", "y/Cargo.lock", filepath.Join(sub, "y", "Cargo.lock"), ""},
		{"x/{a}/Cargo.lock", "", "", "in braces"},
		{"x}/Cargo.lock", "", "", "in braces"},
		{"x/cargo.lock", "", "", "no Cargo.lock"},
		{"folder/Cargo.lock", "", "", "a folder"},
	} {
		opts := Options{Cwd: sub, Home: filepath.Join(dir, "home")}
		if tt.env != "" {
			opts.Environ = []string{"CARGO_RESOLVER_LOCKFILE_PATH=" + tt.env}
		}
		text := ""
		if tt.file != "" {
			text = "resolver.lockfile-path = '" + tt.file + "'\n"
		}
		for _, path := range []string{filepath.Join(dir, ".cargo"), sub} {
			if err := os.MkdirAll(path, 0o777); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(dir, ".cargo", "config.toml"), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		c, err := Load(opts)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.LockfilePath()
		if got != tt.want || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%q, %q: %q, %v", tt.file, tt.env, got, err)
		}
	}
}
