package gitsrc

import (
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

func (w *WorkTree) checkEntries(dir string) error {
	for _, e := range w.entries {
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
