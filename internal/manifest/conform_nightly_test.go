//go:build conform

package manifest_test

import (
	"os"
	"strings"
	"testing"

	"cargohome/internal/manifest"
)

// TestNightlyLikeCargo checks that the answers in [nightlyCases] are those of a
// nightly cargo, which a stable one is with this variable.
func TestNightlyLikeCargo(t *testing.T) {
	t.Setenv("RUSTC_BOOTSTRAP", "1")
	dir := t.TempDir()
	writeNightly(t, dir)
	commit(t, dir)
	packages := []*manifest.Found{{Name: "member", Version: "1.0.0"}, {Name: "twice", Version: "1.0.0"}}
	for i, c := range nightlyCases {
		if c.lacks == "" {
			packages = append(packages, &manifest.Found{Name: nightlyName(i), Version: "1.0.0"})
		}
	}
	all, checkout := vendor(t, "file://"+dir, packages)
	if len(all) < len(packages) {
		t.Errorf("cargo vendored %d packages, want %d", len(all), len(packages))
	}
	for _, v := range all {
		if v.name == "twice" && !strings.Contains(v.manifest, "twice/a") {
			t.Errorf("cargo takes another folder:\n%s", v.manifest)
		}
	}
	stable := manifest.NewTree(os.DirFS(checkout))
	nightly := manifest.NewTree(os.DirFS(checkout))
	nightly.Nightly = true
	compare(t, nightly, all)
	for i, v := range all {
		if v.name == "twice" { // which a stable cargo finds elsewhere
			all = append(all[:i], all[i+1:]...)
			break
		}
	}
	compare(t, stable, all)
}
