package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// softMemory is where garbage is collected sooner than it would be, in bytes: what is
// alive stays below half a gigabyte whatever is read (see package gitsrc), and the heap
// would grow to twice that.
const softMemory = 384 << 20

// rarely is by how much the heap, which counts as 4 MiB as long as it is smaller, grows until it
// is collected for the first time, in percent: to 32 MiB. Most runs have ended by then, and
// collecting would take a tenth of their time. From then on all is as usual, so that no more
// than that is lost.
const rarely = 800

// saveMemory has garbage collected as these say; what the user says of it counts. It is done beside
// the start, as all else stops for it. The limit is there from the start on: commands lower it for a
// while, and put back what they found.
func saveMemory() {
	go func() {
		if os.Getenv("GOMEMLIMIT") == "" {
			debug.SetMemoryLimit(softMemory)
		}
		if os.Getenv("GOGC") == "" {
			usual := debug.SetGCPercent(rarely)
			runtime.AddCleanup(new([64]byte), func(usual int) { debug.SetGCPercent(usual) }, usual) // at the first collection
		}
	}()
}
