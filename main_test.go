//go:build unix

package main

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if os.Getenv("CARGOHOME_TEST_ABORT") != "" {
		abortAsSuch()
		go panic("in nobody's hands")
		time.Sleep(time.Minute)
	}
	os.Exit(m.Run())
}

// An abort of the runtime has not the status of a wrong command line.
func TestAbort(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "CARGOHOME_TEST_ABORT=1")
	cmd.Dir = t.TempDir()
	var exit *exec.ExitError
	if err := cmd.Run(); !errors.As(err, &exit) {
		t.Fatalf("error is %v, want an abort", err)
	}
	if status := exit.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != syscall.SIGABRT || status.CoreDump() {
		t.Errorf("it ended by %v, want SIGABRT without a core", exit)
	}
}
