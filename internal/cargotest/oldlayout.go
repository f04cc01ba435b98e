package cargotest

import (
	"os"
	"path/filepath"
	"strings"
)

// OldSubmodule makes the submodule at path in git/checkouts/checkout, which a newer Cargo
// cloned from git/db, what Cargos up to 1.93 leave: fetched from url into a ".git" of its
// own, without a ".cargo-ok". With modules that lies where git itself keeps it, in
// ".git/modules" of the checkout. The repository in git/db is left as it is.
func (h *Home) OldSubmodule(checkout, path, url string, modules bool) {
	root := filepath.Join(h.Dir, "git", "checkouts", filepath.FromSlash(checkout))
	sub := filepath.Join(root, filepath.FromSlash(path))
	git := filepath.Join(sub, ".git")
	check(h.t, os.Remove(filepath.Join(sub, ".cargo-ok")))
	write(h.t, filepath.Join(git, "config"), []byte("[core]\n\tbare = false\n\trepositoryformatversion = 0\n"))
	head, err := os.ReadFile(filepath.Join(git, "refs", "heads", "master"))
	check(h.t, err)
	write(h.t, filepath.Join(git, "FETCH_HEAD"), []byte(strings.TrimSpace(string(head))+"\t\t"+url+"\n"))
	if !modules {
		return
	}
	moved := filepath.Join(root, ".git", "modules", filepath.FromSlash(path))
	check(h.t, os.MkdirAll(filepath.Dir(moved), 0o777))
	check(h.t, os.Rename(git, moved))
	rel, err := filepath.Rel(sub, moved)
	check(h.t, err)
	write(h.t, git, []byte("gitdir: "+filepath.ToSlash(rel)+"\n"))
}
