package serve

import (
	"cmp"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/index"
	"cargohome/internal/par"
	"cargohome/internal/registry"
)

// need is a dependency, and what is held for it.
type need struct {
	index.Dependency
	registry string // by name; "" if it is none that is held
	state    string // why it is not held; "" if it is
	version  string // that is held for it
}

// kinds are those of dependencies, in the order in which they are shown, and what they are called.
var kinds = [][2]string{{"normal", "Dependencies"}, {"build", "Of its build script"}, {"dev", "Of its own tests"}}

// needs finds out what the version shown depends on, and whether that is held.
func (d *document) needs(c *registry.Crate) (list []need) {
	deps, err := c.Shown.Dependencies()
	if err != nil {
		return nil // nor does cargo take it
	}
	for _, dep := range deps {
		list = append(list, need{Dependency: dep, registry: c.Registry})
	}
	slices.SortStableFunc(list, func(a, b need) int {
		return cmp.Or(strings.Compare(a.Platform, b.Platform), strings.Compare(a.Package, b.Package))
	})
	par.Each(d.r.Context(), 16, min(len(list), maxCandidates), func(i int) error {
		d.look(&list[i])
		return nil
	})
	return list
}

// look finds out whether there is a version that fits.
func (d *document) look(n *need) {
	if n.Dependency.Registry != "" {
		n.registry = d.h.o.Held.RegistryAt(n.Dependency.Registry)
	}
	if n.registry == "" {
		n.state = "of a registry that is not held"
		return
	}
	versions, err := d.h.o.Held.Versions(d.r.Context(), n.registry, n.Package)
	if err != nil {
		d.h.lacks(err)
		n.state = "cannot be read now"
		return
	}
	requirement, bad := crate.ParseRequirement(n.Requirement)
	for _, v := range versions {
		if bad == nil && requirement.Matches(v) {
			n.version = v
			return
		}
	}
	if n.state = "not held"; len(versions) > 0 {
		n.state = "no version held that fits"
	}
}

// needed writes what a version depends on.
func (d *document) needed(list []need) {
	d.section("dependencies", "What it depends on", func() {
		if len(list) == 0 {
			d.put("p", "Nothing.")
		}
		for _, kind := range kinds {
			var of []need
			for _, n := range list {
				if n.Kind == kind[0] {
					of = append(of, n)
				}
			}
			if len(of) == 0 {
				continue
			}
			d.put("h3", kind[1])
			d.in("ul", func() {
				for i := range of[:min(len(of), maxOfEach)] {
					d.in("li", func() { d.need(&of[i]) })
				}
			}, "class", "needs")
			d.more(len(of) - maxOfEach)
		}
	})
}

func (d *document) need(n *need) {
	if n.registry != "" && n.state != "not held" {
		d.put("a", n.Package, "href", d.crateURL(n.registry, n.Package, ""))
	} else {
		d.code(n.Package)
	}
	d.text(" ")
	d.code(n.Requirement)
	if n.version != "" {
		d.text(", held as " + n.version)
	}
	if n.Name != n.Package {
		d.text(", called ")
		d.code(n.Name)
	}
	if n.Platform != "" {
		d.text(", for ")
		d.code(n.Platform)
	}
	if n.Optional {
		d.text(", optional")
	}
	d.wantedFeatures(n)
	if n.state != "" {
		d.text(" ")
		d.put("strong", n.state, "class", "mark")
	}
}

func (d *document) wantedFeatures(n *need) {
	if !n.DefaultFeatures {
		d.text(", without default features")
	}
	for i, name := range n.Features[:min(len(n.Features), maxEnabled)] {
		if i == 0 {
			d.text(", with ")
		} else {
			d.text(" ")
		}
		d.code(name)
	}
}
