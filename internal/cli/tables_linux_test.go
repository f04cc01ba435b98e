package cli_test

import (
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cargohome/internal/cargotest"
	"cargohome/internal/cli"
)

// on returns what a run prints on a terminal that has so many columns.
func (p *terminal) on(t *testing.T, width uint16, dir string, args ...string) string {
	t.Helper()
	if err := unix.IoctlSetWinsize(int(p.tty.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: width}); err != nil {
		t.Fatal(err)
	}
	lines := make(chan string)
	go func() { lines <- p.all() }()
	cli.Main(t.Context(), &cli.System{
		Args: append([]string{"cargohome"}, args...), Environ: append(environ(dir), "NO_COLOR=1"), Dir: filepath.Join(dir, "app"),
		Settle: settle, Stdout: p.tty, Stderr: io.Discard,
	})
	p.tty.Close()
	select {
	case text := <-lines:
		return strings.ReplaceAll(text, "\r\n", "\n")
	case <-time.After(10 * time.Second):
		t.Fatal("the terminal does not end")
		return ""
	}
}

// Tables fit the terminal. Where they do not, names come last and whole: nothing before them
// is broken, and nothing is cut.
func TestTables_fit(t *testing.T) {
	dir := t.TempDir()
	home := cargotest.NewHome(t, filepath.Join(dir, "home"))
	const long = "a-crate-with-quite-a-long-name"
	home.Add(cargotest.Crate{Name: long, Version: "1.0.0-alpha.1+build.2026"}, cargotest.Crate{Name: "b", Version: "1.0.0"})
	home.WriteProject(filepath.Join(dir, "app"), cargotest.Project{Name: "app", Deps: []cargotest.Dep{{Name: "b"}}})
	mustRun(t, dir, "reextract")
	for _, args := range [][]string{{"size", "--top", "3"}, {"clean"}, {"clean", "--auto", "-n"}, {"targets", "x86_64-*"}, {"explain", "b"}} {
		piped := runFor(t, dir, args...)
		for _, width := range []int{40, 80, 200} {
			text := openTerminal(t).on(t, uint16(width), dir, args...)
			for line := range strings.Lines(text) {
				line = strings.TrimSuffix(line, "\n")
				if n := len([]rune(line)); n > width && !endsWithWhole(line, width, piped) {
					t.Errorf("%q by %d columns: a line of %d: %s", args, width, n, line)
				}
			}
			if args[0] == "size" && !strings.Contains(text, long) {
				t.Errorf("by %d columns the name is not there:\n%s", width, text)
			}
		}
	}
}

// endsWithWhole reports whether what begins before the end of the terminal, and goes on behind
// it, is one thing that is at the beginning of a line elsewhere, or at an end.
func endsWithWhole(line string, width int, piped string) bool {
	at := strings.LastIndex(line[:width], "  ")
	name := strings.TrimSpace(line[max(at, 0):])
	for other := range strings.Lines(piped) {
		other = strings.TrimSpace(other)
		if strings.HasPrefix(other, name+" ") || strings.HasSuffix(other, name) {
			return true
		}
	}
	return false
}

func runFor(t *testing.T, dir string, args ...string) string {
	t.Helper()
	status, stdout, stderr := runRaw(t, dir, args...)
	if status != 0 {
		t.Fatalf("cargohome %q ends with %d:\n%s", args, status, stderr)
	}
	return stdout
}

// Bars are for where there is room.
func TestTables_bars(t *testing.T) {
	dir := t.TempDir()
	home := cargotest.NewHome(t, filepath.Join(dir, "home"))
	home.Add(cargotest.Crate{Name: "a", Version: "1.0.0"})
	home.WriteProject(filepath.Join(dir, "app"), cargotest.Project{Name: "app"})
	for width, want := range map[uint16]bool{60: false, 200: true} {
		if got := strings.Contains(openTerminal(t).on(t, width, dir, "size"), "====="); got != want {
			t.Errorf("by %d columns there are bars: %v", width, got)
		}
	}
}
