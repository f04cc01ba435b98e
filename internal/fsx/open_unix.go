//go:build unix && !portable

package fsx

import (
	"errors"
	"syscall"
)

// openFlags: opening a pipe does not wait, and a terminal does not become ours.
const openFlags = syscall.O_NONBLOCK | syscall.O_NOCTTY

const noFollow = syscall.O_NOFOLLOW

func isLeased(err error) bool { return errors.Is(err, syscall.EWOULDBLOCK) }
