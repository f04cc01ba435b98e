package resolve

import (
	"cargohome/internal/platform"
)

// scope is what decides whether a dependency counts at all.
type scope struct {
	apart     bool   // resolver 2: host and target have features of their own
	dev       bool   // whether dev-dependencies have features turned on
	any       bool   // every platform counts
	onTargets []bool // by number of platform: whether one of the targets is meant
	onHosts   []bool
	onTarget  [][]bool // for each target
}

func (g *Graph) newScope(w *Workspace, r *Request) *scope {
	sc := &scope{
		apart:     w.Resolver > 1,
		dev:       w.Resolver < 2 || r.Kinds.Has(Dev),
		any:       r.AnyPlatform,
		onTargets: make([]bool, len(g.platforms)),
		onHosts:   make([]bool, len(g.platforms)),
	}
	for _, t := range r.Targets {
		on := g.matched(t)
		sc.onTarget = append(sc.onTarget, on)
		merge(sc.onTargets, on)
	}
	for _, t := range r.Hosts {
		merge(sc.onHosts, g.matched(t))
	}
	return sc
}

// matched says for each platform whether it is that of t, which is worked out once. It is not
// to be changed.
func (g *Graph) matched(t *platform.Target) []bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	on, known := g.on[t]
	if !known {
		on = make([]bool, len(g.platforms))
		for i, p := range g.platforms {
			on[i] = p.Matches(t)
		}
		g.on[t] = on
	}
	return on
}

func merge(into, more []bool) {
	for i, on := range more {
		into[i] = into[i] || on
	}
}

// counts reports whether features go along dependency i of what is in a slot. Resolver 1
// looks at no platform, nor does the first pass.
func (a *activation) counts(s slot, i int) bool {
	e := &a.packages[s.pkg()].edges[i]
	switch {
	case a.wide:
		return e.Kind != Dev || s.what() == asMember
	case !a.known[s.pkg()][i] || e.Kind == Dev && !a.dev:
		return false
	}
	return !a.apart || a.meant(s.what(), e, a.onTargets)
}

// meant reports whether the dependency is for the platform of what is built; onTarget is
// for those that are for targets. Build scripts run on the host.
func (sc *scope) meant(what For, e *edge, onTarget []bool) bool {
	switch {
	case e.platform == none || sc.any || what == ForArtifact:
		return true
	case what == ForHost || e.Kind == Build:
		return sc.onHosts[e.platform]
	}
	return onTarget[e.platform]
}
