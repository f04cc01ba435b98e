package vendoring

import (
	"context"
	"iter"

	"cargohome/crate"
	"cargohome/index"
	"cargohome/internal/home"
)

// Store is where the packages of a source are really read from. It is safe for
// concurrent use.
type Store interface {
	// locate fills in where the packages of steps are, or says what is lacking.
	locate(ctx context.Context, steps []*Step) ([]finding, error)
}

// FromHome returns the store of packages that are read from source, a registry in
// the home, whatever source they are locked to.
func FromHome(h *home.Home, source crate.SourceID) Store {
	return archives{registry{h, source}, ""}
}

// FromRepository returns the store of a git source at a commit. open is called once,
// and a [gitsrc.MissingError] of it makes a gap.
func FromRepository(open func() (WorkTree, error), manifests Manifests) Store {
	return repository{open, manifests}
}

// FromLocal returns the store of a local registry.
func FromLocal(l *home.LocalRegistry) Store { return archives{l, l.Dir()} }

// archiveStore is a registry with its archives, as internal/home has them.
type archiveStore interface {
	// Archives yields the places where a copy of id's archive lies, the most
	// trusted first; with an error, which is about one place, the loop goes on.
	Archives(id crate.ID) iter.Seq2[home.Archive, error]
	// Lookup returns the index entry of id. The error matches index.ErrNoIndex
	// if there is no index at all.
	Lookup(id crate.ID) (index.Entry, error)
}

// archives is the store of a registry's archives.
type archives struct {
	archiveStore
	place string // where it is, "" for the home
}

type registry struct {
	home   *home.Home
	source crate.SourceID
}

func (r registry) Archives(id crate.ID) iter.Seq2[home.Archive, error] {
	return r.home.Archives(r.here(id))
}

func (r registry) Lookup(id crate.ID) (index.Entry, error) { return r.home.Lookup(r.here(id)) }

func (r registry) here(id crate.ID) crate.ID {
	id.Source = r.source
	return id
}
