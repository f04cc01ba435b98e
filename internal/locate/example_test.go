package locate_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"cargohome/internal/cargotest"
	"cargohome/internal/config"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/lockfile"
)

// fatal fails an example.
type fatal struct{}

func (fatal) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// What a lockfile needs is looked for in a home, and what is lacking told at once.
func ExampleFind() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	leaf := cargotest.Crate{Name: "leaf", Version: "1.0.0"}
	cargotest.NewHome(fatal{}, dir).Add(leaf)
	lock, err := lockfile.Parse("Cargo.lock", []byte(`version = 4

[[package]]
name = "app"
version = "0.1.0"
dependencies = ["leaf", "other"]

[[package]]
name = "leaf"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "`+leaf.Checksum()+`"

[[package]]
name = "other"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "`+leaf.Checksum()+`"
`))
	if err != nil {
		panic(err)
	}

	h := home.New(dir)
	defer h.Close()
	sources := locate.NewSources(h, &config.SourceMap{}, locate.Manifests{}) // no configuration replaces any
	found, err := locate.Find(context.Background(), 0, lock.Packages, sources)
	if err != nil {
		panic(err)
	}
	for _, p := range found {
		for _, a := range p.Archives {
			fmt.Printf("%s is in %s, the %s vouches for it\n", p.ID, filepath.Base(a.Path), p.By)
		}
	}
	fmt.Println(locate.GapsOf(found))
	// Output:
	// leaf v1.0.0 is in leaf-1.0.0.crate, the lockfile vouches for it
	//
	//   missing archive:
	//     other v1.0.0
}
