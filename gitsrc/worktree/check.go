package worktree

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"cargohome/crate"
	"cargohome/internal/filelist"
)

// Check reports what in the folder dir is not the kind of thing it should be, or lacks,
// for all to be there; nil if nothing. Content is not looked at.
func (w *WorkTree) Check(dir string) error {
	for i, e := range w.entries {
		if w.nodes[i].isMark() {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(e.Path))
		fi, err := os.Lstat(path)
		if err != nil {
			return fmt.Errorf("lacks %q", e.Path)
		}
		if fi.Mode().Type() != fileType(e.Kind) {
			return fmt.Errorf("has something else at %q", e.Path)
		}
		if e.Kind != filelist.Symlink {
			continue
		}
		if target, err := os.Readlink(path); err != nil || filepath.ToSlash(target) != e.Target {
			return fmt.Errorf("has another link at %q", e.Path)
		}
	}
	return nil
}

// fileType returns the type that an entry has on disk.
func fileType(k filelist.Kind) fs.FileMode {
	switch k {
	case filelist.Symlink:
		return fs.ModeSymlink
	case filelist.Submodule:
		return fs.ModeDir
	}
	return 0
}

// isMark: Cargos up to 1.93 leave no ".cargo-ok" in submodules, and no Cargo looks for
// it there.
func (n node) isMark() bool { return n.item < 0 && n.layer >= 0 }

// CheckSubmodules reports which submodule was not checked out, nil if all were. Of those
// whose repositories are not at hand it can only be seen whether there is anything. A
// build needs no more (cargo 1.95).
func (w *WorkTree) CheckSubmodules(dir string) error {
	var roots []string
	for _, l := range w.layers[1:] {
		if len(l.items) > 0 {
			roots = append(roots, l.Root)
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

// isFilled reports whether a submodule was checked out, by files of its own.
func isFilled(dir string) bool {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if e.Name() != GitFile && e.Name() != crate.OKFile {
			return true
		}
	}
	return false
}
