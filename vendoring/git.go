package vendoring

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/locate"
	"cargohome/internal/packagelist"
)

// checkout is the part of a commit that one package copies. It is safe for concurrent
// use.
type checkout struct {
	tree     locate.WorkTree
	files    []packagelist.File // in byte order of their paths
	manifest []byte             // the Cargo.toml that takes the place of the package's own
	cut                         // what is taken from it
}

// cut says of a copy what a filter took from it.
type cut struct {
	applies bool // the filter takes anything
	stub    bool // all files but the manifest are empty
	left    Left // what it takes; of a stub not the bytes, for which all would have to be read
}

// addCheckout works out what is copied of a commit.
func (s *Step) addCheckout() error {
	dir := s.Found.Dir
	if dir == "." {
		dir = ""
	}
	listing, err := packagelist.List(s.rule, s.Commit, dir, s.Found.Include, s.Found.Exclude)
	if err != nil {
		return err
	}
	normal, err := s.Commit.Manifests.Normalize(s.rule, s.Found.Dir, pathsOf(listing.Files))
	if err != nil {
		return err
	}
	listing.Files = lockedFiles(s.rule, listing.Files, normal.Runs)
	s.Warnings = slices.Concat(s.Found.Warnings, listing.Warnings, normal.Warnings)
	s.contents = []contents{&checkout{tree: s.Commit, files: listing.Files, manifest: normal.Text}}
	s.weight = weightOf(listing.Files)
	s.remarks = append(remarksOn(s.Commit.Registries), warnings(s.Warnings)...)
	return nil
}

func pathsOf(files []packagelist.File) []string {
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = f.Path
	}
	return paths
}

// write copies the files, through links, with the modes that a fresh checkout
// has: the tree's own under the umask (cargo 1.95; spec 6.3 and 7.6 have 0666). Every Cargo.toml of the package, of which there
// is one, becomes the generated one.
func (c *checkout) write(ctx context.Context, _ *archive.Unpacker, dst archive.Folder) ([]archive.File, error) {
	files := make([]archive.File, 0, len(c.files))
	for _, f := range c.files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		err := c.use(f, func(data []byte, mode fs.FileMode) error {
			files = append(files, archive.File{Path: f.Path, Size: int64(len(data)), Sum: crate.Sum(data)})
			return writeFile(dst, f.Path, mode, data)
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

func (c *checkout) explain(id crate.ID, err error) error { return fmt.Errorf("copy %s: %w", id, err) }

// use calls write with what a file is to hold.
func (c *checkout) use(f packagelist.File, write func(data []byte, mode fs.FileMode) error) error {
	mode, err := c.modeOf(f)
	if err != nil {
		return err
	}
	if data, ok := c.made(f); ok {
		return write(data, mode)
	}
	return c.tree.UseFile(f.From, func(data []byte) error { return write(data, mode) })
}

// modeOf returns the mode of a file before the umask applies.
func (c *checkout) modeOf(f packagelist.File) (fs.FileMode, error) {
	if _, made := c.made(f); made {
		return 0o666, nil
	}
	info, err := c.tree.Stat(f.From)
	if err != nil {
		return 0, err
	}
	return info.Mode().Perm(), nil
}

// made returns the content of a file that is not the repository's.
func (c *checkout) made(f packagelist.File) (data []byte, ok bool) {
	switch {
	case path.Base(f.Path) == "Cargo.toml":
		return c.manifest, true
	case c.stub, f.From == crate.OKFile: // the latter of the root, reached through a link: cargo's own, and empty
		return nil, true
	}
	return nil, false
}
