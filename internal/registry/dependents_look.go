package registry

import (
	"context"
	"hash/maphash"
	"path/filepath"
	"time"

	"cargohome/crate"
	"cargohome/index"
	"cargohome/internal/home"
)

// Dependents returns who depends on a crate, by name; of all versions whose archives are there. As
// long as all is false there may be more. That is not known at once where much is held, and then it
// is not news what has come a moment ago. With an error the list has what is known nevertheless.
func (l *Live) Dependents(ctx context.Context, registry, name string) (list []Dependent, all bool, err error) {
	return l.dependents.of(ctx, l, registry, name)
}

// Dependents is as [Live.Dependents].
func (p *Replica) Dependents(ctx context.Context, registry, name string) (list []Dependent, all bool, err error) {
	return p.dependents.of(ctx, p, registry, name)
}

// stateOf is another when versions may be seen that were hidden for their age.
func stateOf(asOf func() time.Time) uint64 {
	if asOf == nil {
		return 0
	}
	return uint64(asOf().Truncate(time.Hour).Unix())
}

func (l *Live) crates(_ context.Context, registry string) ([]named, error) { return l.names(registry) }

// sweeper has a view of its own, as what a home remembers of indexes is not to be older than what
// others know of them.
func (l *Live) sweeper() (look func(context.Context, named, uint64) ([]index.Entry, uint64, error), done func(), err error) {
	l.mu.Lock()
	v, err := l.look()
	l.mu.Unlock()
	if err != nil {
		return nil, nil, err
	}
	return func(_ context.Context, at named, seen uint64) ([]index.Entry, uint64, error) {
		s := v.shelves[at.registry]
		if s == nil {
			return nil, 0, notHeld(at.registry)
		}
		return s.linesOf(at.name, seen)
	}, v.retire, nil
}

// linesOf returns the lines of the versions of a crate that have archives.
func (s *shelf) linesOf(name string, seen uint64) (entries []index.Entry, state uint64, err error) {
	path, err := index.Path(name)
	if err != nil {
		return nil, 0, notHeld(name)
	}
	found := make([][]string, len(s.listings))
	for i, at := range s.listings {
		if found[i], _, err = at.archives(name); err != nil {
			return nil, 0, err
		}
		for _, archive := range found[i] {
			state = state*31 + maphash.String(s.live.dependents.seed, archive)
		}
		for _, file := range s.stores[i].entries(path) {
			state = state*31 + maphash.Comparable(s.live.dependents.seed, stampOf(file))
		}
	}
	if state += stateOf(s.live.o.AsOf); state == seen {
		return nil, state, nil
	}
	g, look := s.gatheringFor(nil), lookups{}
	for i, archives := range found {
		for _, archive := range archives {
			id, err := home.ParseArchive(filepath.Base(archive))
			if err != nil {
				continue
			}
			if e, err := look.entry(s.stores[i], id); err == nil && !g.isHidden(key{id.Name, id.Version}, &e) {
				entries = append(entries, e)
			}
		}
	}
	return entries, state, nil
}

// RegistryAt returns the name of the registry that has its index at a URL, as index lines name it;
// "" if none has.
func (l *Live) RegistryAt(url string) string {
	v := l.current.Load()
	for name, s := range v.shelves {
		if isAt(s.Source, url) {
			return name
		}
	}
	return ""
}

// isAt reports whether a registry has its index at a URL.
func isAt(src crate.SourceID, url string) bool {
	other, err := crate.NewRegistrySource(url)
	return err == nil && sameSource(src, other)
}

func (p *Replica) sweeper() (look func(context.Context, named, uint64) ([]index.Entry, uint64, error), done func(), err error) {
	return func(ctx context.Context, at named, seen uint64) ([]index.Entry, uint64, error) {
		listed, err := p.listedAs(at)
		if err != nil {
			return nil, 0, err
		}
		if state := maphash.String(p.dependents.seed, listed.Tag) + stateOf(p.o.AsOf); state != seen {
			entries, err := p.lines(ctx, at)
			return entries, state, err
		}
		return nil, seen, nil
	}, func() {}, nil
}

// RegistryAt is as [Live.RegistryAt].
func (p *Replica) RegistryAt(url string) string {
	for _, r := range p.Registries() {
		if isAt(r.Source, url) {
			return r.Name
		}
	}
	return ""
}
