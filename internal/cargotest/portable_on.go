//go:build portable

package cargotest

// Portable says that the build has the tag portable: on every system it does without
// system calls, as it does on those that have no such.
const Portable = true
