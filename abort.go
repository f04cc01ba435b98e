package main

import "runtime/debug"

// abortAsSuch makes what the Go runtime cannot survive, such as a stack without end, kill
// the process by a signal. Its own status for that would be 2, which here says that the
// command line is wrong.
func abortAsSuch() {
	debug.SetTraceback("crash")
	forbidCore()
}
