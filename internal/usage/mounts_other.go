//go:build !linux

package usage

// mountPoints: here the number of its device gives away what is mounted.
func mountPoints(string) []string { return nil }
