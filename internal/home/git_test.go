package home

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"cargohome/crate"

	"github.com/google/go-cmp/cmp"
)

func TestGitNames(t *testing.T) {
	src, err := crate.ParseSourceID("git+https://github.com/rust-lang/cargo.git?branch=x#" + strings.Repeat("1", 40))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"cargo-b84a1f0e94ea6819", "cargo-e7ff1db891893a9e", "cargo-b84a1f0e94ea6819-shallow", "cargo-e7ff1db891893a9e-shallow"}
	if diff := cmp.Diff(want, GitNames(src)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	h := New(t.TempDir())
	if _, err := h.Git().WorkTree(t.Context(), src); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("WorkTree in an empty home: %v", err)
	}
	if err := h.Close(); err != nil {
		t.Error(err)
	}
}
