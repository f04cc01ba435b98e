package ui

import (
	"strings"

	"cargohome/internal/explain"
)

// tree prints who needs a package as `cargo tree --invert` does: below each package those
// that depend on it, by kinds, and what is below a package once, "(*)" standing for it from
// then on.
type tree struct {
	b      *strings.Builder
	reason *explain.Reason
	into   [][]into // of each package, in order
	told   []bool   // what is below it
	end    int      // of the text, in bytes, where it is long enough
}

// into is a package with its dependencies of a kind on another.
type into struct {
	from  int
	kind  string
	needs []*explain.Need
}

// A chain of packages has as many columns as packages, and a tree a line for each dependency.
const (
	maxTreeDepth = 100     // to which it is printed
	maxTree      = 8 << 20 // of its text, in bytes, about
)

func newTree(b *strings.Builder, r *explain.Reason) *tree {
	t := &tree{b: b, reason: r, into: make([][]into, len(r.Packages)), told: make([]bool, len(r.Packages))}
	for from := range r.Packages {
		for i := range r.Packages[from].Needs {
			n := &r.Packages[from].Needs[i]
			list := t.into[n.To]
			at := len(list) - 1
			for at >= 0 && list[at].from == from && list[at].kind != n.Kind { // there are three kinds at most
				at--
			}
			if at < 0 || list[at].from != from {
				t.into[n.To] = append(list, into{from, n.Kind, []*explain.Need{n}})
				continue
			}
			list[at].needs = append(list[at].needs, n)
		}
	}
	return t
}

func (t *tree) print() {
	t.end = t.b.Len() + maxTree
	line(t.b, "%s", t.reason.Packages[0].Named)
	t.below(0, "", 0)
}

// full reports whether the text is long enough.
func (t *tree) full() bool { return t.b.Len() > t.end }

// treeKinds are the kinds of dependencies with their headings in cargo's order. Of some
// the kind is not known.
var treeKinds = []struct{ kind, heading string }{
	{"", ""}, {"normal", ""}, {"build", "[build-dependencies]"}, {"dev", "[dev-dependencies]"},
}

// below prints what depends on a package, behind a prefix.
func (t *tree) below(pkg int, prefix string, depth int) {
	if depth == maxTreeDepth {
		line(t.b, "%s└── …", prefix)
		return
	}
	t.told[pkg] = true
	for _, k := range treeKinds {
		var list []into
		for _, in := range t.into[pkg] {
			if in.kind == k.kind {
				list = append(list, in)
			}
		}
		if len(list) > 0 && k.heading != "" {
			line(t.b, "%s%s", prefix, k.heading)
		}
		for i, in := range list {
			branch, further := "├── ", "│   "
			if i == len(list)-1 {
				branch, further = "└── ", "    "
			}
			t.dependent(in, prefix+branch, prefix+further, depth)
			if t.full() {
				line(t.b, "%s└── …", prefix)
				return
			}
		}
	}
}

// dependent prints a package, and what is below it.
func (t *tree) dependent(in into, first, further string, depth int) {
	text := []string{first + t.reason.Packages[in.from].Named.String()}
	for _, n := range in.needs {
		if said := sayNeed(n); said != "" {
			text = append(text, "["+said+"]")
		}
	}
	more := len(t.into[in.from]) > 0
	again := more && t.told[in.from]
	if again {
		text = append(text, "(*)")
	}
	line(t.b, "%s", strings.Join(text, " "))
	if more && !again {
		t.below(in.from, further, depth+1)
	}
}

// sayNeed says what is particular about a dependency.
func sayNeed(n *explain.Need) string {
	var parts []string
	if n.Platform != "" {
		parts = append(parts, "for "+n.Platform)
	}
	if len(n.Features) > 0 {
		parts = append(parts, "with "+strings.Join(n.Features, ", "))
	}
	if n.NoDefault {
		parts = append(parts, "no default features")
	}
	if n.Optional {
		parts = append(parts, "optional")
	}
	if n.Name != "" {
		parts = append(parts, "as "+n.Name)
	}
	return strings.Join(parts, "; ")
}
