//go:build unix

package home

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Pipes are reported, not opened: that would wait for ever.
func TestHome_pipes(t *testing.T) {
	h := homeOf(t, []string{sparseNew + "/b-1.0.0.crate"}, []string{sparseNew + "/b"})
	for _, name := range []string{"registry/cache/" + sparseNew + "/a-1.0.0.crate", "registry/index/" + sparseNew + "/.cache/1/a"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(h.Dir(), name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mkfifo(filepath.Join(h.Dir(), name), 0o666); err != nil {
			t.Skip(err)
		}
	}
	id := mustID(t, "a", "1.0.0", cratesIOSource)
	if e, err := h.Lookup(id); err == nil || errors.Is(err, os.ErrNotExist) {
		t.Errorf("Lookup = %+v, %v", e, err)
	}
	for a, err := range h.Archives(id) {
		if !errors.Is(err, ErrNotRegular) {
			t.Errorf("archive %+v, %v, want ErrNotRegular", a, err)
		}
	}
}
