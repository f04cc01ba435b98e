// Launch runs a program and prints, as JSON on stdout, what it took:
//
//	launch PROGRAM ARGUMENT...
//
// The program's own output is dropped, its errors pass through. This is a program of
// its own because it is small: until a child has called exec it has the memory of its
// parent, and Linux counts that as the child's (exec_mmap), so whatever is started by
// a large program seems to be large.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"time"
)

// usage is what a run took.
type usage struct {
	Seconds float64 `json:"seconds"`
	CPU     float64 `json:"cpu"`  // seconds of all processors, in the program and for it in the system
	Peak    float64 `json:"peak"` // resident memory in bytes
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: launch PROGRAM ARGUMENT...")
		os.Exit(2)
	}
	// Not longer than the thread that started it does the program live on Linux.
	runtime.LockOSThread()
	u, err := run(os.Args[1], os.Args[2:])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(u)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(program string, args []string) (usage, error) {
	cmd := exec.Command(program, args...)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = endWithUs()
	began := time.Now()
	err := cmd.Run()
	took := time.Since(began)
	if err != nil {
		return usage{}, fmt.Errorf("%s: %w", program, err)
	}
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return usage{took.Seconds(), cpu.Seconds(), peakMemory(cmd.ProcessState)}, nil
}
