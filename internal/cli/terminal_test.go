//go:build linux

package cli_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"cargohome/internal/cargotest"
	"cargohome/internal/cli"
)

// What would set a terminal's title and colour, turn the direction of writing,
// hide, and fake a line, in the forms that the files below can hold it.
const (
	evil        = "\x1b]0;owned\x07\u202eevil\u200b\u009b31m\nerror: fake"
	evilInName  = "\x1b[31m\u202eevil"
	evilInTOML  = `\u001b]0;owned\u0007\u202eevil\u200b\u009b31m\nerror: fake`
	evilInQuery = "%1B%5D0%3Bowned%07%E2%80%AEevil%C2%9B31m%0Aerror%3A%20fake"
)

const lockHead = "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n\n"

// Texts from every kind of file from outside, in messages of every command.
func TestNothingRawOnTheTerminal(t *testing.T) {
	lock := func(text string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			writeFile(t, filepath.Join(dir, "app", "Cargo.lock"), lockHead+"[[package]]\n"+text+"\n")
		}
	}
	file := func(path, text string) func(*testing.T, string) {
		return func(t *testing.T, dir string) { writeFile(t, filepath.Join(dir, path), text) }
	}
	for name, tt := range map[string]struct {
		plant  func(t *testing.T, dir string)
		args   []string
		status int
	}{
		"name_in_lockfile":    {lock(`name = "` + evilInTOML + `"` + "\nversion = \"1.0.0\""), nil, 1},
		"version_in_lockfile": {lock(`name = "a"` + "\n" + `version = "` + evilInTOML + `"`), nil, 1},
		"source_in_lockfile":  {lock(`name = "a"` + "\nversion = \"1.0.0\"\n" + `source = "` + evilInTOML + `"`), nil, 1},
		"source_url":          {lock(`name = "a"` + "\nversion = \"1.0.0\"\n" + `source = "registry+https://` + evilInTOML + `/"`), nil, 1},
		"branch": {lock(`name = "a"` + "\nversion = \"1.0.0\"\n" + `source = "git+https://example.com/a?branch=` + evilInQuery +
			`#0123456789012345678901234567890123456789"`), nil, 1},
		"checksum":           {lock(`name = "a"` + "\nversion = \"1.0.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n" + `checksum = "` + evilInTOML + `"`), nil, 1},
		"key_in_lockfile":    {lock(`"` + evilInTOML + `" = 1`), nil, 1},
		"syntax_in_lockfile": {file("app/Cargo.lock", evil), nil, 1},
		"name_in_manifest":   {file("app/Cargo.toml", "[package]\nname = \""+evilInTOML+"\"\nversion = \"0.1.0\"\n"), nil, 1},
		"syntax_in_manifest": {file("app/Cargo.toml", "[package]\n"+evil), nil, 1},
		"member_in_manifest": {file("app/Cargo.toml", "[workspace]\nmembers = [\""+evilInTOML+"\"]\n"), nil, 1},
		"key_in_config":      {file("app/.cargo/config.toml", "[source.\""+evilInTOML+"\"]\nreplace-with = \""+evilInTOML+"\"\n"), []string{"--respect-source-config"}, 1},
		"syntax_in_config":   {file("home/config.toml", evil), nil, 1},
		"color_in_config":    {file("home/config.toml", "[term]\ncolor = \""+evilInTOML+"\"\n"), nil, 1},
		"flag":               {func(*testing.T, string) {}, []string{"--" + evil}, 2},
		"directory":          {func(*testing.T, string) {}, []string{"-C", evil}, 1},
		"format":             {func(*testing.T, string) {}, []string{"--format", evil}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			for _, command := range []string{"vendor", "checkout", "reextract"} {
				dir := scenes["vendor"].build(t)
				tt.plant(t, dir)
				args := append([]string{command}, tt.args...)
				switch {
				case command == "reextract":
					args = append(args, "--manifest-path", "Cargo.toml")
				case name == "key_in_config" && command == "checkout", name == "checksum":
					continue // not looked at
				}
				status, stdout, stderr := runRaw(t, dir, args...)
				if command == "vendor" && status != tt.status {
					t.Errorf("%q ends with %d, want %d:\n%q", args, status, tt.status, stderr)
				}
				checkSafe(t, args, stdout+stderr)
			}
		})
	}
}

// What is no error reaches the terminal too: reports, notes, JSON.
func TestNothingRawInReports(t *testing.T) {
	dir := scenes["vendor"].build(t)
	cache := filepath.Join(dir, "home", "registry", "cache", cargotest.CratesIO)
	writeFile(t, filepath.Join(cache, "\x1b[31m\u202eevil\n-1.0.0.crate"), "x")
	destination := filepath.Join(dir, "app", evilInName)
	writeFile(t, filepath.Join(destination, "stale\n"+evilInName), "x")
	for _, args := range [][]string{
		{"reextract", "-v"},
		{"vendor", evilInName}, // refused for what is in it
		{"vendor", "-v", "--dry-run", "--force", evilInName},
		{"vendor", "-v", "--force", evilInName},
		{"checkout", "-v"},
		{"reextract", "--format", "json", "--force"},
		{"vendor", "--format", "json", evilInName},
		{"help", evil}, {evil}, {"completion", evil}, {"reextract", evil}, {"vendor", "--color", evil},
	} {
		_, stdout, stderr := runRaw(t, dir, args...)
		checkSafe(t, args, stderr)
		if !strings.Contains(strings.Join(args, " "), "json") {
			continue
		}
		checkSafe(t, args, stdout)
		if !json.Valid([]byte(stdout)) {
			t.Errorf("%q prints what is not JSON:\n%s", args, stdout)
		}
		var v struct{ Destination string }
		if err := json.Unmarshal([]byte(stdout), &v); err != nil || args[0] == "vendor" && v.Destination != evilInName {
			t.Errorf("the destination is %q (%v), want %q", v.Destination, err, evilInName)
		}
	}
}

func checkSafe(t *testing.T, args []string, text string) {
	t.Helper()
	for _, r := range text {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar) {
			t.Errorf("%q prints %q raw:\n%q", args, r, text)
			return
		}
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "error: fake") {
			t.Errorf("%q prints a line that is not its own:\n%q", args, text)
		}
	}
}

// On a terminal the printed configuration is escaped as well, and still means the
// same.
func TestNothingRawInConfigOnTheTerminal(t *testing.T) {
	if _, err := os.Stat("/dev/ptmx"); err != nil {
		t.Skip("there are no pseudo-terminals here")
	}
	dir := scenes["vendor"].build(t)
	term := openTerminal(t)
	status := cli.Main(t.Context(), &cli.System{
		Args: []string{"cargohome", "vendor", evilInName}, Environ: environ(dir), Dir: filepath.Join(dir, "app"), Stdout: term.tty, Stderr: &bytes.Buffer{},
	})
	if status != 0 {
		t.Fatalf("the run ends with %d", status)
	}
	text := strings.ReplaceAll(term.read(t), "\r\n", "\n")
	checkSafe(t, []string{"vendor"}, text)
	if want := `directory = "\u001B[31m\u202eevil"`; !strings.Contains(text, want) {
		t.Errorf("the terminal shows\n%s\nwant %s in it", text, want)
	}
}
