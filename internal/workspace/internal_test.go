package workspace

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"cargohome/internal/manifest"
)

// Links to the folder itself give "**" endless paths.
func TestExpand_links_end(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"l", "m", "n"} {
		if err := os.Symlink(".", filepath.Join(dir, name)); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
	}
	budget := 1 << 20
	found, err := expand(filepath.Join(dir, "**", "gone"), &budget)
	if limit := (*manifest.LimitError)(nil); !errors.As(err, &limit) {
		t.Errorf("expand = %d paths, %v, want a LimitError", len(found), err)
	}
}

func TestDisk_Spell(t *testing.T) {
	for in, want := range map[string]string{"/": "", "/a/b": "/a/b", "//a/./b/": "/a/b", "/a/../b": "/a/../b", "/a/b.": "/a/b."} {
		if got := (disk{}).Spell(in, ""); got != want {
			t.Errorf("Spell(%q) = %q, want %q", in, got, want)
		}
	}
}
