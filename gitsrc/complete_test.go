package gitsrc_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/crate"
	"cargohome/gitsrc/object"
	"cargohome/internal/cargotest"
)

// rebuildable reports why the checkout of a commit could not be made again, as a Folder
// finds it that knows nothing yet.
func (n *needsHome) rebuildable(commit string) error {
	f := n.folder()
	defer f.Close()
	_, err := f.Rebuildable(n.Context(), thinName, commit[:7])
	return err
}

// restored checks a commit out, and returns it.
func (n *needsHome) restored(commit string) string {
	n.Helper()
	f := n.folder()
	defer f.Close()
	plan, err := f.Plan(n.Context(), []crate.SourceID{n.source(commit)}, nil)
	if err == nil {
		err = errors.Join(plan.Unavailable(), plan.Restore(n.Context(), nil))
	}
	if err != nil {
		n.Fatal(err)
	}
	return commit
}

// What would be read to make a checkout again is read to tell whether it could be:
// objects that are there by their names are not enough.
func TestRebuildable_damaged(t *testing.T) {
	for name, spoil := range map[string]func(n *needsHome, path string){
		"emptied": func(n *needsHome, path string) { n.write(path, "") },
		"torn":    func(n *needsHome, path string) { n.write(path, n.read(path)[:9]) },
		"flipped": func(n *needsHome, path string) {
			data := []byte(n.read(path))
			data[len(data)/2] ^= 1
			n.write(path, string(data))
		},
		"of_another_name": func(n *needsHome, path string) { n.write(path, n.read(n.dep.Path(n.dep.Blob("other")))) },
		"a_tree":          func(n *needsHome, path string) { n.write(path, n.read(n.dep.Path(n.dep.Tree()))) },
		"a_folder": func(n *needsHome, path string) {
			if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o777)); err != nil {
				n.Fatal(err)
			}
		},
		"gone": func(n *needsHome, path string) {
			if err := os.Remove(path); err != nil {
				n.Fatal(err)
			}
		},
	} {
		for place, object := range map[string]func(n *needsHome) string{
			"file":              func(n *needsHome) string { return n.dep.Path(n.dep.Blob("a")) },
			"file_of_submodule": func(n *needsHome) string { return n.sub.Path(n.sub.Blob("s")) },
		} {
			t.Run(name+"_"+place, func(t *testing.T) {
				n := newNeedsHome(t)
				commit := n.restored(n.commit(oneModule))
				if err := n.rebuildable(commit); err != nil {
					t.Fatalf("not rebuildable: %v", err)
				}
				path := object(n)
				copyOf(n, path)
				spoil(n, path)
				err := n.rebuildable(commit)
				if err == nil || !strings.Contains(err.Error(), filepath.Base(path)) {
					t.Errorf("rebuildable: %v, want %s in it", err, filepath.Base(path))
				}
			})
		}
	}
}

// copyOf gives a file that shares its content with others one of its own: checkouts
// have theirs by links.
func copyOf(n *needsHome, path string) {
	n.Helper()
	n.write(path, n.read(path))
}

// Checkouts of one repository have most of their files in common. Each is read once.
func TestRebuildable_reads_once(t *testing.T) {
	n := newNeedsHome(t)
	commits := []string{
		n.restored(n.commit(oneModule)),
		n.restored(n.commit(oneModule, cargotest.TreeEntry{Mode: "100644", Name: "more", ID: n.dep.Blob("more")})),
	}
	f := n.folder()
	defer f.Close()
	for _, commit := range commits {
		if _, err := f.Rebuildable(n.Context(), thinName, commit[:7]); err != nil {
			t.Errorf("%s: not rebuildable: %v", commit, err)
		}
		n.write(n.dep.Path(n.dep.Blob("a")), "") // which nobody looks at any more
	}
	if err := n.rebuildable(commits[0]); !errors.Is(err, object.ErrDamaged) {
		t.Errorf("whoever begins anew says %v", err)
	}
}
