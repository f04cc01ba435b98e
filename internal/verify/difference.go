package verify

import (
	"cmp"
	"slices"
	"strings"
)

// How is in which way something is not as it should be.
type How string

// The ways. What has another type than it should have, such as a link in place of a
// file, is not looked into.
const (
	Changed    How = "changed"    // another content, or a link that leads elsewhere
	Extra      How = "extra"      // nothing should be there; of a folder what is in it is not told
	Missing    How = "missing"    // nothing is there
	Mode       How = "mode"       // other permissions
	Type       How = "type"       // a folder in place of a file, and the like
	Unreadable How = "unreadable" // the system does not let us look
)

// Difference is one of them.
type Difference struct {
	Path string `json:"path"` // below what is looked at, '/'-separated; "." for that itself
	How  How    `json:"how"`  // in which way it differs
}

// sorted puts differences in the order of their paths, each once.
func sorted(list []Difference) []Difference {
	slices.SortFunc(list, func(a, b Difference) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.How, b.How))
	})
	return slices.Compact(list)
}
