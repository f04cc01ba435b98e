// Cargohome does with a Cargo home what can be done without a network: see
// the README, or run `cargohome help`.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"cargohome/internal/cli"
)

// softMemory is where garbage is collected sooner than it would be, in bytes: what is
// alive stays below half a gigabyte whatever is read (see package gitsrc), and the heap
// would grow to twice that.
const softMemory = 384 << 20

func main() {
	abortAsSuch()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends what the first cannot
	sys := cli.OS()
	sys.Begin = limitMemory
	status := cli.Main(ctx, sys)
	stop()
	os.Exit(status)
}

func limitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		go debug.SetMemoryLimit(softMemory) // beside the start: all else stops for it
	}
}
