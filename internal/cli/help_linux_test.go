package cli_test

import (
	"io"
	"strings"
	"testing"
)

// Help fits the terminal, but for what is to be pasted or set off.
func TestHelp_fits(t *testing.T) {
	for width, most := range map[uint16]int{40: 40, 80: 80, 200: 100} {
		for _, args := range [][]string{{"help"}, {"vendor", "--help"}, {"clean", "--help"}, {"help", "flags"}} {
			checkWidth(t, args, openTerminal(t).on(t, width, t.TempDir(), args...), most)
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
