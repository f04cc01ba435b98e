//go:build conform && linux

package conform

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// atWorkTime is how long each setting below is tried; in a second of it, most builds
// fail beside a clean that does not see them.
const atWorkTime = 8 * time.Second

// Builds in a loop, and clean in a loop, where a cargo at work is hard to see: no build
// misses a file.
func TestClean_besideHiddenBuilds(t *testing.T) {
	build := []string{"cargo", "check", "--quiet", "--offline", "--locked", "--target-dir"}
	for name, setting := range map[string]func(t *testing.T, home string) []string{
		"another name": func(t *testing.T, _ string) []string { return append([]string{wrapped(t)}, build[1:]...) },
		"another PID namespace": func(t *testing.T, _ string) []string {
			return append(namespace(t, "--pid", "--fork", "--mount-proc"), build...)
		},
		"another path": func(t *testing.T, _ string) []string {
			script := `mount --bind "$CARGO_HOME" "$0" && CARGO_HOME="$0" exec "$@"`
			return append(append(namespace(t, "--mount"), "sh", "-c", script, t.TempDir()), build...)
		},
		"no database": func(t *testing.T, home string) []string {
			if err := os.Mkdir(filepath.Join(home, ".global-cache"), 0o777); err != nil {
				t.Fatal(err)
			}
			return build
		},
		"damaged database": func(t *testing.T, home string) []string {
			writeText(t, filepath.Join(home, ".global-cache"), "no database, but long enough to be taken for one")
			return build
		},
	} {
		t.Run(name, func(t *testing.T) {
			home, dir := loopHome(t)
			together(t, home, dir, atWorkTime, setting(t, home), []string{binary, "clean", "--auto", "--quiet"})
		})
	}
}

// wrapped returns a cargo of another name, as some distributions have it.
func wrapped(t *testing.T) string {
	t.Helper()
	cargo, err := exec.LookPath("cargo")
	if out, rustup := exec.Command("rustup", "which", "cargo").Output(); rustup == nil {
		cargo = strings.TrimSpace(string(out))
	}
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), ".cc-wrapped")
	command{"", "", []string{"cp", cargo, path}}.output(t)
	return path
}

// namespace returns the words that run a command in new namespaces.
func namespace(t *testing.T, flags ...string) []string {
	t.Helper()
	words := append([]string{"unshare"}, flags...)
	if out, err := exec.Command("unshare", append(flags, "true")...).CombinedOutput(); err != nil {
		t.Skipf("new namespaces cannot be had: %v %s", err, out)
	}
	return words
}
