// Cargohome does with a Cargo home what can be done without a network: see
// the README, or run `cargohome help`.
package main

import (
	"context"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"

	"cargohome/internal/cli"
)

func main() {
	abortAsSuch()
	log.SetOutput(io.Discard) // where net/http prints what a server sends unasked, as it came
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends what the first cannot
	sys := cli.OS()
	sys.Begin = saveMemory
	status := cli.Main(ctx, sys)
	stop()
	os.Exit(status)
}
