//go:build !unix || portable

package fsx

// There are no pipes with a name in a folder, and a link is seen before.
const (
	openFlags = 0
	noFollow  = 0
)

func isLeased(error) bool { return false }
