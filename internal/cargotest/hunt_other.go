//go:build !unix

package cargotest

import "time"

var started = time.Now()

// cpuTime takes the time that went by for that of the processor.
func cpuTime() time.Duration { return time.Since(started) }
