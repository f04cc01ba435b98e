package vendoring

import (
	"errors"
	"io/fs"
	"path/filepath"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/compat"
	"cargohome/internal/filelist"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/manifest"
	"cargohome/internal/reextract"
)

// Unpacked is what Cargo has unpacked of archives in registry/cache, for a run that only tells
// what would be done: which manifests there are, and how much a stub leaves out. Most stubs
// stand for crates of bindings, of which a project has half a gigabyte, too much to be inflated
// for two numbers. Anybody could have written to it, so no folder is made of it. It is safe
// for concurrent use.
type Unpacked struct{ home string }

// NewUnpacked returns that of a Cargo home. It reads nothing.
func NewUnpacked(cargoHome string) *Unpacked { return &Unpacked{cargoHome} }

// Manifest returns the Cargo.toml of a package, false if its archive has to be asked. It is
// good as long as buf is.
func (u *Unpacked) Manifest(p *locate.Package, buf []byte) (text []byte, ok bool) {
	if len(p.Archives) == 0 {
		return nil, false
	}
	dir, err := u.open(p.ID, p.Archives[0], buf)
	if err != nil {
		return nil, false
	}
	defer dir.Close()
	text, err = readManifest(dir, buf)
	return text, err == nil
}

var errNotUnpacked = errors.New("it is not as Cargo unpacks it")

// open opens the folder that an archive is unpacked to, if Cargo would use it as it is. buf is
// for the mark.
func (u *Unpacked) open(id crate.ID, a home.Archive, buf []byte) (fsx.Folder, error) {
	if a.Registry == "" {
		return fsx.Folder{}, errNotUnpacked
	}
	dir, err := fsx.OpenFolderHere(filepath.Join(u.home, filepath.FromSlash(home.SrcPath), a.Registry, id.Stem()))
	if err != nil {
		return dir, err
	}
	n, mark, err := dir.ReadBelow(crate.OKFile, buf)
	if err == nil && mark.Size == int64(n) && reextract.IsOK(buf[:n]) {
		return dir, nil
	}
	return dir, errors.Join(errNotUnpacked, err, dir.Close())
}

// readManifest reads that in a folder, into buf if it has room.
func readManifest(dir fsx.Folder, buf []byte) ([]byte, error) {
	n, e, err := dir.ReadBelow(manifest.FileName, buf)
	if err == nil && e.Size != int64(n) {
		return dir.ReadRegular(manifest.FileName, maxSource)
	}
	return buf[:n], err
}

// listing is what there is in such a folder that is vendored.
type listing struct {
	paths    []string
	bytes    int64
	manifest string
}

// list reads the folder that an archive is unpacked to. The error is that the archive has to
// be asked.
func (u *Unpacked) list(id crate.ID, a home.Archive, buf []byte) (*listing, error) {
	dir, err := u.open(id, a, buf)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	text, err := readManifest(dir, buf)
	if err != nil {
		return nil, err
	}
	l := &listing{manifest: string(text)}
	return l, l.folder(dir, buf, "", 0)
}

// folder adds the files in one. buf is for the system.
func (l *listing) folder(dir fsx.Folder, buf []byte, at string, depth int) error {
	var below []string
	for e, err := range dir.Names(buf) {
		if err != nil {
			return err
		}
		path := filelist.Join(at, e.Name)
		switch typ := dir.Type(e); {
		case typ == fs.ModeDir:
			below = append(below, e.Name)
		case typ != 0 || len(l.paths) == archive.MaxEntries:
			return errNotUnpacked
		case archive.Vendored(path):
			info, err := dir.Stat(e.Name)
			if err != nil {
				return err
			}
			l.paths, l.bytes = append(l.paths, path), l.bytes+info.Size
		}
	}
	if depth == archive.MaxDepth {
		return errNotUnpacked
	}
	for _, name := range below {
		sub, err := dir.Open(name)
		if err != nil {
			return err
		}
		if err := errors.Join(l.folder(sub, buf, filelist.Join(at, name), depth+1), sub.Close()); err != nil {
			return err
		}
	}
	return nil
}

// stub says what a stub leaves out of a package, false if only its archive can tell. buf is
// for reading.
func (u *Unpacked) stub(s *Step, buf []byte) (Left, bool) {
	if !s.out.Stub || len(s.Archives) == 0 || !s.rule.Has(compat.AnyDepth) {
		return Left{}, false
	}
	l, err := u.list(s.ID, s.Archives[0], buf)
	if err != nil {
		return Left{}, false
	}
	targets, err := manifest.Targets(l.manifest, l.paths)
	if err != nil {
		return Left{}, false
	}
	kept := len(stubFiles(targets, l.paths))
	return Left{Files: max(len(l.paths)-kept, 0), Bytes: max(l.bytes-int64(len(l.manifest)), 0)}, true
}
