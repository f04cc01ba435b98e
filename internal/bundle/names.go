package bundle

import (
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/index"
	"cargohome/internal/filename"
	"cargohome/internal/home"
)

// GitHead is the content of HEAD in the repositories of a bundle.
const GitHead = "ref: refs/heads/master\n"

// Bounds on files, in bytes, beside [archive.MaxSize].
const (
	maxFile     = 4 << 30
	maxEntry    = 32 << 20 // of an index: see package gitsrc/object
	maxConfig   = 1 << 20
	maxLockfile = 256 << 20

	commitSize = 41 // of a file with a commit: 40 digits and a line feed
)

// Folders of a bundle that are not Cargo's.
const (
	LockfilesPath = home.OwnPath + "/lockfiles" // each called SHA256.lock
	VendorPath    = home.OwnPath + "/vendor"    // a directory source
)

// form is what an entry has to be.
type form uint8

const (
	file    form = iota // not executable
	folder              // and empty
	content             // a file, a folder or a link, as packages have them
)

// shape is what may have a path.
type shape struct {
	form  form
	limit int64           // of its size
	exact bool            // it has that size
	sum   *crate.Checksum // of its content; nil for any
}

// Check refuses entries that no bundle has. Checksums are looked at where there is one only
// that the entry may have.
func (e *Entry) Check() error {
	if err := checkPath(strings.TrimSuffix(e.Path, "/")); err != nil {
		return err
	}
	s, ok := shapeOf(strings.Split(strings.TrimSuffix(e.Path, "/"), "/"))
	if !ok {
		return ErrName
	}
	if err := s.check(e); err != nil {
		return err
	}
	if !isText(e.Package) {
		return unsound("its package is %q", e.Package)
	}
	if err := e.checkContent(); err != nil {
		return err
	}
	_, err := e.blocks()
	return err
}

func (s *shape) check(e *Entry) error {
	switch {
	case s.form == folder && !e.IsFolder():
		return unsound("it is no folder")
	case s.form == file && (!e.IsFile() || e.Executable):
		return unsound("it is no plain file")
	case !e.IsFile() && (e.Size != 0 || e.Executable):
		return unsound("it is no file, and has what only a file has")
	case e.IsFolder() && e.Link != "":
		return unsound("it is a folder and a link")
	case e.Size < 0 || s.exact && e.Size != s.limit:
		return unsound("it has %d bytes", e.Size)
	case e.Size > s.limit:
		return fmt.Errorf("%w: it has %d bytes, which may be %d", ErrLimit, e.Size, s.limit)
	case s.sum != nil && e.Sum != *s.sum:
		return unsound("it has another content than it has to have")
	case e.Link != "":
		return checkLink(e)
	}
	return nil
}

// checkPath refuses what is no plain path below a folder, on any system, or here.
func checkPath(p string) error { return checkPathOn(p, runtime.GOOS == "windows") }

func checkPathOn(p string, windows bool) error {
	if len(p) > archive.MaxPath || !isText(p) || path.Clean(p) != p || path.IsAbs(p) || strings.ContainsRune(p, '\\') {
		return ErrName
	}
	for part := range strings.SplitSeq(p, "/") {
		if len(part) > archive.MaxName || part == "." || part == ".." || part == "" || windows && filename.NotOnWindows(part) != "" {
			return ErrName
		}
	}
	return nil
}

// isText reports whether a text is UTF-8, and has nothing in it that is not printed.
func isText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// isFolderName reports whether a registry or repository can have a folder of that name.
func isFolderName(name string) bool { return checkPath(name) == nil && home.IsFolderName(name) }

