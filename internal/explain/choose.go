package explain

import (
	"fmt"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/resolve"
	"cargohome/internal/spelling"
)

// Spec names a package in the forms that Cargo's package id specifications have: NAME,
// NAME@VERSION and SOURCE#NAME:VERSION. SOURCE is as in lockfiles, without a commit and with
// or without the kind of source in front, and "path" for the user's own. (With an '@' there it would look as if the URL had a
// password, and be shown without.)
type Spec struct {
	crate.Spec
	Source string // "" for any
}

// ParseSpec reads a specification. The error matches [crate.ErrName] or [crate.ErrVersion].
func ParseSpec(text string) (Spec, error) {
	at := strings.LastIndexByte(text, '#')
	if at < 0 {
		name, err := crate.ParseSpec(text)
		return Spec{Spec: name}, err
	}
	name, err := crate.ParseSpec(strings.Replace(text[at+1:], ":", "@", 1))
	return Spec{name, text[:at]}, err
}

// SpecOf names no package but that of the ID.
func SpecOf(id crate.ID) Spec {
	source, _, _ := strings.Cut(id.Source.String(), "#")
	if id.Source == (crate.SourceID{}) {
		source = "path"
	}
	return Spec{crate.Spec{Name: id.Name, Version: id.Version}, source}
}

// Matches reports whether the package is one of those named.
func (s Spec) Matches(id crate.ID) bool {
	source := SpecOf(id).Source
	_, url, _ := strings.Cut(source, "+")
	return s.Spec.Matches(id) && (s.Source == "" || s.Source == source || s.Source == url)
}

// String is what [ParseSpec] reads.
func (s Spec) String() string {
	if s.Source == "" {
		return s.Spec.String()
	}
	return s.Source + "#" + strings.Replace(s.Spec.String(), "@", ":", 1)
}

// maxChoices is how many packages an error names.
const maxChoices = 20

// AmbiguousError says that a specification means several packages.
type AmbiguousError struct {
	Spec     Spec      // as it was asked for
	Packages int       // that it means
	Choices  []Spec    // that mean one each, of the first of them
	Versions []Version // of each choice
}

func (e *AmbiguousError) Error() string {
	text := fmt.Sprintf("%q means %d packages", e.Spec, e.Packages)
	for i, c := range e.Choices {
		text += fmt.Sprintf("\n  %s in %s", c, e.Versions[i].Lockfile)
		if by := e.Versions[i].Wants(); by != "" {
			text += ", wanted by " + by
		}
	}
	if more := e.Packages - len(e.Choices); more > 0 {
		text += fmt.Sprintf("\n  and %d more", more)
	}
	return text
}

// Hint says how the last of them is named.
func (e *AmbiguousError) Hint() string {
	return fmt.Sprintf("name one of them, as in `cargohome explain %s`", e.Choices[len(e.Choices)-1])
}

// VersionError says that no lockfile has the version that was asked for.
type VersionError struct {
	Spec Spec       // as it was asked for
	IDs  []crate.ID // the first of its name, in order
}

func (e *VersionError) Error() string { return fmt.Sprintf("no lockfile has %s", e.Spec) }

// Hint says which there are.
func (e *VersionError) Hint() string {
	var list []string
	for _, id := range e.IDs {
		there := SpecOf(id)
		if e.Spec.Source == "" {
			there.Source = ""
		}
		list = append(list, there.String())
	}
	return "there is " + strings.Join(slices.Compact(list), ", ")
}

// place is a package of a lockfile.
type place struct {
	*lock
	pkg int
}

func (p place) id() crate.ID { return p.Lock.Packages[p.pkg].ID }

// withName returns the packages of a name, in the order of the lockfiles.
func withName(locks []*lock, name string) (places []place) {
	for _, l := range locks {
		for i := range l.Lock.Packages {
			if l.Lock.Packages[i].ID.Name == name {
				places = append(places, place{l, i})
			}
		}
	}
	return places
}

// choose returns where the one package lies that a specification means: in each lockfile
// that has it, of a repository at whatever commit.
func choose(locks []*lock, spec Spec) ([]place, error) {
	all := withName(locks, spec.Name)
	meant := slices.DeleteFunc(slices.Clone(all), func(p place) bool { return !spec.Matches(p.id()) })
	switch {
	case len(all) == 0:
		return nil, unknown(locks, spec)
	case len(meant) == 0:
		ids := distinct(all)
		return nil, &VersionError{spec, ids[:min(len(ids), maxChoices)]}
	}
	ids := distinct(meant)
	if len(ids) == 1 {
		return meant, nil
	}
	err := &AmbiguousError{Spec: spec, Packages: len(ids)}
	for i, id := range ids[:min(len(ids), maxChoices)] {
		c := SpecOf(id)
		if short := (Spec{Spec: c.Spec}); !slices.ContainsFunc(slices.Concat(ids[:i], ids[i+1:]), short.Matches) {
			c = short
		}
		at := slices.IndexFunc(meant, func(p place) bool { return same(p.id(), id) })
		err.Choices, err.Versions = append(err.Choices, c), append(err.Versions, meant[at].version())
	}
	return nil, err
}

func unknown(locks []*lock, spec Spec) error {
	var names []string
	for _, l := range locks {
		for i := range l.Lock.Packages {
			names = append(names, l.Lock.Packages[i].ID.Name)
		}
	}
	return &resolve.UnknownError{What: "package", Name: spec.String(), Nearest: spelling.Nearest(spec.Name, names)}
}

// same reports whether two IDs are of one package, of a repository at whatever commit.
func same(a, b crate.ID) bool {
	return a.Name == b.Name && a.Version == b.Version && a.Source.Key() == b.Source.Key()
}

// distinct returns the packages, each once, in order.
func distinct(places []place) (ids []crate.ID) {
	for _, p := range places {
		ids = append(ids, p.id())
	}
	slices.SortStableFunc(ids, crate.ID.Compare)
	return slices.CompactFunc(ids, same)
}
