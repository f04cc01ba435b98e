package cargotest

import (
	"fmt"
	"os"
	"path/filepath"
)

// Age makes the home such as other Cargos, other programs and accidents leave it: with
// folders of older Cargos, objects that lie elsewhere, links, damage, sources that a
// configuration replaces. Some projects do not build any more then.
func (w *World) Age() {
	for _, r := range drawnRepositories {
		w.sometimes(15, func() { w.copyFolders(r.name, r.old) })
		w.sometimes(5, func() { w.renameFolders(r.name, r.old) })
		w.sometimes(10, func() { w.lendObjects(r.name) })
	}
	w.sometimes(25, w.forgetSubmodule)
	for _, p := range w.Projects {
		if p.Git != "" {
			w.sometimes(15, func() { w.replaceSource(p) })
		}
	}
	w.sometimes(10, w.moveBehindLink)
	w.Damage()
}

func (w *World) sometimes(percent int, f func()) {
	if w.l.Chance(percent) {
		f()
	}
}

func (w *World) gitFolders(name string) []string {
	return []string{filepath.Join(w.Home.Dir, "git", "db", name), filepath.Join(w.Home.Dir, "git", "checkouts", name)}
}

// copyFolders: two Cargos, one of which gives another name, have both been here.
func (w *World) copyFolders(from, to string) {
	ends := w.gitFolders(to)
	for i, dir := range w.gitFolders(from) {
		if exists(dir) {
			check(w.t, CopyTree(dir, ends[i]))
		}
	}
}

// renameFolders: only another Cargo has been here.
func (w *World) renameFolders(from, to string) {
	ends := w.gitFolders(to)
	for i, dir := range w.gitFolders(from) {
		if exists(dir) && !exists(ends[i]) {
			check(w.t, os.Rename(dir, ends[i]))
		}
	}
}

// lendObjects: a repository reads its objects elsewhere, as one cloned with
// --reference does.
func (w *World) lendObjects(name string) {
	objects := filepath.Join(w.Home.Dir, "git", "db", name, "objects")
	lent := filepath.Join(w.Dir, "lent", name)
	if !exists(objects) {
		return
	}
	check(w.t, os.MkdirAll(filepath.Dir(lent), 0o777))
	check(w.t, os.Rename(objects, lent))
	write(w.t, filepath.Join(objects, "info", "alternates"), []byte(lent+"\n"))
}

// forgetSubmodule leaves a submodule's objects only in checkouts, as Cargo up to 1.93
// does.
func (w *World) forgetSubmodule() {
	for _, name := range []string{drawnRepositories[2].name, drawnRepositories[2].old} {
		check(w.t, os.RemoveAll(filepath.Join(w.Home.Dir, "git", "db", name)))
	}
}

// replaceSource has the project's configuration put another source in place of its
// own: a repository, or a directory.
func (w *World) replaceSource(p DrawnProject) {
	const mirror, name = "https://example.com/mirror", "mirror-89d6f69a64ea717f"
	for _, r := range drawnRepositories {
		if r.url == p.Git && !exists(w.gitFolders(name)[0]) && exists(w.gitFolders(r.name)[0]) {
			w.copyFolders(r.name, name)
			write(w.t, filepath.Join(w.gitFolders(name)[0], "FETCH_HEAD"), []byte("\t\t"+mirror+"\n"))
		}
	}
	by := fmt.Sprintf("git = %q\n", mirror)
	if w.l.Chance(50) {
		dir := filepath.Join(p.Dir, "third")
		write(w.t, filepath.Join(dir, "dep", "Cargo.toml"), []byte("[package]\nname = \"dep\"\nversion = \"1.0.0\"\nedition = \"2021\"\n"))
		write(w.t, filepath.Join(dir, "dep", "src", "lib.rs"), []byte("// replaced\n"))
		write(w.t, filepath.Join(dir, "dep", ".cargo-checksum.json"), []byte(`{"files":{},"package":null}`))
		by = fmt.Sprintf("directory = %q\n", dir)
	}
	config := fmt.Sprintf("[source.o]\ngit = %q\nreplace-with = \"r\"\n[source.r]\n%s", p.Git, by)
	write(w.t, filepath.Join(p.Dir, ".cargo", "config.toml"), []byte(config))
}

// moveBehindLink moves a part of the home elsewhere and leaves a link.
func (w *World) moveBehindLink() {
	part := Pick(w.l, "registry/index", "registry/cache", "registry/src", "git/db", "git/checkouts")
	place, other := filepath.Join(w.Home.Dir, filepath.FromSlash(part)), filepath.Join(w.Dir, "drive")
	if exists(place) {
		check(w.t, os.Rename(place, other))
		check(w.t, os.Symlink(other, place))
	}
}

// Damage empties some files of the home, flips bits in some, and removes some.
func (w *World) Damage() {
	for _, d := range []struct {
		pattern string
		percent int
	}{
		{"registry/cache/*/*", 8}, {"registry/src/*/*/.cargo-ok", 8}, {"registry/src/*/*/Cargo.toml", 1},
		{"git/checkouts/*/*/.cargo-ok", 8}, {"git/checkouts/*/*/.git/HEAD", 8}, {"git/db/*/objects/??/*", 1},
	} {
		found, err := filepath.Glob(filepath.Join(w.Home.Dir, filepath.FromSlash(d.pattern)))
		check(w.t, err)
		for _, path := range found {
			w.sometimes(d.percent, func() { w.damage(path) })
		}
	}
}

func (w *World) damage(path string) {
	data, err := os.ReadFile(path)
	check(w.t, err)
	switch w.l.IntN(3) {
	case 0:
		data = nil
	case 1:
		if len(data) > 0 {
			data[len(data)/2] ^= 1
		}
	case 2:
		check(w.t, os.Remove(path))
		return
	}
	check(w.t, os.Chmod(path, 0o644)) // objects are for reading only
	check(w.t, os.WriteFile(path, data, 0o644))
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
