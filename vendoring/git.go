package vendoring

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"cargohome/crate"
	"cargohome/gitsrc"
	"cargohome/internal/manifest"
	"cargohome/internal/par"
	"cargohome/internal/staging"
)

// WorkTree is what Cargo would check out for a commit. Its methods are safe for
// concurrent use.
type WorkTree interface {
	gitsrc.Lister
	fs.StatFS // with the modes of a checkout before the umask applies
}

// Repositories is what packages from git are read with. Its functions are safe
// for concurrent use.
type Repositories struct {
	// WorkTree returns the work tree of a git source that is locked to a
	// commit. A [gitsrc.MissingError] makes a gap.
	WorkTree func(crate.SourceID) (WorkTree, error)
	// HasRegistry reports whether cargo's configuration has a registry of that
	// name. To cargo a manifest that names another is broken.
	HasRegistry func(name string) bool
}

// checkout is the part of a work tree that one package copies.
type checkout struct {
	tree     WorkTree
	files    []gitsrc.File // in byte order of their paths
	manifest []byte        // the Cargo.toml that takes the place of the package's own
	warned   []string
}

// locateGit finds the packages that come from git: each repository is walked
// once, for all its packages.
func locateGit(ctx context.Context, jobs int, steps []Step, findings []finding, repos Repositories) error {
	places := bySource(steps)
	errs := par.Do(ctx, jobs, len(places), noState, func(_ struct{}, i int) error {
		return locateIn(steps, findings, places[i], repos)
	})
	return errors.Join(errs...)
}

// bySource returns the indexes of the git steps, those of one source together.
func bySource(steps []Step) [][]int {
	var order []crate.SourceID
	places := map[crate.SourceID][]int{}
	for i, s := range steps {
		if !s.fromGit() {
			continue
		}
		if places[s.ID.Source] == nil {
			order = append(order, s.ID.Source)
		}
		places[s.ID.Source] = append(places[s.ID.Source], i)
	}
	all := make([][]int, len(order))
	for i, source := range order {
		all[i] = places[source]
	}
	return all
}

func (s Step) fromGit() bool { return s.ID.Source.Kind() == crate.Git }

// locateIn finds the packages of one source.
func locateIn(steps []Step, findings []finding, here []int, repos Repositories) error {
	tree, err := repos.WorkTree(steps[here[0]].ID.Source)
	if gap := gitGap(err); gap != none {
		for _, i := range here {
			findings[i] = finding{gap: gap, detail: err.Error()}
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", steps[here[0]].ID, err)
	}
	manifests := manifest.NewTree(tree)
	manifests.Registries = repos.HasRegistry
	var errs []error
	for _, i := range here {
		if steps[i].copied, err = checkoutOf(manifests, tree, steps[i].ID); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", steps[i].ID, err))
		}
	}
	return errors.Join(errs...)
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
func (c *checkout) write(ctx context.Context, dst *staging.Tree) ([]crate.File, error) {
	files := make([]crate.File, 0, len(c.files))
	for _, f := range c.files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		data, mode, err := c.content(f)
		if err != nil {
			return nil, err
		}
		if err := dst.WriteFile(f.Path, mode, data); err != nil {
			return nil, err
		}
		files = append(files, crate.File{Path: f.Path, Size: int64(len(data)), Sum: crate.Sum(data)})
	}
	return files, nil
}

func (c *checkout) warnings() []string { return c.warned }

func (c *checkout) content(f gitsrc.File) ([]byte, fs.FileMode, error) {
	if path.Base(f.Path) == "Cargo.toml" {
		return c.manifest, 0o666, nil
	}
	if f.From == ".cargo-ok" { // of the root, reached through a link: cargo's own, and empty
		return nil, 0o666, nil
	}
	info, err := c.tree.Stat(f.From)
	if err != nil {
		return nil, 0, err
	}
	data, err := c.tree.ReadFile(f.From)
	return data, info.Mode().Perm(), err
}
