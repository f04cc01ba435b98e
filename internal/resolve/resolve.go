package resolve

import (
	"fmt"
	"slices"

	"cargohome/internal/feature"
	"cargohome/internal/spelling"
)

// Resolve returns what a build of the request uses. The error is an [UnknownError] or
// [AmbiguousError], a [PackageError] with a [LimitError], or matches [ErrRequest] or
// [ErrLock].
func (g *Graph) Resolve(w *Workspace, r *Request) (*Resolution, error) {
	s := &selection{Graph: g, Workspace: w, Request: r}
	if err := s.find(); err != nil {
		return nil, err
	}
	if len(s.members)+len(s.specs) == 0 {
		return nil, fmt.Errorf("%w: there is no package to build", ErrRequest)
	}
	roots, err := s.roots()
	if err != nil {
		return nil, err
	}
	known, reached, err := g.survey(roots)
	if err != nil {
		return nil, err
	}
	if err := s.settle(reached); err != nil {
		return nil, err
	}
	a := g.newActivation(g.newScope(w, r), known)
	if err := a.run(roots); err != nil {
		return nil, err
	}
	res := s.reach(a, roots).resolution()
	res.Unmatched = s.unmatched
	return res, nil
}

// reach finds the packages of the build. Those asked for that are no members are built in
// the ways in which the roots need them. So are members that a root needs which was not
// asked for itself, beside the way in which they are built anyhow: `cargo tree` shows a
// package in all ways in which any root has it.
func (s *selection) reach(a *activation, roots []root) *reach {
	found, all := newReach(a, s.Request), newReach(a, s.Request)
	for _, p := range s.members {
		found.start(p)
	}
	more := len(s.others) > 0
	for _, root := range roots {
		all.start(root.pkg)
		more = more || !slices.Contains(s.members, root.pkg)
	}
	if more {
		all.run()
		for _, p := range slices.Concat(s.members, s.others) {
			found.startAs(all, p)
		}
	}
	found.run()
	return found
}

// start turns on what is asked for of a member.
func (a *activation) start(r root) error {
	slots := []slot{newSlot(r.pkg, ForTarget)}
	if a.wide {
		slots[0] = newSlot(r.pkg, asMember)
	}
	if a.apart && a.packages[r.pkg].ProcMacro {
		slots = append(slots, newSlot(r.pkg, ForHost))
	}
	n := &a.packages[r.pkg]
	for _, s := range slots {
		a.visit(s)
		for i, name := range n.features {
			if r.all || r.defaults && name == "default" {
				a.enable(s, i)
			}
		}
		for _, v := range r.values {
			if err := a.ask(s, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// ask follows a value of the command line.
func (a *activation) ask(s slot, v feature.Value) error {
	n := &a.packages[s.pkg()]
	if v.Kind == feature.Plain {
		number := n.featureNamed(v.Name)
		if number == none {
			return &UnknownError{"feature", v.Name, n.id.Name, spelling.Nearest(v.Name, n.features)}
		}
		a.enable(s, number)
		return nil
	}
	at := n.depNamed(v.Name)
	if at == none {
		return &UnknownError{"dependency", v.Name, n.id.Name, ""}
	}
	for _, i := range n.names[at].edges {
		to := n.edges[i].to
		if to != none && a.packages[to].featureNamed(v.Feature) == none {
			d := &a.packages[to]
			return &UnknownError{"feature", v.Feature, d.id.Name, spelling.Nearest(v.Feature, d.features)}
		}
	}
	return a.pass(s, n.value(v))
}

// stateOf returns the state of a slot, which resolver 1 does not tell from the others of
// the package.
func (a *activation) stateOf(s slot) *state {
	if !a.apart {
		s = newSlot(s.pkg(), ForTarget)
	}
	return &a.states[s]
}
