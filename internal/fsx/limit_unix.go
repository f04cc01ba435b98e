//go:build unix && !portable

package fsx

import (
	"math"

	"golang.org/x/sys/unix"
)

// OpenLimit returns how many files the process may have open at a time. Go's runtime has raised
// that as far as it may.
func OpenLimit() int {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) != nil || uint64(limit.Cur) > math.MaxInt32 {
		return math.MaxInt32
	}
	return int(limit.Cur)
}
