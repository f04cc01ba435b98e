//go:build conform

package declared_test

import (
	"os"
	"path/filepath"
	"testing"

	"cargohome/internal/declared"
	"cargohome/internal/resolve"
)

// BenchmarkResolve_nu is what a filter for one target adds to reading what is read in any
// case: the index lines and archives of a large project.
func BenchmarkResolve_nu(b *testing.B) {
	corpus := os.Getenv("CARGOHOME_CORPUS")
	if corpus == "" {
		b.Skip("CARGOHOME_CORPUS is not set: no real projects")
	}
	p := &project{t: b, dir: filepath.Join(corpus, "proj", "nu"), home: filepath.Join(corpus, "home")}
	sources := p.load()
	b.Run("packages", func(b *testing.B) {
		for b.Loop() {
			_, err := declared.Packages(b.Context(), 2, p.lock, sources)
			p.must(err)
		}
	})
	packages, err := declared.Packages(b.Context(), 2, p.lock, sources)
	p.must(err)
	b.Run("resolve", func(b *testing.B) {
		for b.Loop() {
			g, err := resolve.New(p.lock, packages)
			p.must(err)
			_, err = g.Resolve(p.workspace, question{target: host, edges: "normal,build"}.request(b))
			p.must(err)
		}
	})
}
