package vendoring

import (
	"iter"

	"cargohome/crate"
	"cargohome/index"
	"cargohome/internal/home"
)

// From returns the store of packages that are read from source, a registry,
// whatever source they are locked to.
func From(h *home.Home, source crate.SourceID) Store { return registry{h, source} }

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
