package config

import "testing"

func TestPatched(t *testing.T) {
	root := tree(t, map[string]string{".cargo/config.toml": `
[patch.crates-io]
dotted.path = "x"
a = { path = "../a" }
renamed = { path = "../b", package = "b" }
remote = { git = "https://h/remote" }
text = "1"
[patch."https://h/x"]
c = { path = "c" }
[patch.odd]
`})
	cfg, err := Load(Options{Cwd: root, Home: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"a": true, "b": true, "c": true, "dotted": true, "renamed": false, "remote": false, "text": false, "path": false} {
		if got := cfg.Patched(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
