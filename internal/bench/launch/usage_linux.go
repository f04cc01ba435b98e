package main

import (
	"os"
	"syscall"
)

// peakMemory is the largest resident size of a process that ended, in bytes.
func peakMemory(p *os.ProcessState) float64 {
	if usage, ok := p.SysUsage().(*syscall.Rusage); ok {
		return float64(usage.Maxrss << 10)
	}
	return 0
}

// endWithUs has a child killed when this program is.
func endWithUs() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
