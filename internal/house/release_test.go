package house_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What releases are made by is a module of its own, which needs all modules that the program
// is made of, or else neither `make install` nor `make dist` works.
func TestRelease_modules(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if .Version}}{{.Path}} {{end}}{{end}}", module).Output()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join("..", "release", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	known := strings.Fields(string(text))
	modules := strings.Fields(string(out))
	slices.Sort(modules)
	for _, needed := range slices.Compact(modules) {
		if !slices.Contains(known, needed) {
			t.Errorf("internal/release/go.mod does not know %s: run go mod tidy there", needed)
		}
	}
}
