//go:build unix

package archive_test

import (
	"os"
	"syscall"
	"testing"
)

// The umask decides modes, so the tests bring their own.
func TestMain(m *testing.M) {
	syscall.Umask(0o022)
	os.Exit(m.Run())
}
