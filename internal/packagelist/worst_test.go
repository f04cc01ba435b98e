package packagelist

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/internal/cargotest/worst"
	"cargohome/internal/compat"
)

// Whatever the patterns, a step is what it is said to be.
func TestWorst(t *testing.T) { worst.Look(t, runPatterns) }

func runPatterns(t *testing.T, g *worst.Genes, steps int64) (any, int64) {
	pattern := g.Text([]string{"*", "?", "[ab]", "a", "/", "**/", "/**/", "{a,b}", "{*,a}", "{", "}", ",", "*a", "!", "[!a]", "b"}, 10, 10)
	pattern = pattern[:min(len(pattern), maxGlob)]
	var tree strings.Builder
	tree.WriteString("Cargo.toml")
	deep := g.Text([]string{"a", "b", "a/", "ab/", "/a"}, 4, 9)
	for i := range 1 + g.Below(100) {
		fmt.Fprintf(&tree, "\n%s", filepath.Clean(fmt.Sprintf("d%d/%s/f", i, deep[:min(len(deep), 3000)])))
	}
	l := entriesOf(tree.String())
	l.steps = steps
	listing, err := List(compat.Rule{}, l, "", nil, []string{pattern, pattern})
	if err != nil && !errors.Is(err, errNoSteps) {
		return nil, steps - l.steps
	}
	return listing, steps - l.steps
}
