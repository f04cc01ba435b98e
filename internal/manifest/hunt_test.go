package manifest_test

import (
	"math/rand/v2"
	"testing"
	"testing/fstest"
	"time"

	"cargohome/internal/cargotest"
	"cargohome/internal/compat"
	"cargohome/internal/manifest"
)

// No manifest, of a size that is read, takes 20 seconds or 512 MiB to be found and
// made into the one that is vendored.
func TestHunt(t *testing.T) {
	h := cargotest.Hunt{
		Head: "[package]\nname = \"p\"\nversion = \"1.0.0\"\nedition = \"2021\"\n",
		Seeds: []string{
			"[dependencies]\n", "a%d = \"1\"\n", "[dependencies.b%d]\nversion = \"1\"\nfeatures = [\"x\"]\n", "[features]\n", "f%d = [\"f%d\", \"a%d\"]\n",
			"[[bin]]\nname = \"b%d\"\npath = \"p\"\n", "include = [\"*\", \"", "**/a*/", "[target.'cfg(any(", "unix, ", "[package.metadata.m%d]\nx = 1\n", "x%d = {a = 1, b = [1, 2]}\n",
			"description = \"\"\"\\\n", "[lints.rust]\n", "a%d = {level = \"warn\", priority = 1}\n", "[badges]\n", "authors = [\"a\", \"",
		},
		Size: 1<<20 - 5000, Time: 5 * time.Second, Memory: 200 << 20, // of one worker
		Read: func(text []byte) {
			tree := fstest.MapFS{"Cargo.toml": {Data: text}, "src/lib.rs": {}}
			if _, err := manifest.FindPackage(tree, "p", "1.0.0"); err == nil {
				_, _ = manifest.NewTree(tree).Normalize(compat.Rule{}, ".", []string{"Cargo.toml", "src/lib.rs"})
			}
		},
	}
	t.Log(h.Run(t, cargotest.NewLottery(rand.Uint64(), 0)))
}
