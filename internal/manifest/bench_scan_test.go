package manifest_test

import (
	"os"
	"testing"

	"cargohome/internal/manifest"
)

// BenchmarkPackages reads the tree in the folder $CARGOHOME_TREE.
func BenchmarkPackages(b *testing.B) {
	dir := os.Getenv("CARGOHOME_TREE")
	if dir == "" {
		b.Skip("CARGOHOME_TREE does not name a work tree")
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := manifest.NewTree(os.DirFS(dir)).Packages(); err != nil {
			b.Fatal(err)
		}
	}
}
