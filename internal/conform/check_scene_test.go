//go:build conform && unix

package conform

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cargohome/internal/cargotest"
)

// checkCase is one thing that is wrong with a site, or right though it is unusual.
type checkCase struct {
	site  *checkSite
	name  string
	harm  func(t *testing.T, dir string) error // does it in a copy of the site, each time the same
	flags []string                             // of check
	env   []string                             // of check and cargo

	// carried says what becomes of the copy on its way to where cargo is run, which check
	// is asked about beforehand.
	carried func(t *testing.T, dir string) error

	// limited: the programs are run as somebody whom permissions bind.
	limited bool

	seen string // the copy that check looked at
}

// checkReport is what check prints.
type checkReport struct {
	Format   int
	Complete bool
	Findings []checkFinding
}

type checkFinding struct {
	Code, Package, Version, Source, Path, Reason string

	Breaks []string
	Remedy struct{ Kind, Command string }
}

// oracles are the commands all of which work if nothing is wrong.
var oracles = []string{
	"cargo metadata --format-version=1 --offline --frozen",
	"cargo fetch --offline --frozen",
	"cargo tree --target=all --offline --frozen",
	"cargo check --workspace --all-targets --offline --frozen",
}

// test is run, beside others.
func (c *checkCase) test(t *testing.T) {
	t.Parallel()
	c.run(t)
}

// run has check look at the case, and believes it only what cargo confirms: that nothing is
// wrong if all commands work, and a finding if one fails that is to fail for it.
func (c *checkCase) run(t *testing.T) {
	report, status, stderr := c.check(t)
	switch {
	case strings.Contains(stderr, "goroutine ") || status != 0 && status != 1 && status != 3:
		t.Errorf("check ends with %d:\n%s", status, stderr)
	case status == 3 && len(report.Findings) == 0, status == 0 && (len(report.Findings) > 0 || !report.Complete):
		t.Errorf("check ends with %d, and prints %+v\n%s", status, report, stderr)
	case status == 0:
		if what, said := c.broken(t); what != "" {
			t.Errorf("nothing is found, but %q fails:\n%s", what, said)
		}
	case status == 1:
		if what, _ := c.broken(t); what == "" {
			t.Errorf("check cannot look, but cargo works:\n%s", stderr)
		}
	}
	c.confirm(t, report.Findings)
}

// broken returns the first of the commands that fails, and what it says.
func (c *checkCase) broken(t *testing.T) (what, said string) {
	for _, line := range oracles {
		if c.site.quick && strings.HasPrefix(line, "cargo check") {
			continue
		}
		if said, ok := c.works(t, line, patience); !ok {
			return line, said
		}
	}
	return "", ""
}

// confirm: what findings say to break, breaks. Each command is run once, beside the others:
// some wait for what never comes.
func (c *checkCase) confirm(t *testing.T, findings []checkFinding) {
	t.Helper()
	told := map[string]checkFinding{} // by the command, the first that names it
	for _, f := range findings {
		if f.Code == "" || f.Reason == "" || len(f.Breaks) == 0 {
			t.Errorf("a finding that does not say enough: %+v", f)
		}
		for _, line := range f.Breaks {
			if _, ok := told[line]; !ok {
				told[line] = f
			}
		}
	}
	var all sync.WaitGroup
	for line, f := range told {
		all.Go(func() {
			if _, ok := c.works(t, line, patience/6); ok {
				t.Errorf("%q works, though it is to fail for %+v", line, f)
			}
		})
	}
	all.Wait()
}

