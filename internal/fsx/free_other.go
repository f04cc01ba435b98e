//go:build (!linux && !darwin) || portable

package fsx

// Free tells nothing here.
func Free(string) (bytes, block int64) { return 0, 0 }
