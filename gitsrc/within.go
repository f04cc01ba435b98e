package gitsrc

import (
	"path/filepath"
	"strings"

	"cargohome/gitsrc/object"
	"cargohome/gitsrc/worktree"
	"cargohome/internal/fsx"
)

const maxGitFile = 4096 // bytes of a ".git" that is a file

// within opens the repository of a submodule in a checkout, git/checkouts/NAME/SHORT,
// by the submodule's path in the work tree; nil if there is none with the commit. It is
// the submodule's own ".git", or what a ".git" file there names, or where git itself
// keeps repositories of submodules.
func (f *Folder) within(name, short, path, commit string) *object.DB {
	checkout := f.checkout(name, short)
	s := &search{folder: f, commit: commit}
	for _, rel := range gitDirs(checkout, path) {
		if s.tryWithin(checkout, rel) {
			return s.found
		}
	}
	return nil
}

// gitDirs returns where below a checkout the repository of a submodule may be.
func gitDirs(checkout, path string) []string {
	own := filepath.Join(filepath.FromSlash(path), worktree.GitFile)
	dirs := []string{own}
	if target := gitLink(checkout, own); target != "" {
		dirs = []string{target}
	}
	return append(dirs, filepath.Join(worktree.GitFile, "modules", filepath.FromSlash(path)))
}

// gitLink returns where a ".git" file leads to, below the checkout; "" if it is none, or
// leads out of it.
func gitLink(checkout, own string) string {
	root, err := fsx.OpenRoot(checkout)
	if err != nil {
		return ""
	}
	defer root.Close()
	data, err := fsx.ReadRegularIn(root, own, maxGitFile)
	target, ok := strings.CutPrefix(string(data), "gitdir: ")
	if err != nil || !ok {
		return ""
	}
	target = filepath.FromSlash(strings.TrimRight(target, "\r\n"))
	if filepath.IsAbs(target) {
		if target, err = filepath.Rel(checkout, target); err != nil {
			return ""
		}
	} else {
		target = filepath.Join(filepath.Dir(own), target)
	}
	if !filepath.IsLocal(target) {
		return ""
	}
	return target
}
