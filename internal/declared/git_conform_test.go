//go:build conform

package declared_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPackages_repositories asks about the workspaces in real repositories, and about a
// project that depends on each from there. Cargo fetches the rest from crates.io.
func TestPackages_repositories(t *testing.T) {
	repos := os.Getenv("CARGOHOME_GIT")
	if repos == "" {
		t.Skip("CARGOHOME_GIT is not set: no real repositories")
	}
	found, err := filepath.Glob(filepath.Join(repos, "*.git"))
	if err != nil || len(found) == 0 {
		t.Fatalf("no repositories in %s (%v)", repos, err)
	}
	for _, repo := range found {
		name := strings.TrimSuffix(filepath.Base(repo), ".git")
		root := t.TempDir()
		p := &project{dir: filepath.Join(root, name), home: filepath.Join(root, "home"), env: gitEnv(t, root)}
		t.Run(name+"/workspace", func(t *testing.T) {
			p.t = t
			p.git("clone", "--quiet", "--shared", repo, p.dir)
			p.fetchAndAsk()
		})
		app := &project{dir: filepath.Join(root, "app"), home: p.home, env: p.env}
		t.Run(name+"/dependency", func(t *testing.T) {
			app.t = t
			app.write("src/main.rs", "fn main() {}\n")
			app.write("Cargo.toml", fmt.Sprintf("[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\n%s = { git = \"file://%s\" }\n", name, repo))
			app.fetchAndAsk()
		})
	}
}

func (p *project) fetchAndAsk() {
	p.t.Helper()
	_, err := p.cargo("fetch", "--quiet")
	p.must(err)
	p.load()
	p.askAll()
}

func gitEnv(t *testing.T, root string) []string {
	t.Helper()
	config := filepath.Join(root, "gitconfig")
	if err := os.WriteFile(config, []byte("[safe]\n\tdirectory = *\n[protocol \"file\"]\n\tallow = always\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return []string{"GIT_CONFIG_GLOBAL=" + config, "CARGO_NET_GIT_FETCH_WITH_CLI=true", "CARGO_TARGET_DIR=" + filepath.Join(root, "target")}
}

func (p *project) git(args ...string) {
	p.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Env = append(os.Environ(), p.env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		p.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func (p *project) write(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.dir, filepath.FromSlash(name))
	p.must(os.MkdirAll(filepath.Dir(path), 0o755))
	p.must(os.WriteFile(path, []byte(text), 0o644))
}
