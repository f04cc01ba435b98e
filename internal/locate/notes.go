package locate

import (
	"errors"
	"fmt"
	"io/fs"

	"cargohome/crate"
	"cargohome/index"
)

// Notes says of which packages only the lockfile vouches, and why: a line for each
// source and reason, so that a missing index is one however many packages it has.
func Notes(packages []Package) (notes []string) {
	type note struct {
		source crate.SourceID
		reason string
	}
	var order []note
	count := map[note]int{}
	for i := range packages {
		p := &packages[i]
		if p.Unlisted == nil {
			continue
		}
		n := note{p.ID.Source, whyUnlisted(p)}
		if count[n]++; count[n] == 1 {
			order = append(order, n)
		}
	}
	for _, n := range order {
		what := "1 package"
		if count[n] > 1 {
			what = fmt.Sprintf("%d packages", count[n])
		}
		notes = append(notes, fmt.Sprintf("%s; the lockfile alone vouches for %s", n.reason, what))
	}
	return notes
}

// whyUnlisted says the same of all packages that an index does not list.
func whyUnlisted(p *Package) string {
	if errors.Is(p.Unlisted, fs.ErrNotExist) && !errors.Is(p.Unlisted, index.ErrNoIndex) {
		return "the index of " + p.ID.Source.Display() + " does not list all packages"
	}
	return p.Unlisted.Error()
}
