package registry

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"cargohome/crate"
	"cargohome/index"
	"cargohome/internal/home"
)

// Layout is how a mirror has archives.
type Layout string

// The layouts.
const (
	Sparse  Layout = "sparse"         // for a web server
	Local   Layout = "local-registry" // for cargo itself
	Objects Layout = "objects"        // for a store of objects, that a web server may have as well
)

// ParseLayout reads the name of a layout.
func ParseLayout(name string) (Layout, error) {
	if l := Layout(name); l == Sparse || l == Local || l == Objects {
		return l, nil
	}
	return "", fmt.Errorf("%q is no layout: it may be %s or %s", name, Sparse, Local)
}

// Folders in that of a registry.
const (
	IndexFolder = "index"

	namesFolder = "crates"
	sumsFolder  = "sha256"
)

// Archives returns the paths of a version's archive in the folder of its registry,
// '/'-separated. All are names of one file.
func (l Layout) Archives(id crate.ID, sum crate.Checksum) []string {
	bySum := sumsFolder + "/" + sum.String() + ".crate"
	if l == Objects {
		return []string{bySum}
	}
	file := id.Stem() + ".crate"
	if l == Local {
		return []string{file}
	}
	return []string{namesFolder + "/" + id.Name + "/" + file, bySum}
}

// Entries returns the paths of a crate's entry file in the index, '/'-separated: cargo asks
// for the one in lower case, which is first.
func (l Layout) Entries(name string) ([]string, error) {
	path, err := index.Path(name)
	if err != nil {
		return nil, err
	}
	if spelt := index.PathAsSpelt(name); l == Sparse && spelt != path {
		return []string{path, spelt}, nil
	}
	return []string{path}, nil
}

// Config is the content of a registry's config.json, "" if it has none. The URL is that of
// the mirror.
func (l Layout) Config(url, registry string) string {
	if l == Local {
		return ""
	}
	return fmt.Sprintf(`{"dl":"%s/%s/%s/{sha256-checksum}.crate"}`+"\n", url, registry, sumsFolder)
}

// archivesIn yields the archives in the folder of a registry, as [home.ArchivesIn] does.
func (l Layout) archivesIn(dir string) iter.Seq2[home.Cached, error] {
	if l == Local {
		return home.ArchivesIn(dir)
	}
	return func(yield func(home.Cached, error) bool) {
		dir := filepath.Join(dir, namesFolder)
		entries, err := os.ReadDir(dir)
		if err != nil && !yield(home.Cached{Archive: home.Archive{Path: dir}}, err) {
			return
		}
		for _, e := range entries {
			if !e.IsDir() {
				continue
			}
			for c, err := range home.ArchivesIn(filepath.Join(dir, e.Name())) {
				if !yield(c, err) {
					return
				}
			}
		}
	}
}

// Stored returns the paths of what is called as an archive is in the folder of a registry,
// '/'-separated, in any order.
func (l Layout) Stored(dir string) (paths []string, err error) {
	for c, err := range l.archivesIn(dir) {
		if errors.Is(err, home.ErrNotArchive) {
			continue
		}
		rel, relErr := filepath.Rel(dir, c.Path)
		if err := errors.Join(relErr, notRegular(err)); err != nil {
			return nil, err
		}
		paths = append(paths, filepath.ToSlash(rel))
	}
	if l == Local {
		return paths, nil
	}
	entries, err := os.ReadDir(filepath.Join(dir, sumsFolder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries {
		sum, isCrate := strings.CutSuffix(e.Name(), ".crate")
		if _, err := crate.ParseChecksum(sum); err == nil && isCrate {
			paths = append(paths, sumsFolder+"/"+e.Name())
		}
	}
	return paths, nil
}

// notRegular lets what is not a file pass, as it has the name of one, and what is not there.
func notRegular(err error) error {
	if errors.Is(err, home.ErrNotRegular) || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// IsCrate reports whether a path in the folder of a registry is that of a folder that has
// archives of one crate, and nothing else.
func IsCrate(path string) bool {
	folder, _, below := strings.Cut(path, "/")
	return below && folder == namesFolder
}
