package cli

import (
	"context"
	"io"
	"testing"
	"time"

	"cargohome/internal/cargotest"
)

// Whoever reads nothing does not keep a run that is to end.
func TestMain_unread(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"--format", "json", "size"}, {"no-such-command"}} {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(20*time.Millisecond, cancel)
		r, w := io.Pipe() // never read
		sys := &System{Args: append([]string{"cargohome", "--cargo-home", cargotest.NewHome(t, t.TempDir()).Dir}, args...), Dir: t.TempDir(), Stdout: w, Stderr: w}
		ended := make(chan int, 1)
		go func() { ended <- Main(ctx, sys) }()
		select {
		case status := <-ended:
			if status == exitDone {
				t.Errorf("%v: status 0, and nothing was printed", args)
			}
		case <-time.After(time.Second):
			t.Errorf("%v: goes on", args)
		}
		_ = r.Close()
	}
}
