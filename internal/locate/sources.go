package locate

import (
	"fmt"
	"slices"
	"sync"

	"cargohome/crate"
	"cargohome/internal/config"
	"cargohome/internal/home"
)

// Sources says where the packages of each source are really read from: from the Cargo
// home, or from what cargo's configuration has in place of it. It is safe for
// concurrent use. What it opens is closed with the home.
type Sources struct {
	// Known, if not nil, is asked about each package of a repository, of which From is
	// filled in. Of one that is known it is only made sure that the commit is there: its
	// Commit and Found stay nil. It is called by several goroutines, and must be set
	// before [Find] is called.
	Known func(p *Package) bool

	home      *home.Home
	replaced  *config.SourceMap
	manifests Manifests

	mu    sync.Mutex
	local map[crate.SourceID]*home.LocalRegistry
}

// NewSources returns the sources that can be read with a home. The [source] tables that
// count are those in replaced; manifests matter for packages that are not from a
// registry. Nothing is read.
func NewSources(h *home.Home, replaced *config.SourceMap, manifests Manifests) *Sources {
	return &Sources{home: h, replaced: replaced, manifests: manifests, local: map[crate.SourceID]*home.LocalRegistry{}}
}

// Manifests says how the manifests of packages are taken.
func (s *Sources) Manifests() Manifests { return s.manifests }

// Home returns the Cargo home.
func (s *Sources) Home() *home.Home { return s.home }

// Of returns the source that the packages of id are read from: id itself, or what stands
// in for it. Errors are those of [config.SourceMap.Resolve].
func (s *Sources) Of(id crate.SourceID) (crate.SourceID, error) { return s.replaced.Resolve(id) }

// Replaces reports whether the packages of id are read from another source.
func (s *Sources) Replaces(id crate.SourceID) bool {
	from, err := s.Of(id)
	return err == nil && !isSame(from, id)
}

// isSame: crates.io has two protocols.
func isSame(a, b crate.SourceID) bool { return a == b || a.IsCratesIO() && b.IsCratesIO() }

// Placed is a package, and the source that it is read from.
type Placed struct {
	ID   crate.ID       // as the lockfile has it
	From crate.SourceID // its own source, or what stands in for that
}

// At is the package as it is called where it is read from.
func (p Placed) At() crate.ID {
	return crate.ID{Name: p.ID.Name, Version: p.ID.Version, Source: p.From}
}

// IsReplaced reports whether the package is read from another source than its own.
func (p Placed) IsReplaced() bool { return !isSame(p.From, p.ID.Source) }

// Place says where packages are read from, in their order. The error is for the first
// source that makes no sense.
func (s *Sources) Place(ids []crate.ID) ([]Placed, error) {
	placed, froms := make([]Placed, len(ids)), map[crate.SourceID]crate.SourceID{}
	for i, id := range ids {
		from, known := froms[id.Source]
		if !known {
			var err error
			if from, err = s.placeOf(id.Source); err != nil {
				return nil, err
			}
			froms[id.Source] = from
		}
		placed[i] = Placed{id, from}
	}
	return placed, nil
}

// Repositories returns the repositories that Cargo checks out for git sources, each once:
// they themselves, or those that stand in for them. Where a folder does that there is
// nothing to check out.
func (s *Sources) Repositories(ids []crate.SourceID) (repositories []crate.SourceID, err error) {
	for _, id := range ids {
		from, err := s.placeOf(id)
		if err != nil {
			return nil, err
		}
		if from.Kind() == crate.Git && !slices.Contains(repositories, from) {
			repositories = append(repositories, from)
		}
	}
	return repositories, nil
}

// placeOf is Of with an error that says whose packages cannot be placed.
func (s *Sources) placeOf(id crate.SourceID) (crate.SourceID, error) {
	from, err := s.Of(id)
	if err != nil {
		err = sourceError(id, err)
	}
	return from, err
}

func sourceError(id crate.SourceID, err error) error {
	return fmt.Errorf("packages of %s: %w", id.Display(), err)
}

// Registry returns the registry with the packages that are read from a source, the same
// each time; nil if the source is none.
func (s *Sources) Registry(from crate.SourceID) Registry {
	switch {
	case from.Kind() == crate.LocalRegistry:
		return s.localRegistry(from)
	case from.IsRegistry():
		return s.home
	}
	return nil
}

func (s *Sources) localRegistry(from crate.SourceID) *home.LocalRegistry {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.local[from]
	if l == nil {
		l = home.NewLocalRegistry(from.LocalPath())
		s.local[from] = l
	}
	return l
}
