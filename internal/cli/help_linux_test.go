package cli_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cargohome/internal/cli"
)

// Help fits the terminal, but for what is to be pasted or set off.
func TestHelp_fits(t *testing.T) {
	for width, most := range map[uint16]int{40: 40, 80: 80, 200: 100} {
		for _, args := range [][]string{{"help"}, {"vendor", "--help"}, {"clean", "--help"}, {"help", "flags"}} {
			p := openTerminal(t)
			if err := unix.IoctlSetWinsize(int(p.tty.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: width}); err != nil {
				t.Fatal(err)
			}
			lines := make(chan string)
			go func() { lines <- p.all() }()
			cli.Main(t.Context(), &cli.System{Args: append([]string{"cargohome"}, args...), Dir: t.TempDir(), Stdout: p.tty, Stderr: io.Discard})
			p.tty.Close()
			select {
			case text := <-lines:
				checkWidth(t, args, text, most)
			case <-time.After(10 * time.Second):
				t.Fatal("the terminal does not end")
			}
		}
	}
}

// all returns what is written to the terminal until it is closed.
func (p *terminal) all() string {
	var b strings.Builder
	_, _ = io.Copy(&b, p.master) // it ends with an error when nobody has the other end
	return b.String()
}

func checkWidth(t *testing.T, args []string, text string, most int) {
	t.Helper()
	longest := 0
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		line = strings.NewReplacer("\x1b[1;32m", "", "\x1b[0m", "").Replace(line)
		if line == "" || line[0] == ' ' && !strings.HasPrefix(line, "  -") {
			continue // set off
		}
		if n := len([]rune(line)); n > most && !strings.HasPrefix(line, "Usage:") {
			t.Errorf("%q by %d columns: a line of %d: %s", args, most, n, line)
		} else {
			longest = max(longest, n)
		}
	}
	if longest < most*2/3 {
		t.Errorf("%q by %d columns: no line is longer than %d", args, most, longest)
	}
}
