//go:build unix

package staging

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// A pipe in the place of the folder is nothing that can be locked, and not waited for.
func TestLock_pipe(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o666); err != nil {
		t.Skip(err)
	}
	done := make(chan error)
	go func() {
		unlock, err := Lock(t.Context(), pipe, func() { t.Error("it waits") })
		if err == nil {
			err = unlock()
		}
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("hangs")
	}
}
