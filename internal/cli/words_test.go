//go:build unix

package cli_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"cargohome/internal/cli"
)

// A command with fewer words than it takes, or more, is a wrong command line: the status
// says so, and the message where to look.
func TestCommands_words(t *testing.T) {
	takesAny := []string{"serve", "reextract"}
	needsSome := []string{"pack", "unpack", "mirror", "explain", "completion", "rehash"}
	dir := t.TempDir()
	var try func(cmd *cobra.Command)
	try = func(cmd *cobra.Command) {
		words := strings.Fields(cmd.CommandPath())[1:]
		if !slices.Contains(takesAny, cmd.Name()) {
			wrong(t, dir, append(slices.Clone(words), strings.Fields("a0 a1 a2 a3 a4 a5 a6 a7 a8 a9")...))
		}
		if slices.Contains(needsSome, cmd.Name()) {
			wrong(t, dir, words)
		}
		for _, sub := range cmd.Commands() {
			try(sub)
		}
	}
	for _, cmd := range cli.Commands().Commands() {
		try(cmd)
	}
	wrong(t, dir, []string{"pack", "--diff", "a", "b", "c"})
}

func wrong(t *testing.T, dir string, args []string) {
	t.Helper()
	status, stdout, stderr := runRaw(t, dir, append(args, "--format", "json")...)
	if status != 2 || !strings.Contains(stderr, "\nhelp: ") || stdout != "" {
		t.Errorf("%q ends with %d, %q and\n%s", args, status, stdout, stderr)
	}
}

// No TOML leads to a folder whose name is not UTF-8.
func TestVendor_notUTF8(t *testing.T) {
	dir := newSample(t).dir
	const name = "a\xffb"
	if status, _, stderr := runRaw(t, dir, "vendor", name, "--write-config"); status != 2 || !strings.Contains(stderr, `"a\xffb" is not UTF-8`) {
		t.Errorf("it ends with %d:\n%s", status, stderr)
	}
	if status, _, stderr := runRaw(t, dir, "vendor", name, "--dry-run"); status != 0 || !strings.Contains(stderr, `warning: the configuration does not lead to "a\xffb"`) {
		t.Errorf("it ends with %d:\n%s", status, stderr)
	}
}
