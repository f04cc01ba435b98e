package config

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cargohome/internal/cargotest"
)

// No configuration takes 20 seconds or 512 MiB, to be read or to be edited.
func TestHunt(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, ".cargo", "config.toml")
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	h := cargotest.Hunt{
		Seeds: []string{
			"[source.a%d]\nregistry = \"https://h%d\"\nreplace-with = \"b%d\"\n", "x%d = {a = 1, ", "k%d = 1\n", "a.b.c.d%d = [[], []]\n", "[alias]\n", "a%d = \"b\"\n",
			"include = [\"x%d\", \"", "[[a]]\n", "\"\"\"\\\n", "[a.b.c.d%d]\n", "[source.crates-io]\nreplace-with = \"vendored-sources\"\n",
		},
		Size: MaxFileSize - 5000, Time: 20 * time.Second, Memory: 480 << 20,
		Read: func(text []byte) {
			if err := os.WriteFile(file, text, 0o666); err != nil {
				t.Fatal(err)
			}
			if c, err := Load(Options{Cwd: dir, Home: filepath.Join(dir, "home")}); err == nil {
				_, _ = c.Sources(true)
			}
			_, _, _ = Edit(text, NewTables())
		},
	}
	t.Log(h.Run(t, cargotest.NewLottery(rand.Uint64(), 0)))
}
