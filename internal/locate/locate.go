package locate

import (
	"context"
	"errors"
	"fmt"

	"cargohome/crate"
	"cargohome/index"
	"cargohome/internal/home"
	"cargohome/internal/lockfile"
	"cargohome/internal/manifest"
	"cargohome/internal/par"
)

// Package is a locked package, and all that is known of where it is. It is made by
// [Find], and not written to later.
type Package struct {
	lockfile.Package
	From crate.SourceID // it is read from: its own source, or what stands in for that

	// Of a package that comes as an archive, out of the home or a local registry: the
	// copies of it that hold anything, the most trusted first, the places where one lies
	// that is of no use, and which checksum they must have.
	Archives []home.Archive // copies that hold anything
	Unusable []Unusable     // in the order in which they are looked for
	Entry    *index.Entry   // nil if the index says nothing
	Vouched

	// Of one that does not: where its files are, of which one is not nil, and what
	// Cargo takes it for there.
	Commit   *Commit         // of a repository; nil too if the package is known, see [Sources]
	Vendored *Folder         // in a directory source
	Found    *manifest.Found // in them; nil where there are none

	Gap *Gap // what is lacking; nil if nothing is
}

// ArchiveSize is the size of the package's archive in bytes, 0 if it has none.
func (p *Package) ArchiveSize() int64 {
	if len(p.Archives) == 0 {
		return 0
	}
	return p.Archives[0].Size
}

// Find finds the copies of each package's archive, or its files in the commit or folder
// that it comes from, and settles the checksum; see [Vouch]. The result has a [Package]
// for each in packages, in their order; of a path package nothing is looked for. What is
// lacking is in their Gaps: a checksum that the lockfile has not is not taken from the
// index, as cargo would write it into the lockfile, and without it there no build accepts
// the package. No archive is read but those about which lockfile and index disagree; see
// [Damaged].
//
// The error joins those for sources and packages of which it could not be found out
// where they are, or is that of ctx. Commits are good until ctx ends or the home is
// closed.
func Find(ctx context.Context, jobs int, packages []lockfile.Package, sources *Sources) ([]Package, error) {
	batches, err := sources.batches(packages)
	if err != nil {
		return nil, err
	}
	found := make([]Package, len(packages))
	length := func(i int) int64 { return int64(len(batches[i].packages)) } // repositories take longest
	errs := par.LongestFirst(ctx, jobs, len(batches), length, noState, func(_ struct{}, i int) error {
		return batches[i].find(ctx, jobs, packages, found)
	})
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return found, nil
}

func noState() struct{} { return struct{}{} }

// store finds packages of one source, on up to jobs goroutines. It is safe for concurrent
// use.
type store interface {
	find(ctx context.Context, jobs int, packages []lockfile.Package) ([]Package, error)
}

// batch is some packages of one store, by their indices.
type batch struct {
	store    store
	packages []int
}

// batches asks for the store of each source once, so that an error is not repeated for
// all its packages. Those of a repository stay together, all others are alone.
func (s *Sources) batches(packages []lockfile.Package) ([]*batch, error) {
	var list []*batch
	var errs []error
	made := map[crate.SourceID]*batch{}
	for i, p := range packages {
		b, asked := made[p.ID.Source]
		if !asked {
			store, err := s.store(p.ID.Source)
			if err != nil {
				errs = append(errs, sourceError(p.ID.Source, err))
			}
			b = &batch{store: store}
			made[p.ID.Source] = b
		}
		if _, together := b.store.(repository); !together {
			b = &batch{store: b.store}
		}
		if len(b.packages) == 0 {
			list = append(list, b)
		}
		b.packages = append(b.packages, i)
	}
	return list, errors.Join(errs...)
}

// store returns what finds the packages of id.
func (s *Sources) store(id crate.SourceID) (store, error) {
	from, err := s.Of(id)
	if err != nil {
		return nil, err
	}
	switch {
	case from.Kind() == crate.Path:
		return own{}, nil
	case id.Kind() == crate.Git && from.IsRegistry():
		return nil, fmt.Errorf("a registry stands in for them, %s, which is not supported: it brings checksums that the lockfile has not", from.Display())
	case from.Kind() == crate.Git:
		return repository{s, from}, nil
	case from.Kind() == crate.Directory:
		return newDirectory(from, s.manifests), nil
	case from.Kind() == crate.LocalRegistry:
		return registry{s.Registry(from), from, from.LocalPath()}, nil
	}
	return registry{s.Registry(from), from, ""}, nil
}

// own has the packages of the user's own, which lie where they are and lack nothing.
type own struct{}

// find implements store.
func (own) find(_ context.Context, _ int, packages []lockfile.Package) ([]Package, error) {
	found := make([]Package, len(packages))
	for i, p := range packages {
		found[i] = Package{Package: p, From: p.ID.Source}
	}
	return found, nil
}

func (b *batch) find(ctx context.Context, jobs int, packages []lockfile.Package, found []Package) error {
	locked := make([]lockfile.Package, len(b.packages))
	for i, n := range b.packages {
		locked[i] = packages[n]
	}
	list, err := b.store.find(ctx, jobs, locked)
	if err != nil {
		return err
	}
	for i, n := range b.packages {
		found[n] = list[i]
	}
	return nil
}
