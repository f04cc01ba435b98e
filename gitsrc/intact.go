package gitsrc

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// errNotThere says that there is no checkout at all.
var errNotThere = errors.New("is not there")

// checkCheckout reports why the folder dir is not a checkout of a commit that
// Cargo would use, or nil. As Cargo does it asks for the ".cargo-ok", for a HEAD
// that is the commit, and for the commit among the objects of the ".git" (cargo
// 1.95: GitCheckout::is_fresh). Beyond that, everything in w must be there and be
// the kind of thing it should; content is not looked at.
func checkCheckout(dir, home string, w *WorkTree, commit string) error {
	if _, err := os.Lstat(dir); err != nil {
		return errNotThere
	}
	if err := checkHead(filepath.Join(dir, gitFile), home, commit); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, okFile)); err != nil {
		return fmt.Errorf("has no %s", okFile)
	}
	return w.checkEntries(dir)
}

func checkHead(git, home, commit string) error {
	db, err := OpenDB(git, home)
	if err != nil {
		return fmt.Errorf("has no usable repository: %w", err)
	}
	defer db.Close()
	head, err := resolve(db.store.git, "HEAD")
	if err != nil {
		return fmt.Errorf("has no commit: %w", err)
	}
	if head.String() != commit {
		return fmt.Errorf("is of commit %s", head)
	}
	if fi, err := db.store.git.Stat("refs"); err != nil || !fi.IsDir() {
		return errors.New("has no refs in its repository")
	}
	_, err = db.Commit(commit)
	return err
}

// isMark: Cargos up to 1.93 leave no ".cargo-ok" in submodules, and no Cargo looks for
// it there.
func (n node) isMark() bool { return n.item < 0 && n.layer >= 0 }

// checkSubmodules reports which submodule was not checked out, nil if all were. Of those
// whose repositories are not at hand it can only be seen whether there is anything. A
// build needs no more (cargo 1.95).
func (w *WorkTree) checkSubmodules(dir string) error {
	var roots []string
	for _, l := range w.layers[1:] {
		if len(l.items) > 0 {
			roots = append(roots, l.root)
		}
	}
	for _, gap := range w.gaps {
		if missing, ok := errors.AsType[*MissingError](gap); ok {
			roots = append(roots, missing.Submodule)
		}
	}
	for _, root := range roots {
		if !isFilled(filepath.Join(dir, filepath.FromSlash(root))) {
			return fmt.Errorf("has nothing in submodule %q", root)
		}
	}
	return nil
}

// Filled reports which submodule of a checkout, git/checkouts/NAME/SHORT, was not checked
// out, though Cargo would use it all the same; nil if all were, or it cannot be known.
func (f *Folder) Filled(ctx context.Context, name, short string) error {
	dir := filepath.Join(f.checkoutsDir(name), short)
	commit, err := f.headOf(dir)
	if err != nil {
		return nil
	}
	db, err := f.openDB(f.dbDir(name))
	if err != nil {
		return nil
	}
	w, err := db.workTree(ctx, commit, f.optionsOf(name, short))
	if err != nil {
		return nil
	}
	return w.checkSubmodules(dir)
}

// isFilled reports whether a submodule was checked out, by files of its own.
func isFilled(dir string) bool {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if e.Name() != gitFile && e.Name() != okFile {
			return true
		}
	}
	return false
}

func (w *WorkTree) checkEntries(dir string) error {
	for i, e := range w.entries {
		if w.nodes[i].isMark() {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(e.Path))
		fi, err := os.Lstat(path)
		if err != nil {
			return fmt.Errorf("lacks %q", e.Path)
		}
		if fi.Mode().Type() != e.Kind.mode() {
			return fmt.Errorf("has something else at %q", e.Path)
		}
		if e.Kind != Symlink {
			continue
		}
		if target, err := os.Readlink(path); err != nil || filepath.ToSlash(target) != e.Target {
			return fmt.Errorf("has another link at %q", e.Path)
		}
	}
	return nil
}

// mode returns the type that an entry has on disk.
func (k Kind) mode() fs.FileMode {
	switch k {
	case Symlink:
		return fs.ModeSymlink
	case Submodule:
		return fs.ModeDir
	}
	return 0
}
