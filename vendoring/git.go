package vendoring

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/gitsrc"
	"cargohome/internal/manifest"
	"cargohome/internal/staging"
)

// WorkTree is what Cargo would check out for a commit. Its methods are safe for
// concurrent use.
type WorkTree interface {
	gitsrc.Lister
	fs.StatFS // with the modes of a checkout before the umask applies

	// UseFile calls f with the content of a file, good until f returns; f must
	// not read from the tree.
	UseFile(name string, f func(data []byte) error) error
}

// repository is the store of packages that are copied from a commit.
type repository struct {
	open      func() (WorkTree, error)
	manifests Manifests
}

// checkout is the part of a work tree that one package copies.
type checkout struct {
	tree     WorkTree
	files    []gitsrc.File // in byte order of their paths
	manifest []byte        // the Cargo.toml that takes the place of the package's own
	warned   []string
}

// locate implements Store: the work tree is walked once, for all packages of it.
func (r repository) locate(_ context.Context, steps []*Step) ([]finding, error) {
	findings := make([]finding, len(steps))
	tree, err := r.open()
	if gap := gitGap(err); gap != none {
		for i := range steps {
			findings[i] = finding{gap: gap, detail: err.Error()}
		}
		return findings, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", steps[0].ID, err)
	}
	manifests := r.manifests.tree(tree)
	var errs []error
	for _, s := range steps {
		if s.copied, err = checkoutOf(manifests, tree, s.ID); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", s.ID, err))
		}
	}
	return findings, errors.Join(errs...)
}

// gitGap tells what is not at hand from other errors.
func gitGap(err error) Gap {
	missing, ok := errors.AsType[*gitsrc.MissingError](err)
	switch {
	case !ok:
		return none
	case len(missing.Looked) == 0:
		return NoRepository
	}
	return NoCommit
}

// checkoutOf finds a package in a tree, and works out what is copied of it.
func checkoutOf(manifests *manifest.Tree, tree WorkTree, id crate.ID) (copied, error) {
	found, err := manifests.Find(id.Name, id.Version)
	if err != nil {
		return nil, err
	}
	dir := found.Dir
	if dir == "." {
		dir = ""
	}
	listing, err := gitsrc.List(tree, dir, found.Include, found.Exclude)
	if err != nil {
		return nil, err
	}
	paths := make([]string, len(listing.Files))
	for i, f := range listing.Files {
		paths[i] = f.Path
	}
	normal, err := manifests.Normalize(found.Dir, paths)
	if err != nil {
		return nil, err
	}
	return &checkout{tree, listing.Files, normal.Text, slices.Concat(found.Warnings, listing.Warnings, normal.Warnings)}, nil
}

// write copies the files, through links, with the modes that a fresh checkout
// has: the tree's own under the umask (cargo 1.95; spec 6.3 and 7.6 have 0666). Every Cargo.toml of the package, of which there
// is one, becomes the generated one.
func (c *checkout) write(ctx context.Context, dst *staging.Tree) ([]archive.File, error) {
	files := make([]archive.File, 0, len(c.files))
	for _, f := range c.files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		err := c.use(f, func(data []byte, mode fs.FileMode) error {
			files = append(files, archive.File{Path: f.Path, Size: int64(len(data)), Sum: crate.Sum(data)})
			return dst.WriteFile(f.Path, mode, data)
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

func (c *checkout) warnings() []string { return c.warned }

// use calls write with what a file is to hold.
func (c *checkout) use(f gitsrc.File, write func(data []byte, mode fs.FileMode) error) error {
	if path.Base(f.Path) == "Cargo.toml" {
		return write(c.manifest, 0o666)
	}
	if f.From == ".cargo-ok" { // of the root, reached through a link: cargo's own, and empty
		return write(nil, 0o666)
	}
	info, err := c.tree.Stat(f.From)
	if err != nil {
		return err
	}
	return c.tree.UseFile(f.From, func(data []byte) error { return write(data, info.Mode().Perm()) })
}
