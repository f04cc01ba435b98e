package staging

import (
	"path/filepath"
	"strings"
	"testing"
)

// Folders are opened one in the other, but what cannot be made is named by its whole
// path, but for what is temporary: there it is the folder. In /proc nobody can make anything.
func TestNew_names_the_path(t *testing.T) {
	const proc = "/proc/self"
	_, below := New(t.Context(), In{Root: proc, Below: "a/b"})
	_, here := New(t.Context(), In{Root: proc})
	_, file := NewReplacement(t.Context(), filepath.Join(proc, "x.toml"), nil)
	for want, err := range map[string]error{
		"mkdir " + proc + "/a: ":                  below,
		"write to " + proc + ": ":                 here,
		proc + "/x.toml: write to " + proc + ": ": file,
	} {
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), Prefix) {
			t.Errorf("error %v, want %q in it", err, want)
		}
	}
}
