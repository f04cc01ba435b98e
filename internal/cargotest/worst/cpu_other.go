//go:build !unix

package worst

import "time"

var start = time.Now()

// CPU is the time that has passed.
func CPU() time.Duration { return time.Since(start) }
