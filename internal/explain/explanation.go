package explain

import (
	"context"

	"cargohome/crate"
	"cargohome/internal/lockfile"
)

// Explanation says why a package is here, and where.
type Explanation struct {
	Named
	Locks    []Reason  `json:"locks"`              // of the lockfiles that have it, in their order
	Without  []string  `json:"without,omitempty"`  // lockfiles that have it not
	Versions []Version `json:"versions,omitempty"` // all packages of its name, if there are several
	Pieces   []Piece   `json:"pieces"`             // of it, where they lie
	Lacking  []string  `json:"lacking,omitempty"`  // why cargo could not use it from here

	Locked []lockfile.Package `json:"-"` // it, as each of Locks has it
}

// Named is a package by its name.
type Named struct {
	Name    string `json:"name"`             // of the package
	Version string `json:"version"`          // of the package
	Source  string `json:"source,omitempty"` // as the lockfile has it; "" for the user's own

	id crate.ID
}

func named(id crate.ID) Named {
	n := Named{Name: id.Name, Version: id.Version, id: id}
	if id.Source != (crate.SourceID{}) {
		n.Source = id.Source.String()
	}
	return n
}

// String is how Cargo prints the package.
func (n Named) String() string { return n.id.String() }

// Reason is why a lockfile has the package.
type Reason struct {
	Lockfile string   `json:"lockfile"`           // for people
	Unbuilt  bool     `json:"unbuilt,omitempty"`  // no build that was asked for uses it: the lockfile alone has it
	Unknown  []string `json:"unknown,omitempty"`  // why it is not known of all packages what they declare
	Unseen   int      `json:"unseen,omitempty"`   // more of these
	Features []string `json:"features,omitempty"` // that builds turn on, sorted

	// Packages are those from which dependencies lead to it: it itself first, the others in
	// Cargo's order.
	Packages []Package `json:"packages"`
	Members  int       `json:"members"` // of the workspace, in all

	Goes      []Named `json:"goes"`       // what would go if it went, in Cargo's order
	GoesBytes int64   `json:"goes_bytes"` // of their archives
}

// Package is one of those through which a package is needed.
type Package struct {
	Named
	Member   bool   `json:"member,omitempty"` // of the workspace
	Distance int    `json:"distance"`         // how many dependencies lead to the package on the shortest way
	Next     int    `json:"next"`             // which comes next on it; of the package itself 0
	Needs    []Need `json:"needs,omitempty"`  // its dependencies that lead there
}

// Need is a dependency. But for To it is absent what is not known.
type Need struct {
	To          int      `json:"to"`                            // index into the packages of the reason
	Kind        string   `json:"kind,omitempty"`                // "normal", "build" or "dev"
	Name        string   `json:"name,omitempty"`                // by which the package is known, if it is another
	Requirement string   `json:"requirement,omitempty"`         // for its version
	Platform    string   `json:"platform,omitempty"`            // the key of its [target] table
	Features    []string `json:"features,omitempty"`            // that are wanted of it
	Optional    bool     `json:"optional,omitempty"`            // whether only a feature asks for it
	NoDefault   bool     `json:"no_default_features,omitempty"` // whether it is wanted without its default features
}

// maxUnknown bounds how much is told of what is not known.
const maxUnknown = 20

// New explains the package that a specification means among those of the lockfiles; where
// its pieces lie is not said yet, see [Explanation.Locate]. The error is a
// [*resolve.UnknownError], a [*VersionError], an [*AmbiguousError], that of a request
// which makes no sense, or that of ctx.
func New(ctx context.Context, projects []*Project, spec Spec, o *Options) (*Explanation, error) {
	var locks []*lock
	for _, p := range projects {
		l, err := newLock(ctx, p, o)
		if err != nil {
			return nil, err
		}
		locks = append(locks, l)
	}
	places, err := choose(locks, spec)
	if err != nil {
		return nil, err
	}
	e := &Explanation{Named: named(places[0].id()), Pieces: []Piece{}, Versions: versions(withName(locks, spec.Name))}
	having := map[*lock]bool{}
	for _, p := range places {
		having[p.lock] = true
		e.Locks = append(e.Locks, p.reason(p.pkg))
		e.Locked = append(e.Locked, p.Lock.Packages[p.pkg])
	}
	for _, l := range locks {
		if !having[l] {
			e.Without = append(e.Without, l.Name)
		}
	}
	return e, nil
}

// reason explains a package of the lockfile.
func (l *lock) reason(pkg int) Reason {
	r := Reason{Lockfile: l.Name, Members: len(l.members), Packages: l.packages(l.graphOf(pkg), pkg)}
	for i, err := range l.unknown {
		if i == maxUnknown {
			r.Unseen = len(l.unknown) - i
			break
		}
		r.Unknown = append(r.Unknown, err.Error())
	}
	switch {
	case l.isBuilt(pkg):
		r.Features = l.features[pkg]
		l.goes(&r, l.built, pkg)
	default:
		r.Unbuilt = l.built != nil
		l.goes(&r, l.locked, pkg)
	}
	return r
}

// packages lists the package, and what needs it.
func (l *lock) packages(g *graph, pkg int) []Package {
	above := g.above(pkg)
	_, next, distance := above.back(pkg)
	packages := make([]Package, len(above.packages))
	for n, p := range above.packages {
		out := Package{Named: named(l.Lock.Packages[p].ID), Member: l.isMember[p], Distance: distance[n], Next: max(next[n], 0)}
		for _, i := range above.out[n] {
			out.Needs = append(out.Needs, needsOf(&above.edges[i])...)
		}
		packages[n] = out
	}
	return packages
}

// needsOf tells of an edge: a need for each dependency that is declared.
func needsOf(e *edge) (needs []Need) {
	for _, d := range e.declared {
		n := Need{
			To: e.to, Kind: d.Kind.String(), Requirement: d.Requirement, Platform: d.Platform,
			Features: d.Features, Optional: d.Optional, NoDefault: !d.DefaultFeatures,
		}
		if d.Name != d.Package {
			n.Name = d.Name
		}
		needs = append(needs, n)
	}
	if needs == nil {
		return []Need{{To: e.to}}
	}
	return needs
}

// goes lists what no member comes to without the package.
func (l *lock) goes(r *Reason, g *graph, pkg int) {
	r.Goes = []Named{}
	with, without := g.reach(nobody), g.reach(pkg)
	sizes := map[crate.ID]int64{}
	for i := range l.Found {
		sizes[l.Found[i].ID] = l.Found[i].ArchiveSize()
	}
	for p := range with {
		if with[p] && !without[p] && p != pkg {
			id := l.Lock.Packages[p].ID
			r.Goes = append(r.Goes, named(id))
			r.GoesBytes += sizes[id]
		}
	}
}
