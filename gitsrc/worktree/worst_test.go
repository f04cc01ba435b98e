package worktree

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"cargohome/gitsrc/object"
	"cargohome/internal/cargotest"
	"cargohome/internal/cargotest/worst"

	"github.com/go-git/go-git/v5/plumbing"
)

// Whatever the attributes and trees, a step is what it is said to be.
func TestWorst(t *testing.T) {
	t.Run("attributes", func(t *testing.T) { worst.Look(t, runAttributes) })
	t.Run("trees", func(t *testing.T) { worst.Look(t, runTrees) })
}

func runAttributes(t *testing.T, g *worst.Genes, steps int64) (any, int64) {
	b := object.NewBudget()
	leave(b, steps)
	parts := []string{"*", "?", "[", "]", "a", "b", "/", "**/", `\`, "[:alpha:]", "[a-z]", "-", "!", " text\n", " eol=lf\n", "*a", "[^a]"}
	rules := g.Text(parts, 12, 14)
	path := g.Text([]string{"a", "b", "/", "a/", "aab"}, 4, 9)
	path = path[:min(len(path), object.MaxName)]
	a := newAttrStack(b.Spend)
	a.files[""] = &attrFile{read: func() (string, error) { return rules, nil }}
	for i := range 200 {
		if _, err := a.of(path + fmt.Sprint(i)); err != nil {
			break
		}
	}
	return a, steps - b.Left()
}

// runTrees lists a tree that has itself many times over.
func runTrees(t *testing.T, g *worst.Genes, steps int64) (any, int64) {
	b := object.NewBudget()
	leave(b, steps)
	f := cargotest.NewRepo(t, nil)
	blob, mode := f.Blob("x"), "100644"
	at := blob
	for range 1 + g.Below(40) {
		name := strings.Repeat("n", 1+g.Below(200))
		var data []byte
		for i := range 1 + 1<<g.Below(11) {
			data = append(append(data, fmt.Sprintf("%s %s%d\x00", mode, name, i)...), at[:]...)
		}
		at, mode = f.Object(plumbing.TreeObject, data), "40000"
	}
	commit := f.CommitOf(at)
	dir, err := os.MkdirTemp("", "worst")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	f.Write(dir, false)
	db, err := object.OpenDB(dir, dir, b)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	w, err := New(t.Context(), db, commit, nil)
	if err == nil {
		w.tree()
	}
	return w, steps - b.Left()
}
