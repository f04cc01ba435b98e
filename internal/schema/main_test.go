package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The schemas in docs are those of the structs that are printed.
func TestGenerate(t *testing.T) {
	const root = "../.."
	files, err := generate(root)
	if err != nil {
		t.Fatal(err)
	}
	there, _ := filepath.Glob(filepath.Join(root, "docs", "schema", "*.json"))
	if len(there) != len(files) {
		t.Errorf("there are %d schemas, want %d", len(there), len(files))
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(root, "docs", "schema", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("docs/schema/%s is out of date (%v): go run ./internal/schema docs/schema", name, err)
		}
	}
}
