//go:build conform

package workspace_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestConform_random asks cargo about trees made of the parts that matter, in
// combinations nobody thought of. The seed is the test's name.
func TestConform_random(t *testing.T) {
	for seed := range uint64(300) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 1))
			s := randomShape(r)
			root := s.build(t)
			path := filepath.Join(root, filepath.FromSlash(s.start), "Cargo.toml")
			if _, err := os.Stat(path); err != nil {
				t.Skip("no manifest to start from")
			}
			t.Logf("from %s:\n%s", s.start, s.tree)
			compareWithCargo(t, path, s.homeIn(root))
		})
	}
}

var (
	randomDirs     = []string{".", "a", "b", "a/b", "a/c", "c/d", "c/.e", "../o", "../o/p"}
	randomMembers  = []string{"a", "b", "a/*", "c/*", "*", "a/**", "**/b", "[ab]", "../o", "../*/p", "./a/../b", "c/d", ".", "*/[!c]", "?"}
	randomExcludes = []string{"a", "b", "a/b", "c", "c/d", "../o", ".", "a/", "*", "./b", "top"}
	randomPointers = []string{".", "..", "../..", "../b", "../top", "a", "../a"}
)

func randomShape(r *rand.Rand) shape {
	var tree strings.Builder
	for i, dir := range randomDirs {
		if i > 0 && r.IntN(5) == 0 {
			continue
		}
		fmt.Fprintf(&tree, "%s %s %s\n", "toml", dir, randomManifest(r, i))
	}
	if r.IntN(4) == 0 {
		fmt.Fprintf(&tree, "link c/l ../%s\n", pick(r, []string{"a", "b", "../o", "gone"}))
	}
	if r.IntN(4) == 0 {
		tree.WriteString("file c/README\n")
	}
	s := shape{tree: tree.String(), start: pick(r, randomDirs)}
	if r.IntN(5) == 0 {
		s.home = pick(r, randomDirs)
	}
	return s
}

func randomManifest(r *rand.Rand, i int) string {
	isRoot := i == 0 || r.IntN(8) == 0
	var b strings.Builder
	if !isRoot || r.IntN(2) == 0 {
		randomPackage(r, &b, i, isRoot)
	}
	if isRoot {
		randomWorkspace(r, &b)
	}
	return b.String()
}

func randomPackage(r *rand.Rand, b *strings.Builder, i int, isRoot bool) {
	fmt.Fprintf(b, "[package]|name='n%d'|edition='2021'|", i)
	if r.IntN(16) == 0 {
		b.WriteString("version.workspace=true|")
	}
	if !isRoot && r.IntN(5) == 0 {
		fmt.Fprintf(b, "workspace='%s'|", pick(r, randomPointers))
	}
	kinds := []string{"dependencies", "dev-dependencies", "build_dependencies", "target.'cfg(unix)'.dependencies"}
	for _, kind := range kinds {
		if r.IntN(6) > 0 {
			continue
		}
		fmt.Fprintf(b, "[%s]|", kind)
		if j := r.IntN(len(randomDirs)); r.IntN(8) == 0 {
			b.WriteString("shared.workspace=true|")
		} else if rel, err := filepath.Rel(filepath.Join("/x/top", randomDirs[i]), filepath.Join("/x/top", randomDirs[j])); err == nil {
			fmt.Fprintf(b, "n%d={path='%s'}|", j, filepath.ToSlash(rel))
		}
	}
}

func randomWorkspace(r *rand.Rand, b *strings.Builder) {
	b.WriteString("[workspace]|")
	for _, list := range []struct {
		key   string
		texts []string
	}{{"members", randomMembers}, {"exclude", randomExcludes}} {
		if r.IntN(4) > 0 {
			fmt.Fprintf(b, "%s=['%s','%s']|", list.key, pick(r, list.texts), pick(r, list.texts))
		}
	}
	if r.IntN(8) == 0 {
		fmt.Fprintf(b, "default-members=['%s']|", pick(r, randomMembers))
	}
	b.WriteString("package.version='1.2.3'|")
	fmt.Fprintf(b, "dependencies.shared={path='%s'}|", pick(r, []string{"a", "b", "../o", "c/d"}))
}

func pick(r *rand.Rand, texts []string) string { return texts[r.IntN(len(texts))] }
