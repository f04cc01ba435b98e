//go:build conform && unix

package conform

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/internal/cargotest"
)

// checkReal damages what real projects need.
func checkReal(t *testing.T) {
	seed := checkSeed(t)
	for _, name := range []string{"ripgrep", "bat"} {
		t.Run(name, func(t *testing.T) {
			s := realSite(t, name)
			t.Run("as it should be", (&checkCase{site: s}).test)
			for _, c := range s.damaged(t, seed) {
				t.Run(c.name, c.test)
			}
		})
	}
}

// realSite has a real project, and a home with its archives and index entries alone.
func realSite(t *testing.T, name string) *checkSite {
	t.Helper()
	s := &checkSite{t: t, name: name, dir: t.TempDir(), quick: true}
	source := filepath.Join(corpus(t), "home")
	if err := os.CopyFS(s.path("app"), os.DirFS(filepath.Join(corpus(t), "proj", name))); err != nil {
		t.Fatal(err)
	}
	copyArchives(t, s.path(lockFile), source, s.path("home"))
	index := filepath.Join("registry", "index", cargotest.CratesIO)
	copyFile(t, filepath.Join(source, index, "config.json"), filepath.Join(s.path("home"), index, "config.json"))
	text, err := os.ReadFile(s.path(lockFile))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if quoted, ok := strings.CutPrefix(strings.TrimSpace(line), "name = "); ok {
			file := filepath.Join(index, ".cache", filepath.FromSlash(cargotest.IndexPath(strings.Trim(quoted, `"`))))
			if _, err := os.Stat(filepath.Join(source, file)); err == nil {
				copyFile(t, filepath.Join(source, file), filepath.Join(s.path("home"), file))
			}
		}
	}
	return s
}
