package cli_test

import (
	"bytes"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// started matches a program that is named where it is started.
var started = regexp.MustCompile(`exec\.(?:Command\(|LookPath\(|CommandContext\([^,"]+, )"([^"]+)"`)

// Tests start nothing but Go and what they have built, so that a machine that has Go
// alone can run them. Comparisons with other programs have a tag.
func TestPrograms(t *testing.T) {
	root := os.DirFS("../..")
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") && !strings.HasPrefix(path, "internal/cargotest/") || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(root, path)
		if err != nil || bytes.HasPrefix(text, []byte("//go:build conform")) {
			return err
		}
		for _, m := range started.FindAllSubmatch(text, -1) {
			if name := string(m[1]); name != "go" && name != "cargohome" {
				t.Errorf("%s starts %s", path, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
