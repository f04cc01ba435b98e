package lockfile_test

import (
	"fmt"
	"testing"

	"cargohome/internal/cargotest"
	"cargohome/internal/lockfile"
)

// BenchmarkParse has files like those of real projects: six dependencies to a
// package, and one package that needs all others.
func BenchmarkParse(b *testing.B) {
	for _, n := range []int{100, 800, 10_000, 100_000} {
		b.Run(fmt.Sprintf("packages=%d", n), func(b *testing.B) {
			data := []byte(synthetic(n))
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := lockfile.Parse("Cargo.lock", data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func synthetic(n int) string {
	packages := make([]cargotest.Locked, n)
	sum := cargotest.Checksum(nil)
	for i := range packages {
		packages[i] = cargotest.Locked{Ref: ref(i), Checksum: sum}
		for d := range min(6, i) {
			packages[i].Deps = append(packages[i].Deps, ref(i-1-i*d/6))
		}
	}
	packages[n-1].Source, packages[n-1].Checksum = "", ""
	return cargotest.LockText(4, packages)
}

func ref(i int) cargotest.Ref {
	return cargotest.Ref{Name: fmt.Sprintf("some-crate-%06d", i), Version: "1.2.3", Source: cargotest.CratesIOSource}
}
