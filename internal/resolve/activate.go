package resolve

import (
	"fmt"
	"slices"

	"cargohome/internal/feature"
)

// For says what a package is built for.
type For uint8

// What for.
const (
	ForTarget   For = iota
	ForHost         // build scripts, procedural macros, and what they need
	ForArtifact     // an artifact dependency, and what it needs: any platform
)

const ways = 3 // of what a package can be built for

// slot is a package and what it is built for: the unit that has features.
type slot int

func newSlot(pkg int, f For) slot { return slot(pkg*ways + int(f)) }
func (s slot) pkg() int           { return int(s) / ways }
func (s slot) what() For          { return For(int(s) % ways) }

// state is what is turned on in a slot.
type state struct {
	features []bool           // by number; nil as long as the slot is not reached
	deps     []bool           // optional dependencies, by the number of their name
	weak     map[int][]string // by the same number: features that wait for the dependency
	walked   bool
}

// activation is a pass that turns features on.
type activation struct {
	*Graph
	*scope
	wide    bool     // whether it is the first one; see [Graph.survey]
	known   [][]bool // of each package's dependencies, those that the first one came to
	states  []state
	pending []step
	steps   int
}

// step is what is left to do: to follow the values of a feature, or with none the
// dependencies of the slot that are not optional.
type step struct {
	slot    slot
	feature int
}

// maxSteps bounds the pass. A large workspace takes some ten thousand; what takes more
// than this has thousands of features for thousands of dependencies of one name.
const maxSteps = 10_000_000

func (g *Graph) newActivation(sc *scope, known [][]bool) *activation {
	return &activation{Graph: g, scope: sc, known: known, states: make([]state, len(g.packages)*ways)}
}

// run turns on what is asked for, and what that leads to.
func (a *activation) run(roots []root) error {
	for _, r := range roots {
		if err := a.start(r); err != nil {
			return err
		}
	}
	for len(a.pending) > 0 {
		s := a.pending[len(a.pending)-1]
		a.pending = a.pending[:len(a.pending)-1]
		if err := a.do(s); err != nil {
			return err
		}
	}
	return nil
}

func (a *activation) do(s step) error {
	n := &a.packages[s.slot.pkg()]
	if s.feature == none {
		return a.walk(s.slot)
	}
	for _, v := range n.values[s.feature] {
		if err := a.value(s.slot, v); err != nil {
			return err
		}
	}
	return nil
}

// spend counts a step of the work that a package makes.
func (a *activation) spend(s slot) error {
	if a.steps++; a.steps > maxSteps {
		return &PackageError{a.packages[s.pkg()].id, &LimitError{"steps to find its features", maxSteps}}
	}
	return nil
}

// LimitError says that a limit against hostile input was met.
type LimitError struct {
	What  string // that is limited
	Limit int    // how many there may be
}

func (e *LimitError) Error() string { return fmt.Sprintf("more than %d %s", e.Limit, e.What) }

// visit makes sure that the dependencies of a slot are followed.
func (a *activation) visit(s slot) *state {
	st := &a.states[s]
	if st.features == nil {
		n := &a.packages[s.pkg()]
		st.features, st.deps = make([]bool, len(n.features)), make([]bool, len(n.names))
	}
	if !st.walked {
		st.walked = true
		a.pending = append(a.pending, step{s, none})
	}
	return st
}

// enable turns a feature on.
func (a *activation) enable(s slot, number int) {
	if st := a.visit(s); !st.features[number] {
		st.features[number] = true
		a.pending = append(a.pending, step{s, number})
	}
}

// require turns on the feature of a dependency.
func (a *activation) require(from, s slot, name string) error {
	n := &a.packages[s.pkg()]
	number := n.featureNamed(name)
	if number == none {
		return fmt.Errorf("%w: %s needs the feature %q of %s, which has none of that name", ErrLock, a.packages[from.pkg()].id, name, n.id)
	}
	a.enable(s, number)
	return a.spend(s)
}

