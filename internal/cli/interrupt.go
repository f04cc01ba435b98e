package cli

import (
	"context"
	"errors"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"cargohome/internal/ui"
)

// grace is how long a run that has changed nothing may take to notice that it is to
// end.
const grace = 800 * time.Millisecond

// interruption ends a process whose run does not notice that its context has ended:
// reading one text can take a library long, and a call of the system's on a file
// system that does not answer has no end. Nothing is lost by that as long as the run
// only reads; from when it begins to change things it ends in order.
type interruption struct {
	changing atomic.Bool
}

// begin says that things are changed from here on. A pipe that nobody reads any more, such
// as that to head(1), does not end such a run: the messages are lost, and the work is done.
func (i *interruption) begin() {
	i.changing.Store(true)
	signal.Ignore(syscall.SIGPIPE)
}

// watch ends the process by exit, if that is not nil, until stop is called.
func (i *interruption) watch(ctx context.Context, out *ui.Printer, exit func(int)) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		time.Sleep(grace)
		if exit != nil && !i.changing.Load() {
			out.StopProgress()
			out.Error(errors.New(interrupted(ctx.Err())))
			exit(exitInterrupted)
		}
	})
}