// shapeOf returns what may have a path of these parts; false if nothing may.
func shapeOf(parts []string) (shape, bool) {
	if len(parts) < 3 {
		return shape{}, false
	}
	area, rest := parts[0]+"/"+parts[1], parts[2:]
	switch {
	case area == LockfilesPath:
		return shape{limit: maxLockfile}, len(rest) == 1 && isHex(strings.TrimSuffix(rest[0], ".lock"), 64) && strings.HasSuffix(rest[0], ".lock")
	case area == VendorPath:
		return shape{form: content, limit: maxFile}, len(rest) >= 2
	case len(rest) < 2 || !isFolderName(rest[0]):
		return shape{}, false
	}
	rest = rest[1:]
	switch area {
	case home.CachePath:
		return shape{limit: archive.MaxSize}, len(rest) == 1 && isArchive(rest[0])
	case home.IndexPath:
		return indexShape(rest)
	case home.SrcPath:
		_, err := home.ParseStem(rest[0])
		return shape{form: content, limit: maxFile}, err == nil && len(rest) >= 2
	case home.DBPath:
		return gitShape(rest, "refs")
	case home.CheckoutsPath:
		if !isShort(rest[0]) || len(rest) < 2 {
			return shape{}, false
		}
		return workTreeShape(rest[1:])
	}
	return shape{}, false
}

// workTreeShape is that of a path in a work tree. What is in a ".git" is no more than
// Cargo asks for (proved.md, 3), as a configuration could have git run what it likes.
func workTreeShape(rest []string) (shape, bool) {
	at := slices.IndexFunc(rest, func(part string) bool { return strings.EqualFold(part, ".git") })
	if at < 0 {
		return shape{form: content, limit: maxFile}, true
	}
	switch strings.Join(rest[at:], "/") {
	case ".git/HEAD":
		return shape{limit: commitSize, exact: true}, true
	case ".git/index":
		return shape{limit: maxFile}, true
	case ".git/objects/info/alternates":
		return shape{limit: archive.MaxPath}, true
	case ".git/refs":
		return shape{form: folder}, true
	}
	return shape{}, false
}

func isArchive(name string) bool {
	stem, ok := strings.CutSuffix(name, ".crate")
	_, err := home.ParseStem(stem)
	return ok && err == nil
}

func isShort(name string) bool { return 7 <= len(name) && len(name) <= 40 && isHex(name, len(name)) }

// indexShape is that of a path below registry/index/NAME.
func indexShape(rest []string) (shape, bool) {
	switch rest[0] {
	case "config.json":
		return shape{limit: maxConfig}, len(rest) == 1
	case ".cache":
		at, err := index.Path(rest[len(rest)-1])
		return shape{limit: maxEntry}, err == nil && at == strings.Join(rest[1:], "/")
	case ".git":
		if slices.Equal(rest[1:], []string{"refs", "remotes", "origin", "HEAD"}) {
			return shape{limit: commitSize, exact: true}, true
		}
		return gitShape(rest[1:], "")
	}
	return shape{}, false
}

var headSum = crate.Sum([]byte(GitHead))

// gitShape is that of a path in a repository: one that has no configuration, which could
// have git run what it likes.
func gitShape(rest []string, refs string) (shape, bool) {
	switch {
	case len(rest) == 1 && rest[0] == "HEAD":
		return shape{limit: int64(len(GitHead)), exact: true, sum: &headSum}, true
	case len(rest) == 1 && rest[0] == refs:
		return shape{form: folder}, true
	case len(rest) == 3 && rest[0] == "objects" && rest[1] == "pack":
		hash, ok := strings.CutPrefix(rest[2], "pack-")
		hash, isPack := strings.CutSuffix(hash, ".pack")
		hash, isIndex := strings.CutSuffix(hash, ".idx")
		return shape{limit: maxFile}, ok && isPack != isIndex && isHex(hash, 40)
	}
	return shape{}, false
}

// checkLink refuses a link that leads out of the work tree that it is in. A clean target
// has ".." in front only, and the folders that those lead up from are no links: so it
// leads where it says.
func checkLink(e *Entry) error {
	parts := strings.SplitN(e.Path, "/", 5)
	if !strings.HasPrefix(e.Path, home.CheckoutsPath+"/") {
		return unsound("it is a link, which only work trees have")
	}
	target := path.Join(path.Dir(parts[4]), e.Link)
	if path.Clean(e.Link) != e.Link || path.IsAbs(e.Link) || !isText(e.Link) || strings.ContainsRune(e.Link, '\\') ||
		target == ".." || strings.HasPrefix(target, "../") {
		return unsound("it is a link that may lead out of its work tree")
	}
	return nil
}
