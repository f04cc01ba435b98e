//go:build !unix || portable

package fsx

import "math"

// OpenLimit returns how many files the process may have open at a time, which is not told.
func OpenLimit() int { return math.MaxInt32 }
