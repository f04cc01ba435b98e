//go:build unix

package cli_test

import (
	"strings"
	"testing"

	"cargohome/internal/cli"
)

// Help of every command and topic fits 80 columns, speaks of no Go package, and has what a
// flag takes as a word of the sentence, and not behind it.
func TestHelp_texts(t *testing.T) {
	asked := [][]string{{"help"}, {"help", "bundle"}, {"help", "environment"}, {"help", "exit-status"}, {"help", "flags"}, {"vendor", "rehash", "--help"}}
	for _, cmd := range cli.Commands().Commands() {
		asked = append(asked, []string{cmd.Name(), "--help"})
	}
	for _, args := range asked {
		status, stdout, _ := runRaw(t, t.TempDir(), args...)
		if status != 0 {
			t.Errorf("%q ends with %d", args, status)
		}
		for line := range strings.Lines(stdout) {
			if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 80 {
				t.Errorf("%q: a line of %d: %s", args, n, line)
			}
		}
		flowing := strings.Join(strings.Fields(stdout), " ")
		for _, wrong := range []string{"[Reader]", "[Writer]", "Package bundle", "member PATH", ", TOML", ": TEXT", "that has VERSION", ": 1.NN", "default -1"} {
			if strings.Contains(flowing, wrong) {
				t.Errorf("%q says %q", args, wrong)
			}
		}
	}
}
