package project

import (
	"bytes"
	"io"
	"io/fs"
	"path/filepath"
	"slices"

	"cargohome/crate"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
)

// versionControl are the folders in which systems of version control keep their own.
var versionControl = map[string]bool{
	".git": true, ".hg": true, ".svn": true, ".jj": true, ".pijul": true, ".bzr": true, "_darcs": true, ".fossil": true, ".sl": true, "CVS": true,
}

// isCargos reports whether a folder holds nothing of the user's: see the package
// comment.
func (l *listing) isCargos() bool {
	return l.isCache() || l.isBuild() || l.isOfHome() || l.isUnpacked()
}

// cacheSignature begins the file that marks caches.
var cacheSignature = []byte("Signature: 8a477f597d28d172789f06886806bc55")

func (l *listing) isCache() bool {
	const mark = "CACHEDIR.TAG"
	if !l.has(mark) {
		return false
	}
	f, _, err := fsx.OpenRegular(filepath.Join(l.path, mark))
	if err != nil {
		return false
	}
	defer f.Close()
	begin := make([]byte, len(cacheSignature))
	_, err = io.ReadFull(f, begin)
	return err == nil && bytes.Equal(begin, cacheSignature)
}

// isBuild: a project may have itself as build folder.
func (l *listing) isBuild() bool { return l.has(".rustc_info.json") && !l.has("Cargo.toml") }

// isOfHome reports whether a folder is one of those below a Cargo home that hold what
// Cargo has fetched or unpacked.
func (l *listing) isOfHome() bool {
	parent, name := filepath.Split(l.path)
	at := filepath.Base(parent) + "/" + name
	if !slices.Contains([]string{home.IndexPath, home.CachePath, home.SrcPath, home.DBPath, home.CheckoutsPath}, at) {
		return false
	}
	return slices.ContainsFunc(l.entries, func(e fs.DirEntry) bool { return home.IsFolderName(e.Name()) })
}

// isUnpacked: sources and checkouts, wherever a link leads to them from. A copy of one
// that somebody works on does not lie in such a folder.
func (l *listing) isUnpacked() bool {
	return l.has(crate.OKFile) && home.IsFolderName(filepath.Base(filepath.Dir(l.path)))
}

// isVendored reports whether a folder looks like a package of a directory source. A
// copy of one that somebody works on was built, or is a repository.
func (l *listing) isVendored() bool {
	return l.has(crate.ChecksumFile) && !l.has(".git") && !l.has("target")
}
