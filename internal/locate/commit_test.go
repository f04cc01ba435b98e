package locate

import (
	"slices"
	"testing"

	"cargohome/internal/filelist"
)

// Cargo looks for no package in submodules.
func TestManifestFolders(t *testing.T) {
	var entries []filelist.Entry
	for _, path := range []string{"Cargo.toml", "a/Cargo.toml", "a/b/Cargo.toml", "b/Cargo.toml.orig", "sub", "sub-x/Cargo.toml", "sub/Cargo.toml", "sub/a/Cargo.toml", "z/Cargo.toml"} {
		e := filelist.Entry{Path: path}
		if path == "sub" {
			e.Kind = filelist.Submodule
		}
		entries = append(entries, e)
	}
	if got, want := manifestFolders(entries), []string{".", "a", "a/b", "sub-x", "z"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
