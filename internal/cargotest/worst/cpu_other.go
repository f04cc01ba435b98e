//go:build !unix

package worst

import "time"

var start = time.Now()

// cpu is the time that has passed.
func cpu() time.Duration { return time.Since(start) }
