package fsx

import "errors"

var (
	// ErrLocked is the error for what somebody else has locked.
	ErrLocked = errors.New("somebody else has it locked")
	// ErrNoLocks is the error where nothing can be locked.
	ErrNoLocks = errors.New("no locks here")
)
