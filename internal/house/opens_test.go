package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// opening are the functions that open, or read to its end, whatever has a name: a pipe is
// waited for, a device acts, and what has no end fills the memory. Package fsx has those
// that do not.
var opening = map[string][]string{
	"os":  {"Create", "Open", "OpenFile", "OpenInRoot", "OpenRoot", "ReadFile"},
	"tls": {"LoadX509KeyPair"},
}

// openers are the files that call them all the same, and on what.
var openers = map[string]string{
	"internal/check/vendored.go":        "a folder, in the order of the file system",
	"internal/cli/pack_read.go":         "a bundle, which may come out of a pipe",
	"internal/cli/sign.go":              "the terminal",
	"internal/cli/unpack.go":            "a bundle, which may come out of a pipe",
	"internal/config/load.go":           "an argument, which may name a pipe",
	"internal/home/check.go":            "a path with a '/' behind it",
	"internal/home/waiters_linux.go":    "what the kernel says",
	"internal/lockfile/file.go":         "what the shell has opened",
	"internal/registry/remote.go":       "a temporary folder of our own",
	"internal/registry/remote_fetch.go": "a temporary folder of our own",
}

// What lies on a disk is opened by package fsx.
func TestOpens(t *testing.T) {
	level, product, seen := levels(), levels()["."], map[string]bool{}
	for _, p := range packages(t) {
		if level[p.name] < product || p.name == "internal/fsx" {
			continue
		}
		files, err := filepath.Glob(filepath.Join(p.dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			at := p.name + "/" + filepath.Base(file)
			for _, call := range opens(t, file) {
				if seen[at] = true; openers[at] == "" {
					t.Errorf("%s calls %s: let package fsx open it", at, call)
				}
			}
		}
	}
	for at := range openers {
		if !seen[at] {
			t.Errorf("%s opens nothing any more", at)
		}
	}
}

// opens lists the functions of those that a file uses, unless it is a test.
func opens(t *testing.T, file string) (used []string) {
	t.Helper()
	if strings.HasSuffix(file, "_test.go") {
		return nil
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && slices.Contains(opening[x.Name], s.Sel.Name) {
				used = append(used, x.Name+"."+s.Sel.Name)
			}
		}
		return true
	})
	return used
}
