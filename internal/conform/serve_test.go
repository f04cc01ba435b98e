//go:build conform

package conform

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/internal/serve"
)

// From an empty home, with nothing else to reach, projects that depend on repositories build
// from a server of what a home has, whoever fetches: libgit2 or git.
func TestServe_git(t *testing.T) {
	for _, name := range []string{"regalloc2", "tracing", "winit"} {
		if testing.Short() && name != "regalloc2" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			project, home := gitProject(t, name)
			lock, err := os.ReadFile(filepath.Join(project, "Cargo.lock"))
			if err != nil {
				t.Fatal(err)
			}
			user := gitUser(t, home, name)
			for _, withGit := range []bool{false, true} {
				t.Setenv("GIT_CONFIG_GLOBAL", filepath.Join(user, ".gitconfig"))
				t.Setenv("CARGO_NET_GIT_FETCH_WITH_CLI", fmt.Sprint(withGit))
				m := newMirrored(t, project, home, served)
				m.must(t, project, "fetch", "--locked")
				m.must(t, project, "check", "--locked", "--quiet")
				if now, err := os.ReadFile(filepath.Join(project, "Cargo.lock")); err != nil || !bytes.Equal(now, lock) {
					t.Errorf("the lockfile has changed (%v)", err)
				}
			}
		})
	}
}

// gitUser sets the folder of a user, in which git's configuration is the one that the server of
// a home prints, but for where the test has fetched from. What rustup has stays where it is.
func gitUser(t *testing.T, home, name string) string {
	t.Helper()
	if os.Getenv("RUSTUP_HOME") == "" {
		if dir, err := os.UserHomeDir(); err == nil {
			t.Setenv("RUSTUP_HOME", filepath.Join(dir, ".rustup"))
		}
	}
	user := t.TempDir()
	config := serve.GitConfig(serve.Repositories([]string{home}), "http://127.0.0.1:8000")
	clone := "file://" + filepath.Join(os.Getenv("CARGOHOME_GIT"), name)
	if !strings.Contains(config, clone) {
		t.Errorf("git is told:\n%s", config)
	}
	write(t, filepath.Join(user, ".gitconfig"), strings.ReplaceAll(config, clone, gitProjects[name].url))
	t.Setenv("HOME", user)
	return user
}
