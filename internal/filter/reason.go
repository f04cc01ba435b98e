package filter

import "cargohome/internal/resolve"

// nobody is why a package is dropped that nothing needs, whatever is asked for.
const nobody = "nothing that could be built needs it"

// unasked is why a package is dropped that other members need.
const unasked = "only packages need it that are not asked for"

// wishes ask for more and more; the first with which a package is built says why without it
// it is not.
var wishes = []struct {
	reason string
	widen  func(*resolve.Request)
}{
	{"only other platforms need it", func(r *resolve.Request) { r.AnyPlatform = true }},
	{"only dependencies of other kinds lead to it", func(r *resolve.Request) { r.Kinds = resolve.AllKinds }},
	{"only other features need it", func(r *resolve.Request) { r.Features, r.NoDefaultFeatures, r.AllFeatures = nil, false, true }},
	{unasked, func(r *resolve.Request) { r.Packages, r.Exclude, r.All = nil, nil, true }},
}

// explain says of packages that are not built why.
func (c *chooser) explain(to *Choice) {
	dropped := c.dismiss(to, nobody)
	wide := *c.request
	for _, w := range wishes {
		if dropped == 0 {
			return
		}
		w.widen(&wide)
		more, err := c.graph.Resolve(c.workspace, &wide)
		if err != nil {
			return // nobody asked for that
		}
		for i, u := range more.Uses {
			id := keyOf(c.Lock.Packages[u.Package].ID)
			if v := to.verdicts[id]; !v.Kept && v.Reason == nobody {
				to.verdicts[id] = Verdict{Reason: w.reason, Path: c.path(more, i)}
				dropped--
			}
		}
	}
}

// dismiss gives a reason for all packages that have no verdict, and returns how many.
func (c *chooser) dismiss(to *Choice, reason string) (dropped int) {
	for _, locked := range c.Lock.Packages {
		id := keyOf(locked.ID)
		if _, known := to.verdicts[id]; !known {
			to.verdicts[id] = Verdict{Reason: reason}
			dropped++
		}
	}
	return dropped
}
