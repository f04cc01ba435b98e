package cli_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal is a pseudo-terminal.
type terminal struct{ master, tty *os.File }

func openTerminal(t *testing.T) *terminal {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fd := int(master.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	tty, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tty.Close(); master.Close() })
	return &terminal{master, tty}
}

// read returns what was written to the terminal, up to 64 KiB.
func (p *terminal) read(t *testing.T) string {
	t.Helper()
	buf := make([]byte, 1<<16)
	done := make(chan int)
	go func() {
		n, _ := p.master.Read(buf)
		done <- n
	}()
	select {
	case n := <-done:
		return string(buf[:n])
	case <-time.After(5 * time.Second):
		t.Fatal("nothing was written to the terminal")
		return ""
	}
}
