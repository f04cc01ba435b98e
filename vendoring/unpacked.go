package vendoring

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/filelist"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/manifest"
	"cargohome/internal/reextract"
)

// unpacked is what Cargo has unpacked of an archive, as far as names and sizes go. It says
// how much a stub leaves out: most stubs stand for crates of bindings, of which a project
// has half a gigabyte, too much to be inflated for two numbers. Anybody could have written
// to it, so no folder is made of it.
type unpacked struct {
	files    []archive.File // those that are vendored, in byte order of their paths, without sums
	manifest surveyed
	dirents  []byte // for the system
}

var errNotUnpacked = errors.New("it is not as Cargo unpacks it")

// readUnpacked reads the folder that an archive in registry/cache is unpacked to. The error
// is that the archive has to be asked.
func (w *worker) readUnpacked(id crate.ID, a home.Archive) (*unpacked, error) {
	if a.Registry == "" {
		return nil, errNotUnpacked
	}
	path := filepath.Join(w.plan.home, filepath.FromSlash(home.SrcPath), a.Registry, id.Stem())
	if state, _ := reextract.Look(path); state != reextract.Present {
		return nil, errNotUnpacked
	}
	dir, err := fsx.OpenFolderHere(path)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	u := &unpacked{dirents: make([]byte, 32<<10)}
	if u.manifest.text, err = dir.ReadRegular(manifest.FileName, maxSource); err != nil {
		return nil, err
	}
	err = u.folder(dir, "", 0)
	slices.SortFunc(u.files, func(a, b archive.File) int { return strings.Compare(a.Path, b.Path) })
	return u, err
}

// folder adds the files in one.
func (u *unpacked) folder(dir fsx.Folder, at string, depth int) error {
	var below []string
	for e, err := range dir.Names(u.dirents) {
		if err != nil {
			return err
		}
		path := filelist.Join(at, e.Name)
		switch typ := dir.Type(e); {
		case typ == fs.ModeDir:
			below = append(below, e.Name)
		case typ != 0 || len(u.files) == archive.MaxEntries:
			return errNotUnpacked
		case archive.Vendored(path):
			info, err := dir.Stat(e.Name)
			if err != nil {
				return err
			}
			u.files = append(u.files, archive.File{Path: path, Size: info.Size})
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
		if err := errors.Join(u.folder(sub, filelist.Join(at, name), depth+1), sub.Close()); err != nil {
			return err
		}
	}
	return nil
}

// stub says what a stub leaves out of a package, false if only its archive can tell.
func (w *worker) stub(s *Step) (Left, bool) {
	if !s.out.Stub || len(s.Archives) == 0 {
		return Left{}, false
	}
	u, err := w.readUnpacked(s.ID, s.Archives[0])
	if err != nil {
		return Left{}, false
	}
	targets, err := manifest.Targets(string(u.manifest.text), filePaths(u.files))
	if err != nil {
		return Left{}, false
	}
	seen := newSurvey(true)
	seen.manifest = u.manifest
	kept, err := seen.writeStub(nothing{archive.NewShape()}, targets, u.files)
	return leftOf(u.files, kept), err == nil
}
