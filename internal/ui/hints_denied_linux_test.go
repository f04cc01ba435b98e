package ui

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"cargohome/internal/cargotest"
)

// A folder above that may be entered, and not written to, is not at fault.
func TestDenying(t *testing.T) {
	cargotest.NotPortable(t, "what is permitted is not told")
	if os.Getuid() != 0 {
		t.Skip("only root may become somebody else")
	}
	top := t.TempDir() // of root
	own, locked := filepath.Join(top, "own"), filepath.Join(top, "locked")
	err := errors.Join(os.Chmod(filepath.Dir(top), 0o755), os.Chmod(top, 0o755), os.MkdirAll(filepath.Join(own, "in"), 0o755), os.MkdirAll(filepath.Join(locked, "in"), 0o755),
		os.Chown(own, 4242, 4242), os.Chown(filepath.Join(own, "in"), 4242, 4242), os.Chmod(locked, 0o700))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ path, want string }{
		{filepath.Join(own, "in"), ""},
		{filepath.Join(own, "new"), ""},
		{own, top},
		{filepath.Join(top, "new"), top},
		{filepath.Join(locked, "in", "new"), locked},
	} {
		if got := deniedTo(4242, tt.path); got != tt.want {
			t.Errorf("of %s, %q is at fault, and it should be %q", tt.path, got, tt.want)
		}
	}
}

// deniedTo asks as a user, on a thread that ends with that.
func deniedTo(user uintptr, path string) string {
	at := make(chan string)
	go func() {
		runtime.LockOSThread()
		if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, user, user, user); errno != 0 {
			at <- errno.Error()
			return
		}
		denied, _ := denying(path)
		at <- denied
	}()
	return <-at
}
