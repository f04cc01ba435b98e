package cargotest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// World is a Cargo home and projects that build with it, all drawn by chance: crates
// of several registries, packages from git with and without submodules, projects in
// plain folders, in folders with a dot, and behind links.
type World struct {
	Dir      string // holds all
	Home     *Home
	Projects []DrawnProject

	t       T
	l       Lottery
	crates  []Crate
	commits []drawnCommit
}

// DrawnProject is one of a world.
type DrawnProject struct {
	Dir  string // with Cargo.toml and Cargo.lock
	Name string // what people call it, the same folder or a link to it
	Git  string // the URL of its package from git, "" if it has none
}

// Lock is the project's lockfile, by the name that people know.
func (p DrawnProject) Lock() string { return filepath.Join(p.Name, "Cargo.lock") }

// drawnCommit is one that a project may depend on.
type drawnCommit struct{ url, id string }

// Repositories that worlds have: the name of the folder that Cargo gives it, that of
// Cargo up to 1.84, and the package in it (spec 2.1).
var drawnRepositories = []struct{ url, name, old, pkg string }{
	{"https://example.com/dep", "dep-2cabe8440ae18435", "dep-48638b2340bb08d7", "dep"},
	{"https://example.com/other", "other-d5f13c1166115d15", "other-c4445a8cc6728e58", "dep"},
	{"https://example.com/sub", "sub-9d4ec56fa6bb8ee4", "sub-0adb9fd1c603189f", ""},
}

// NewWorld draws a world in a folder.
func NewWorld(t T, l Lottery, dir string) *World {
	w := &World{Dir: dir, Home: NewHome(t, filepath.Join(dir, "home")), t: t, l: l}
	w.addCrates()
	w.addCommits()
	for n := range 1 + l.IntN(3) {
		w.addProject(fmt.Sprint("app", n))
	}
	return w
}

func (w *World) addCrates() {
	versions := []string{"0.1.0", "1.0.0", "1.2.3", "2.0.0-rc.1", "2.0.0+build.5"}
	for _, name := range []string{"a", "bb", "ccc", "d-d", "E_long"} {
		for _, v := range versions[:1+w.l.IntN(len(versions))] {
			c := Crate{Name: name, Version: v, Files: []File{{Path: "src/x.rs", Content: random(w.l, 9000)}}}
			w.Home.Add(c)
			w.crates = append(w.crates, c)
			if w.l.Chance(20) {
				w.Home.Registry(Pick(w.l, CratesIOOld, CratesIOGitOld, "other.example-0123456789abcdef")).Add(c)
			}
		}
	}
}

// random is text of some length that a disk gives room to.
func random(l Lottery, most int) string {
	text := make([]byte, l.IntN(most))
	for i := range text {
		text[i] = byte(' ' + l.IntN(90))
	}
	return "/*" + string(text) + "\n*/\n"
}

func (w *World) addCommits() {
	sub := w.Home.Objects(drawnRepositories[2].name, drawnRepositories[2].url)
	submodule := sub.Commit(sub.Tree(TreeEntry{"100644", "s.rs", sub.Blob("// of a submodule\n")}))
	for _, r := range drawnRepositories[:2] {
		objects := w.Home.Objects(r.name, r.url)
		for n := range 1 + w.l.IntN(3) {
			files := []TreeEntry{
				{"100644", "Cargo.toml", objects.Blob(fmt.Sprintf("[package]\nname = %q\nversion = \"1.0.0\"\nedition = \"2021\"\ndescription = \"%d\"\n", r.pkg, n))},
				{"40000", "src", objects.Tree(TreeEntry{"100644", "lib.rs", objects.Blob("// a library\n")})},
			}
			if w.l.Chance(50) {
				modules := objects.Blob("[submodule \"s\"]\n\tpath = in\n\turl = " + Pick(w.l, "../sub", drawnRepositories[2].url) + "\n")
				lib := objects.Blob("include!(\"../in/s.rs\");\n")
				files = []TreeEntry{{"100644", ".gitmodules", modules}, files[0], {"160000", "in", submodule},
					{"40000", "src", objects.Tree(TreeEntry{"100644", "lib.rs", lib})}}
			}
			w.commits = append(w.commits, drawnCommit{r.url, objects.Commit(objects.Tree(files...))})
		}
	}
}

func (w *World) addProject(name string) {
	p := Project{Name: name, LockVersion: Pick(w.l, 3, 4), Main: "fn main() {}\n"}
	for _, c := range w.crates {
		if w.l.Chance(30) && !slices.ContainsFunc(p.Deps, func(d Dep) bool { return d.Name == c.Name }) {
			p.Deps = append(p.Deps, Dep{Name: c.Name, Req: "=" + c.Version})
		}
	}
	drawn := DrawnProject{Dir: filepath.Join(w.Dir, "src", name)}
	if w.l.Chance(60) {
		c := Pick(w.l, w.commits...)
		drawn.Git = c.url
		p.Deps = append(p.Deps, Dep{Name: "dep", Req: "1.0.0", Git: c.url + "#" + c.id})
	}
	if w.l.Chance(25) {
		drawn.Dir = filepath.Join(w.Dir, "src", ".worktrees", name)
	}
	drawn.Name = drawn.Dir
	if w.l.Chance(25) {
		drawn.Dir = filepath.Join(w.Dir, "elsewhere", name)
		check(w.t, os.MkdirAll(filepath.Dir(drawn.Name), 0o777))
		check(w.t, os.Symlink(drawn.Dir, drawn.Name))
	}
	w.Home.WriteProject(drawn.Dir, p)
	w.Projects = append(w.Projects, drawn)
}
