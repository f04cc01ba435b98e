//go:build conform && unix

package conform

import (
	"io/fs"
	"os"
	"strings"

	"cargohome/internal/cargotest"
)

// gitDirs are repositories in sites, by a pattern.
var gitDirs = []struct{ sites, what, pattern string }{
	{"git,git cold", "db", "home/git/db/dep-*"},
	{"git,git cold", "db of a submodule", "home/git/db/sub-*"},
	{"git", "checkout", "home/git/checkouts/dep-*/*/.git"},
	{"index in git,index in git cold", "index", "home/registry/index/" + cargotest.CratesIOGit + "/.git"},
}

const noCommit = "0123456789012345678901234567890123456789"

// gitFiles are files of a repository, with another content or none at all.
var gitFiles = []struct{ what, name, text string }{
	{"HEAD that leads nowhere", "HEAD", "ref: refs/heads/none\n"}, {"HEAD of no commit", "HEAD", noCommit + "\n"}, {"HEAD that is nothing", "HEAD", "x"},
	{"HEAD without its end", "HEAD", "ref: refs/heads/none"}, {"HEAD in a circle", "HEAD", "ref: HEAD\n"}, {"HEAD outside", "HEAD", "ref: ../x\n"},
	{"packed references", "packed-refs", "# pack-refs with: peeled fully-peeled sorted \n"}, {"packed references that are none", "packed-refs", "x\n"},
	{"a packed reference to nothing", "packed-refs", noCommit + " refs/heads/x\n"}, {"a packed reference without its end", "packed-refs", noCommit + " refs/heads/x"},
	{"no shallow commits", "shallow", ""}, {"shallow commits", "shallow", noCommit + "\n"}, {"shallow commits that are none", "shallow", "x\n"},
	{"grafts", "info/grafts", noCommit + "\n"}, {"grafts that are none", "info/grafts", "x\n"},
	{"alternates that are not there", "objects/info/alternates", "/nothing\n"}, {"alternates beside", "objects/info/alternates", "../nothing\n"},
	{"alternates that are itself", "objects/info/alternates", "../objects\n"}, {"alternates in a comment", "objects/info/alternates", "# x\n\n"},
	{"no configuration", "config", ""}, {"a configuration that is none", "config", "[core\n"}, {"a configuration that says nothing", "config", "[core]\n\tx = y\n"},
	{"not bare", "config", "[core]\n\tbare = false\n"}, {"bare", "config", "[core]\n\tbare = true\n"}, {"bare or not", "config", "[core]\n\tbare = maybe\n"},
	{"a later version", "config", "[core]\n\trepositoryformatversion = 2\n"}, {"a version that is none", "config", "[core]\n\trepositoryformatversion = x\n"},
	{"an extension", "config", "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tx = true\n"}, {"a known extension", "config", "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tnoop = true\n"},
	{"an extension of no version", "config", "[extensions]\n\tx = true\n"}, {"another object format", "config", "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n"},
	{"a common folder that is not there", "commondir", "nothing\n"}, {"a common folder that is itself", "commondir", ".\n"},
	{"a branch to nothing", "refs/heads/x", noCommit + "\n"}, {"a branch that is none", "refs/heads/x", "x"}, {"an empty branch", "refs/heads/x", ""},
	{"a branch to a branch that is not there", "refs/heads/x", "ref: refs/heads/y\n"}, {"a branch of a name that is none", "refs/heads/.x", noCommit + "\n"},
	{"a file among the references", "refs/x", "x"}, {"a lock", "refs/heads/x.lock", "x"}, {"a lock of HEAD", "HEAD.lock", ""}, {"a lock of the configuration", "config.lock", ""},
	{"what was fetched", "FETCH_HEAD", "x"}, {"a description", "description", "\xff"}, {"a graph of commits", "objects/info/commit-graph", "x"},
	{"an index of many packs", "objects/pack/multi-pack-index", "x"}, {"an index of no pack", "objects/pack/pack-" + noCommit + ".idx", "x"},
	{"a pack without an index", "objects/pack/pack-" + noCommit + ".pack", "x"}, {"a pack that is none", "objects/pack/x.idx", ""}, {"an object that is none", "objects/01/" + noCommit[2:], "x"},
	{"a hook", "hooks/post-checkout", "#!/bin/sh\nexit 1\n"}, {"an index", "index", "x"}, {"a log", "logs/HEAD", "x"}, {"a work tree", "worktrees/x/HEAD", "x"}, {"a folder of git's", "gitdir", "x"},
	{"a tag to nothing", "refs/tags/x", noCommit + "\n"}, {"another branch fetched", "refs/remotes/origin/x", noCommit + "\n"}, {"HEAD fetched of no commit", "refs/remotes/origin/HEAD", noCommit + "\n"},
	{"HEAD fetched that leads nowhere", "refs/remotes/origin/HEAD", "ref: refs/remotes/origin/none\n"}, {"HEAD fetched that is none", "refs/remotes/origin/HEAD", "x\n"},
}

// gitEdits change repositories.
var gitEdits = func() (edits []checkEdit) {
	for _, dir := range gitDirs {
		for _, f := range gitFiles {
			edits = append(edits, checkEdit{sites: dir.sites, name: dir.what + ": " + f.what, do: func(e *editor) {
				for _, name := range e.glob(dir.pattern) {
					e.remove(name + "/" + f.name)
					e.write(name+"/"+f.name, f.text)
				}
			}})
		}
		edits = append(edits,
			checkEdit{sites: dir.sites, name: dir.what + ": with packed references", do: func(e *editor) {
				for _, name := range e.glob(dir.pattern) {
					e.packRefs(name)
				}
			}},
			checkEdit{sites: dir.sites, name: dir.what + ": as a link", do: func(e *editor) {
				for _, name := range e.glob(dir.pattern) {
					e.move(name, "elsewhere")
					e.link(e.path("elsewhere"), name)
				}
			}},
			checkEdit{sites: dir.sites, name: dir.what + ": objects as a link", do: func(e *editor) {
				for _, name := range e.glob(dir.pattern) {
					e.move(name+"/objects", name+"/things")
					e.link("things", name+"/objects")
				}
			}},
		)
	}
	for _, c := range []struct {
		name string
		mode fs.FileMode
	}{{"not to be read", 0}, {"not to be entered", 0o666}, {"not to be written", 0o555}} {
		for _, at := range []string{".git/objects/pack", "src"} {
			edits = append(edits, checkEdit{sites: "git", name: "checkout: " + at + " " + c.name, limited: true, do: func(e *editor) {
				for _, name := range e.glob("home/git/checkouts/dep-*/*") {
					e.mode(name+"/"+at, c.mode)
				}
			}})
		}
	}
	return edits
}()

// packRefs has the references of a repository in one file.
func (e *editor) packRefs(dir string) {
	var b strings.Builder
	for _, name := range append(e.glob(dir+"/refs/*/*"), e.names(dir+"/refs/*/*/*")...) {
		if info, err := os.Stat(e.path(name)); err != nil || info.IsDir() {
			continue
		}
		if text := e.read(name); len(text) > 40 && !strings.HasPrefix(text, "ref: ") {
			b.WriteString(text[:40] + " " + strings.TrimPrefix(name, dir+"/") + "\n")
			e.remove(name)
		}
	}
	e.write(dir+"/packed-refs", b.String())
}