// check runs check in a copy of the site, and sees that it changes nothing.
func (c *checkCase) check(t *testing.T) (report checkReport, status int, stderr string) {
	t.Helper()
	dir := c.scene(t)
	c.seen = dir
	before := inodes(t, dir)
	cmd := c.command(t, dir, append([]string{binary, "check", "--format", "json"}, c.flags...), patience)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	status = cmd.ProcessState.ExitCode()
	if err := json.Unmarshal(out, &report); err != nil && status != 1 {
		t.Errorf("check prints no JSON (%v): %s", err, out)
	}
	for _, f := range report.Findings {
		codesSeen.Store(f.Code, true)
	}
	if after := inodes(t, dir); after != before {
		t.Errorf("check changed something; (%v)\n%s", err, cargotest.DiffLines(strings.Split(before, "\n"), after, ""))
	}
	return report, status, errs.String()
}

// works runs a command line, cargo's or ours, in a copy of its own: one mends now and then
// what fails another.
func (c *checkCase) works(t *testing.T, line string, in time.Duration) (said string, ok bool) {
	t.Helper()
	dir := c.scene(t)
	if c.seen != "" { // our commands name files of that copy
		line = strings.ReplaceAll(line, c.seen, dir)
	}
	words, env := shellWords(line), []string(nil)
	if len(words) > 2 && words[0] == "env" {
		words, env = words[2:], words[1:2]
	}
	programs := map[string]string{"cargo": realCargo(t), "cargohome": binary}
	if len(words) == 0 || programs[words[0]] == "" {
		t.Errorf("%q is no command of cargo's or ours", line)
		return "", true
	}
	words[0] = programs[words[0]]
	if c.carried != nil {
		if err := c.carried(t, dir); err != nil {
			t.Fatal(err)
		}
	}
	cmd := c.command(t, dir, words, in)
	cmd.Env = append(cmd.Env, env...)
	var errs strings.Builder
	cmd.Stderr = &errs
	err := cmd.Run()
	return errs.String(), err == nil
}

// shellWords takes a command line apart, which may have words in single quotes.
func shellWords(line string) (words []string) {
	for n, part := range strings.Split(line, "'") {
		if n%2 == 1 {
			words = append(words, part)
		} else {
			words = append(words, strings.Fields(part)...)
		}
	}
	return words
}

// patience is how long a command has that should work, where many are run at a time.
const patience = time.Minute

// command is one to be run in the project of a copy. One that takes longer is ended, as cargo
// waits for pipes.
func (c *checkCase) command(t *testing.T, dir string, words []string, in time.Duration) *exec.Cmd {
	t.Helper()
	if c.limited && os.Getuid() == 0 {
		words = append([]string{"setpriv", "--bounding-set=-dac_override,-dac_read_search"}, words...)
	}
	ctx, cancel := context.WithTimeout(t.Context(), in)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.WaitDelay = time.Second
	cmd.Dir = filepath.Join(dir, "app")
	cmd.Env = append(os.Environ(), "CARGO_HOME="+filepath.Join(dir, "home"), "CARGO_TARGET_DIR="+filepath.Join(dir, "target"), "CARGO_TERM_COLOR=never",
		"CARGO_INCREMENTAL=0", "PATH="+filepath.Dir(realCargo(t))+string(filepath.ListSeparator)+os.Getenv("PATH"))
	cmd.Env = append(cmd.Env, c.env...)
	return cmd
}

// scene copies the site and does the harm.
func (c *checkCase) scene(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "site")
	if err := cargotest.CopyTree(c.site.dir, dir); err != nil {
		t.Fatal(err)
	}
	if c.harm != nil {
		if err := c.harm(t, dir); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// realCargo is the cargo that rustup would run, as it takes its time for that.
func realCargo(t *testing.T) string {
	t.Helper()
	path, err := findCargo()
	if err != nil {
		t.Skip(err)
	}
	return path
}

var findCargo = sync.OnceValues(func() (string, error) {
	if out, err := exec.Command("rustup", "which", "cargo").Output(); err == nil {
		return strings.TrimSpace(string(out)), nil
	}
	path, err := exec.LookPath("cargo")
	if err != nil {
		err = fmt.Errorf("cargo is not installed: %w", err)
	}
	return path, err
})
