package gitsrc

import (
	"os"
	"syscall"
	"testing"

	"cargohome/internal/cargotest"
)

// git/checkouts, or a folder in it, can be a file system of its own: checkouts are made
// and replaced there all the same.
func TestRestore_mounted(t *testing.T) {
	cargotest.NotPortable(t, "what is mounted is not seen")
	for _, place := range [][]string{{"git", "checkouts"}, {"git", "checkouts", "top-new"}} {
		h, top := withSubmodule(t)
		at := h.path(place...)
		if err := os.MkdirAll(at, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mount("none", at, "tmpfs", 0, ""); err != nil {
			t.Skipf("nothing can be mounted here: %v", err)
		}
		t.Cleanup(func() { _ = syscall.Unmount(at, syscall.MNT_DETACH) })
		var before string
		for _, force := range []bool{false, true} {
			p := h.plan(&PlanOptions{Force: force}, top)
			if err := p.Restore(t.Context(), &RestoreOptions{Leftover: func(err error) { t.Errorf("left over: %v", err) }}); err != nil {
				t.Fatalf("%v, replaced %v: %v", place, force, err)
			}
			if got := treeOf(t, at); before == "" {
				before = got
			} else if got != before {
				t.Errorf("%v: there was\n%s\nand is\n%s", place, before, got)
			}
		}
		if p := h.plan(nil, top); p.Checkouts[0].State != Present {
			t.Errorf("%v: it is %v: %v", place, p.Checkouts[0].State, p.Checkouts[0].Why)
		}
	}
}

// What appears where a checkout was missing is not touched.
func TestRestore_appeared(t *testing.T) {
	h, top := withSubmodule(t)
	p := h.plan(nil, top)
	thesis := h.path("git", "checkouts", "top-new", top.Precise()[:7], "thesis")
	writeFile(t, thesis, "years")
	if err := p.Restore(t.Context(), nil); err == nil {
		t.Error("restored over it")
	}
	if text, err := os.ReadFile(thesis); string(text) != "years" {
		t.Errorf("there is %q, %v", text, err)
	}
}
