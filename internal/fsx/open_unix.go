//go:build unix

package fsx

import "syscall"

// openFlags: opening a pipe does not wait, and a terminal does not become ours.
const openFlags = syscall.O_NONBLOCK | syscall.O_NOCTTY
