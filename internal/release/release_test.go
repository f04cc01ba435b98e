package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// The source that a release has is installed with the network cut off, and no module kept.
// It is of what is committed.
func TestSource(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program anew")
	}
	r := &release{dir: t.TempDir(), work: t.TempDir(), version: "1", when: time.Unix(1153704088, 0)}
	if err := r.source(); err != nil {
		t.Fatal(err)
	}
	in(t, r.dir, "tar", "-xf", "cargohome-1-source.tar.gz")
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOFLAGS", "")
	t.Setenv("GOMODCACHE", t.TempDir())
	root := filepath.Join(t.TempDir(), "the root")
	in(t, filepath.Join(r.dir, "cargohome-1-source"), "make", "install", "PREFIX=/usr", "DESTDIR="+root)
	for _, path := range []string{"bin/cargohome", "share/man/man1/cargohome-vendor.1", "share/licenses/cargohome/github.com/spf13/cobra/LICENSE.txt"} {
		if _, err := os.Stat(filepath.Join(root, "usr", path)); err != nil {
			t.Error(err)
		}
	}
}

// in runs a program in a folder.
func in(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
}
