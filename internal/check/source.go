package check

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"cargohome/internal/fsx"
	"cargohome/internal/manifest"
	"cargohome/internal/verify"
)

// source makes sure that what cargo believes to have unpacked is there. Cargo reads it
// without asking, and fails in the middle of a build. It is compared with the archive if
// something was touched after it was unpacked; nothing else is read, as sources have ten
// times the bytes of archives.
func (r *registry) source(w *worker, p *project, one *piece, whole bool) {
	dir := filepath.Join(r.src, one.ID.Stem())
	if root, err := r.open(dir); err == nil {
		self, err := root.Self()
		touched := err != nil || w.touched(root, dir, self, one.marked, whole) || !w.isOf(root, self, one)
		if _ = root.Close(); !touched {
			return
		}
	}
	differences, err := verify.Source(r.ctx, dir, p.vouched(one).Archive(one.ID, one.at(r)))
	if r.ctx.Err() != nil {
		return
	}
	f := Finding{Code: SourceDamaged, ID: one.ID, Path: dir, Remedy: Remedy{Restore, p.command("cargohome verify sources --repair", nil)},
		Breaks: []string{p.command("cargohome verify sources", nil)}, reach: hidden}
	if err != nil {
		f.Reason = "it was changed after it was unpacked, and cannot be compared: " + err.Error()
		r.find(f)
		return
	}
	for _, d := range differences {
		f.Path, f.Reason = filepath.Join(dir, filepath.FromSlash(d.Path)), fmt.Sprintf("it is not as in the archive: %s", d.How)
		if d.How != verify.Extra && (d.How != verify.Mode || isClosed(f.Path)) {
			r.find(f)
		}
	}
}

// isClosed: another mode harms nobody as long as the file or folder may be read.
func isClosed(path string) bool {
	e, err := fsx.Lstat(path)
	return err == nil && !isOpen(filepath.Dir(path), filepath.Base(path), e)
}

// open opens a folder of registry/src, or that which a link there leads to.
func (r *registry) open(dir string) (fsx.Folder, error) {
	if r.srcDir != nil {
		if root, err := r.srcDir.Open(filepath.Base(dir)); err == nil {
			return root, nil
		}
	}
	return fsx.OpenFolder(dir)
}

// roots are the files of a package that are looked at one by one, with slashes: those
// without which it is of no use.
var roots = []string{"Cargo.toml", "src/lib.rs", "build.rs"}

// apart are folders that are not looked at: cargo compiles nothing there of a package that
// others depend on.
var apart = []string{"tests", "examples", "benches", ".github"}

// touched reports whether something of a folder in registry/src was added, removed or
// replaced since its .cargo-ok was written, by the times of it and, for the whole, of all
// folders in it; or one of its roots was written to.
func (w *worker) touched(root fsx.Folder, dir string, self fsx.Entry, since time.Time, whole bool) bool {
	if self.Modified.After(since) {
		return true
	}
	for _, path := range roots {
		path = filepath.FromSlash(path)
		e, err := root.StatBelow(path)
		if err != nil && path == manifest.FileName || err == nil && (e.Modified.After(since) || !e.Mode.IsRegular() || !isOpen(dir, path, e)) {
			return true
		}
	}
	if !whole { // a library that is gone shows by its folder
		src, err := root.StatBelow("src")
		return err == nil && src.Modified.After(since)
	}
	return w.touchedBelow(root, dir, self, since, 0)
}

// maxDepth is how deep folders may nest: none of an archive nests deeper (archive.MaxDepth).
const maxDepth = 128

// isOf reports whether a folder in registry/src is of the package that it is named after. It
// may have been given the name of another, which shows by the clock of the file system, as
// that it was copied does; the manifest tells then, in the form in which Cargo publishes it.
func (w *worker) isOf(root fsx.Folder, self fsx.Entry, one *piece) bool {
	if !self.Changed.After(one.noted) {
		return true
	}
	n, _, err := root.ReadBelow(manifest.FileName, w.buf)
	for _, line := range []string{"name = " + strconv.Quote(one.ID.Name), "version = " + strconv.Quote(one.ID.Version)} {
		if err != nil || !bytes.Contains(w.buf[:n], []byte("\n"+line+"\n")) {
			return false
		}
	}
	return true
}

// touchedBelow looks at the folders in one. A folder has a name for itself, one above, and
// one in each folder in it, where the file system counts them; so most need not be listed.
func (w *worker) touchedBelow(dir fsx.Folder, path string, self fsx.Entry, since time.Time, depth int) bool {
	if self.Links == 2 {
		return false
	}
	if depth > maxDepth {
		return true
	}
	var below []string
	links := self.Links
	for e, err := range dir.Names(w.names) {
		if err != nil {
			return true
		}
		if !dir.Type(e).IsDir() {
			continue
		}
		if links--; depth > 0 || !slices.Contains(apart, e.Name) {
			below = append(below, e.Name)
		}
		if links == 2 {
			break // there are no more
		}
	}
	for _, name := range below {
		e, err := dir.Stat(name)
		if err != nil || e.Modified.After(since) || !isOpen(path, name, e) {
			return true
		}
		if e.Links == 2 {
			continue
		}
		sub, err := dir.Open(name)
		if err != nil {
			return true
		}
		touched := w.touchedBelow(sub, filepath.Join(path, name), e, since, depth+1)
		_ = sub.Close()
		if touched {
			return true
		}
	}
	return false
}

// isPublic reports whether everybody may read a file or folder.
func isPublic(e fsx.Entry) bool {
	everybody := fs.FileMode(0o444)
	if e.Mode.IsDir() {
		everybody = 0o555
	}
	return e.Mode.Perm()&everybody == everybody
}

// isOpen reports whether a file or folder below another may be read. One that not everybody
// may read is tried.
func isOpen(dir, name string, e fsx.Entry) bool {
	if isPublic(e) {
		return true
	}
	path := filepath.Join(dir, name)
	if !e.Mode.IsDir() {
		f, err := fsx.OpenToRead(path)
		return err == nil && f.Close() == nil
	}
	_, err := os.Stat(path + string(filepath.Separator) + ".") // which takes entering it
	_, err2 := os.ReadDir(path)
	return err == nil && err2 == nil
}
