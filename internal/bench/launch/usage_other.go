//go:build !linux

package main

import (
	"os"
	"syscall"
)

// peakMemory is not measured here.
func peakMemory(*os.ProcessState) float64 { return 0 }

func endWithUs() *syscall.SysProcAttr { return nil }