// walk follows the dependencies that are not optional.
func (a *activation) walk(s slot) error {
	n := &a.packages[s.pkg()]
	for i := range n.edges {
		if e := &n.edges[i]; !e.Optional && a.counts(s, i) {
			if err := a.follow(s, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// follow turns on what a dependency says of its package.
func (a *activation) follow(s slot, e *edge) error {
	if e.to == none {
		return a.unlocked(s, e)
	}
	n := &a.packages[e.to]
	for _, t := range a.targets(s, e) {
		a.visit(t)
		for _, f := range e.Features {
			if err := a.require(s, t, f); err != nil {
				return err
			}
		}
		if number := n.featureNamed("default"); e.DefaultFeatures && number != none {
			a.enable(t, number)
		}
	}
	return a.spend(s)
}

// unlocked is the error for a dependency of which nothing is locked. Not all that the first
// pass comes to is needed.
func (a *activation) unlocked(s slot, e *edge) error {
	if a.wide {
		return nil
	}
	return &UnlockedError{a.packages[s.pkg()].id, e.Package, e.Requirement}
}

// targets returns the slots that a dependency leads to.
func (a *activation) targets(s slot, e *edge) []slot {
	what := s.what()
	if a.wide {
		what = asDependency
	}
	if a.apart && (e.Kind == Build || a.packages[e.to].ProcMacro) {
		what = ForHost
	}
	if e.Artifact && a.apart {
		return []slot{newSlot(e.to, what), newSlot(e.to, ForArtifact)}
	}
	return []slot{newSlot(e.to, what)}
}

// value follows one value of a feature.
func (a *activation) value(s slot, v value) error {
	switch v.kind {
	case feature.Plain:
		a.enable(s, v.own)
		return a.spend(s)
	case feature.Dependency:
		return a.turnOn(s, v.dep)
	}
	return a.pass(s, v)
}

// turnOn turns on the optional dependencies of a name, and in them what waited for that.
func (a *activation) turnOn(s slot, dep int) error {
	st := a.visit(s)
	if st.deps[dep] {
		return a.spend(s)
	}
	st.deps[dep] = true
	waiting := st.weak[dep]
	delete(st.weak, dep)
	n := &a.packages[s.pkg()]
	for _, i := range n.names[dep].edges {
		e := &n.edges[i]
		if !a.counts(s, i) {
			continue
		}
		if err := a.follow(s, e); err != nil {
			return err
		}
		for _, f := range waiting {
			if err := a.hand(s, e, f); err != nil {
				return err
			}
		}
	}
	return a.spend(s)
}

// hand turns on a feature of a dependency.
func (a *activation) hand(s slot, e *edge, f string) error {
	if e.to == none {
		return a.unlocked(s, e)
	}
	for _, t := range a.targets(s, e) {
		if err := a.require(s, t, f); err != nil {
			return err
		}
	}
	return nil
}

// pass follows "d/f" and "d?/f".
func (a *activation) pass(s slot, v value) error {
	n, st, deferred := &a.packages[s.pkg()], a.visit(s), false
	for _, i := range n.names[v.dep].edges {
		e := &n.edges[i]
		if err := a.spend(s); err != nil {
			return err
		}
		if !a.counts(s, i) {
			continue
		}
		if e.Optional && v.kind == feature.WeakOf && !st.deps[v.dep] && !a.wide {
			deferred = true
			continue
		}
		if e.Optional {
			if err := a.turnOn(s, v.dep); err != nil {
				return err
			}
			if own := n.names[v.dep].own; own != none && v.kind == feature.Of {
				a.enable(s, own)
			}
		}
		if err := a.hand(s, e, v.passed); err != nil {
			return err
		}
	}
	if deferred {
		st.wait(v)
	}
	return nil
}

// wait keeps a feature until its dependency is turned on.
func (st *state) wait(v value) {
	if st.weak == nil {
		st.weak = map[int][]string{}
	}
	st.weak[v.dep] = append(st.weak[v.dep], v.passed)
}

// on reports whether a dependency is followed: always, or because it is turned on.
func (st *state) on(e *edge) bool { return !e.Optional || st.deps[e.name] }

// list returns the features that are on, sorted.
func (st *state) list(n *node) []string {
	var names []string
	for i, on := range st.features {
		if on {
			names = append(names, n.features[i])
		}
	}
	return slices.Clip(names)
}
