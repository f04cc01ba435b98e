package fsx

import (
	"slices"
	"strings"
)

// Within reports whether anything is mounted at a path or below it.
func (m Mounts) Within(rel string) bool {
	return slices.ContainsFunc(m, func(at string) bool { return at == rel || strings.HasPrefix(at, rel+"/") })
}
