//go:build !portable

package cargotest

// Portable says that the build has the tag portable; see there.
const Portable = false
