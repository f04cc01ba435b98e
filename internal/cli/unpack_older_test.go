//go:build unix

package cli_test

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/internal/bundle"
)

// The first version of cargohome held what was the same of a unit in a delta, and packed the
// rest: as HEAD of a repository, and a file of a vendored package.
func TestUnpack_held_in_part(t *testing.T) {
	dir := packWorld(t)
	home := filepath.Join(dir, "home")
	mustRun(t, dir, "pack", "-o", "all.tar", "--with-lockfiles", "--with-vendor")
	holdInPart(t, filepath.Join(dir, "app", "all.tar"), filepath.Join(dir, "app", "delta.tar"))
	if err := os.Rename(home, filepath.Join(dir, "packed")); err != nil {
		t.Fatal(err)
	}
	mustRun(t, dir, "unpack", "all.tar")
	want, _ := units(t, dir)
	remove := func(paths ...string) {
		for _, path := range paths {
			if err := os.RemoveAll(filepath.Join(home, path)); err != nil {
				t.Fatal(err)
			}
		}
	}
	remove("git/db/dep-2cabe8440ae18435/objects", "registry/index/example.com-3bab6764c353b068/.git", "cargohome/vendor/a/Cargo.toml")
	mustRun(t, dir, "unpack", "delta.tar")
	if got, temporary := units(t, dir); temporary > 0 || !maps.Equal(got, want) {
		t.Errorf("%d temporary folders are left, and\n%s", temporary, difference(want, got))
	}
	mustRun(t, dir, "verify", "vendor", filepath.Join(home, "cargohome/vendor"))
	remove("cargohome/vendor/a/run.sh")
	if status, stderr := runIn(t, dir, "unpack", "delta.tar"); status != 1 || !strings.Contains(stderr, "\n  cargohome/vendor/a\n") {
		t.Errorf("without what is held unpack ends with %d:\n%s", status, stderr)
	}
}

// holdInPart makes a bundle a delta against itself that has a part of some units.
func holdInPart(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	p := takeApart(t, data)
	p.manifest.Since = []string{p.manifest.Sum.String()}
	for i := range p.manifest.Entries {
		e := &p.manifest.Entries[i]
		e.Held = string(p.content[e.Path]) == bundle.GitHead || strings.HasSuffix(e.Path, "/refs/") || strings.HasSuffix(e.Path, "vendor/a/run.sh")
	}
	if err := os.WriteFile(to, p.bytes(t), 0o666); err != nil {
		t.Fatal(err)
	}
}
