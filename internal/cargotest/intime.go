package cargotest

import "time"

// InTime fails if f waits for something: the other end of a pipe.
func InTime(t T, f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatalf("hangs")
	}
}
