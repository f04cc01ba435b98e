package lockfile_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"cargohome/internal/cargotest"
	"cargohome/internal/lockfile"
)

// No lockfile of ten megabytes takes 20 seconds, or 512 MiB, of which the text itself
// is a part.
func TestHunt(t *testing.T) {
	h := cargotest.Hunt{
		Head: "version = 4\n",
		Seeds: []string{
			"[[package]]\nname = \"p%d\"\nversion = \"1.0.0\"\nsource = \"" + cratesIO + "\"\nchecksum = \"" + sum + "\"\ndependencies = [\n \"p%d\",\n]\n\n",
			"[metadata]\n", "\"k%d\" = \"\"\n", "x = [\"\",", "[a.b%d]\n", "a%d.b.c.d = 1\n", "[[patch.unused]]\nname = \"a\"\nversion = \"1.0.0\"\n",
			"[[package]]\nname = \"p\"\nversion = \"1.0.0\"\nsource = \"git+https://h/r%d#" + commit + "\"\n", "'''x\n", "\"\"\"\\\n",
		},
		Size: 10 << 20, Time: 20 * time.Second, Memory: 480 << 20,
		Read: func(text []byte) { _, _ = lockfile.Parse("Cargo.lock", text) },
	}
	t.Log(h.Run(t, cargotest.NewLottery(rand.Uint64(), 0)))
}
