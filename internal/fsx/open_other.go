//go:build !unix

package fsx

// openFlags: there are no pipes with a name in a folder.
const openFlags = 0
