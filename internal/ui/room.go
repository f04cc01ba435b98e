package ui

import (
	"fmt"
	"strings"
)

// RoomError ends a run for which there was no room, and says how much there is.
type RoomError struct {
	Err    error  // what failed
	Path   string // that was written to
	Needed int64  // bytes that all of it takes, about; 0 if that is not known
	Free   int64  // bytes that are free there, after all was cleared away again
	Gives  int64  // bytes that `cargohome clean --auto` gives back there, 0 for none
}

func (e *RoomError) Error() string { return e.Err.Error() }
func (e *RoomError) Unwrap() error { return e.Err }

// Hint says what the user can do about it.
func (e *RoomError) Hint() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the disk or quota is full (of bytes, or of files): %s has room for %s", e.Path, size(e.Free))
	if e.Needed > 0 {
		fmt.Fprintf(&b, ", and about %s are needed", size(e.Needed))
	}
	if e.Gives > 0 {
		fmt.Fprintf(&b, "; `cargohome clean --auto` gives back %s there, which needs no network to be had again", size(e.Gives))
	}
	return b.String()
}
