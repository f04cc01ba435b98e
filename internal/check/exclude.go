package check

import (
	"strings"

	"cargohome/crate"
	"cargohome/internal/resolve"
)

// What Cargo does not resolve to, and so refuses where it is locked. Each lockfile that it
// made is free of it; two of them merged need not be.

// refuse tells of a package that cannot be in the lockfile as things are.
func (s *stepper) refuse(number int, reason string) {
	id := s.p.lock.Packages[number].ID
	if id.Source == (crate.SourceID{}) && s.p.ownPackage(id) != nil {
		s.broken(id, "%s", reason)
		return
	}
	s.stale(s.p, id, reason)
}

// series is of what there is one package (cargo 1.95: ActivationsKey).
type series struct {
	name, versions string
	source         crate.SourceKey
}

// checkSeries: of one source there are no two versions of a package that are compatible. A
// package that [patch] puts in place of one of another source counts there (cargo 1.95:
// ResolverContext::flag_activated); each folder is a source of its own.
func (s *stepper) checkSeries(links []resolve.Link) {
	patched := s.patchedIn(links)
	by := make(map[series]int, len(s.p.lock.Packages))
	for i := range s.p.lock.Packages {
		id := s.p.lock.Packages[i].ID
		if !s.reached[i] {
			continue
		}
		if id.Source != (crate.SourceID{}) {
			s.checkOne(by, i, id.Source)
		}
		if source, is := patched[i]; is && source != (crate.SourceID{}) {
			s.checkOne(by, i, source)
		}
	}
}

// checkOne takes in a package as the one of its series in a source.
func (s *stepper) checkOne(by map[series]int, number int, source crate.SourceID) {
	id := s.p.lock.Packages[number].ID
	key := series{id.Name, crate.Series(id.Version), source.Key()}
	if other, taken := by[key]; taken {
		s.refuse(number, "cargo does not take it beside the compatible "+s.p.lock.Packages[other].ID.Version+", which is locked too")
		return
	}
	by[key] = number
}

// patchedIn returns the sources in which packages stand that come from elsewhere: zero where
// that hangs on which dependency Cargo comes to first.
func (s *stepper) patchedIn(links []resolve.Link) map[int]crate.SourceID {
	var at map[int]crate.SourceID
	for _, l := range links {
		if l.To >= 0 && l.Elsewhere {
			if at == nil {
				at = map[int]crate.SourceID{}
			}
			at[l.To] = l.Dependency.Source
		}
	}
	if at == nil {
		return nil
	}
	for _, l := range links {
		if source, is := at[l.To]; is && (!l.Elsewhere || source.Key() != l.Dependency.Source.Key()) {
			at[l.To] = crate.SourceID{}
		}
	}
	for _, m := range s.members {
		delete(at, m)
	}
	return at
}

// checkLinks: no two packages link one native library (cargo 1.95:
// ResolverContext::flag_activated).
func (s *stepper) checkLinks() {
	by := map[string]int{}
	for i := range s.p.lock.Packages {
		links := s.p.links[i]
		if links == "" || !s.reached[i] || s.final(i) != i {
			continue
		}
		if other, taken := by[links]; taken {
			s.refuse(i, "it links \""+links+"\", and "+s.p.lock.Packages[other].ID.String()+" does so too")
			continue
		}
		by[links] = i
	}
}

// checkCycles: no package needs itself, but for tests (cargo 1.95: check_cycles). Cargo tells
// of the first.
func (s *stepper) checkCycles(links []resolve.Link) {
	w := walker{stepper: s, links: links, first: make([]int, len(s.p.lock.Packages)+1), done: make([]bool, len(s.p.lock.Packages)), on: make([]bool, len(s.p.lock.Packages))}
	for _, l := range links {
		w.first[l.From+1]++
	}
	for i := range w.done {
		w.first[i+1] += w.first[i]
	}
	for i := range w.done {
		if w.visit(i) {
			return
		}
	}
}

// walker goes along dependencies in search of a circle.
type walker struct {
	*stepper
	links    []resolve.Link // by what they are from
	first    []int          // of the links of each package
	done, on []bool         // packages that need not be visited again, and those on the path
	path     []int
}

// visit goes on from a package, and reports whether there was a circle.
func (w *walker) visit(number int) bool {
	if w.on[number] {
		w.tell(number)
		return true
	}
	if w.done[number] {
		return false
	}
	w.done[number], w.on[number] = true, true
	w.path = append(w.path, number)
	for _, l := range w.links[w.first[number]:w.first[number+1]] {
		if l.To >= 0 && l.Dependency.Kind != resolve.Dev && (w.visit(l.To) || w.final(l.To) != l.To && w.visit(w.final(l.To))) {
			return true
		}
	}
	w.path, w.on[number] = w.path[:len(w.path)-1], false
	return false
}

// tell tells of the circle that ends the path.
func (w *walker) tell(number int) {
	at := len(w.path) - 1
	for w.path[at] != number {
		at--
	}
	var names []string
	for _, i := range append(w.path[at:], number) {
		names = append(names, w.p.lock.Packages[i].ID.Name)
	}
	w.refuse(number, "it depends on itself: "+strings.Join(names, " -> "))
}
