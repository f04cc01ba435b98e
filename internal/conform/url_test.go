//go:build conform

package conform

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/crate"
	"cargohome/internal/home"
	"cargohome/internal/tomltext"
)

// oddURLs are those whose canonical form is more than the text.
var oddURLs = []string{
	"https://git.corp.example/scm/My%20Repo.git", "https://h/a%2Fb.git", "https://h/a%2fb", "https://h/%.git", "https://h/a b.git", "https://h/ä.git", "https://h/100%25.git",
	"https://h/x?y=z", "https://h/x.git?y=z", "https://h/x/?y=z", "https://h/x.git/?y=z", "https://h/x?y=z.git", "https://h/x.git#f", "https://h/x#f.git", "https://h/x?a b'c#d e`f", "https://h/x?", "https://h/x#", "https://h/x?#",
	"https://h", "https://h/", "https://h//", "https://h/x/", "https://h/x//", "https://h/x.git//", "https://h/.git", "https://h/a/.git", "https://h/..git", "https://h/a/..git", "https://h/a/...git", "https://h/...git", "https://h/x.git.git", "https://h/x.GIT",
	"https://github.com//A b.git/#f", "https://h//x%.git", "https://h///x.git", "https://h//a/x.git", "ssh://h//x.git", "https://h//..git", "https://h/a/../b.git", "https://h/a/./b.git", "https://h/a/%2e%2e/b.git", "https://h/a/%2E.git", "https://h/a\\b.git", "HTTPS://H:443/X.git", "https://h:444/x", "https://u:p@h/x.git", "https://u%40x@h/x.git", "https://@h/x",
	"https://github.com/Foo/Bar.git", "http://github.com/Foo/Bar/", "git://github.com/Foo/Bar", "git://GitHub.com/Foo/Bar", "https://GitHub.COM/Foo/Bar.GIT", "ssh://git@github.com/Foo/B%20R.git", "ssh://git@github.com:443/Foo/Bar.git", "ssh://git@github.com:22/Foo/Bar.git",
	"git://github.com", "git://github.com/", "git://github.com/a/b\\", "git://github.com/a\\..\\b.git", "git://github.com/a^b|c.git", "http://github.com:80/a", "http://github.com:443/a", "https://www.github.com/Foo/Bar", "https://github.com/Foo%2FBar.git", "https://github.com/Foo/Bar.git?A=B#C", "git://github.com/Foo?Q'R",
	"ssh://h", "ssh://h/", "ssh://h/a\\b.git", "ssh://H/a b.git", "ssh://h/a/%2e.git", "ssh://h/..git", "git://h/~user/x.git", "ssh://git@h:2222/a%b.git", "ssh://h/x^y{z}.git", "ssh://[::1]/x.git", "https://[::1]:8/x.git", "https://1.2.3/x.git", "https://0x7f.1/x", "https://h.%61/x", "https://bücher.example/x.git",
	"file:///a/b.git", "file:///a/b.git/", "file:///a/../b.git", "file:///C:/.git", "file:///", "file://host/a.git", "file:///a%25.git", "file:/a/b.git", "file:a/b", "https:h/x", "https:///h/x", "git@h:x", "h/x", "", "https://", "https://h:99999/", "https://a b/", "https://h/\tx.git", " https://h/x.git ",
}

// randomURL puts one together from parts that some parser treats specially.
func randomURL(r *rand.Rand) string {
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	text := pick("https://", "https://", "http://", "ssh://", "git://", "file://") + pick("", "", "", "git@", "u:p@")
	text += pick("h", "H.Example", "github.com", "github.com", "GitHub.com", "[::1]", "") + pick("", "", "", ":443", ":80", ":8080")
	for range r.IntN(4) {
		text += "/" + pick("", "a", "A b", ".", "..", "%2e", "%2E%2e", "x%20y", "%", "%zz", "é", "d:", "a\\b", "q'r", "{z}", "^", "|", "~u", "a;b=c", "`", "\"", "<>", "+&=")
		text += pick("", "", "", ".git", ".git.git", ".GIT", ".")
	}
	return text + pick("", "", "/", "//", ".git", ".git/") + pick("", "", "", "?y=z", "?a'b c", "?", "?x.git", "?%25") + pick("", "", "", "#f", "#", "#a`b", "#.git")
}

// The folders in git/db and registry/index that cargo fetches into have the names
// computed here. It asks a git that only tells where it was called.
func TestFolderNames_odd_URLs(t *testing.T) {
	needCargo(t)
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "git"), []byte("#!/bin/sh\npwd >\"$WHERE\"\nexit 1\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	urls := append([]string{}, oddURLs...)
	seed := uint64(1) // the short run is to say the same each time
	if !testing.Short() {
		seed = rand.Uint64()
	}
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 60 {
		urls = append(urls, randomURL(r))
	}
	for _, u := range urls {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			sameFolder(t, u, "git", func() (crate.SourceID, error) {
				return crate.NewGitSource(u, crate.GitRef{Kind: crate.DefaultBranch})
			})
			if !strings.HasPrefix(strings.TrimSpace(u), "sparse+") {
				sameFolder(t, u, "registry-index", func() (crate.SourceID, error) { return crate.NewRegistrySource(u) })
			}
		})
	}
}

// sameFolder lets cargo fetch a dependency whose source has the URL u.
func sameFolder(t *testing.T, u, key string, source func() (crate.SourceID, error)) {
	t.Helper()
	root := t.TempDir()
	where := filepath.Join(root, "where")
	write(t, filepath.Join(root, "p", "src", "lib.rs"), "")
	write(t, filepath.Join(root, "p", "Cargo.toml"), fmt.Sprintf("[package]\nname = \"p\"\nversion = \"0.1.0\"\n[dependencies.d]\nversion = \"1\"\n%s = %s\n", key, tomltext.String(u)))
	cmd := exec.Command("cargo", "fetch")
	cmd.Dir = filepath.Join(root, "p")
	cmd.Env = append(os.Environ(), "CARGO_HOME="+filepath.Join(root, "home"), "WHERE="+where, "CARGO_NET_GIT_FETCH_WITH_CLI=true", "CARGO_NET_RETRY=0", "CARGO_HTTP_PROXY=http://127.0.0.1:1")
	stderr, err := cmd.CombinedOutput()
	if err == nil {
		t.Fatalf("cargo fetches %q", u)
	}
	src, err := source()
	dir, readErr := os.ReadFile(where)
	if (err == nil) != (readErr == nil) {
		t.Errorf("%s %q: cargo says\n%s\nours: %v", key, u, stderr, err)
	}
	if err != nil || readErr != nil {
		return
	}
	path := strings.TrimSuffix(strings.TrimSpace(string(dir)), "/.git")
	rel, err := filepath.Rel(filepath.Join(root, "home"), path)
	if err != nil {
		t.Fatal(err)
	}
	if current, _ := home.Ident(src); filepath.Base(filepath.Dir(rel)) != "db" && filepath.Base(filepath.Dir(rel)) != "index" || filepath.Base(rel) != current {
		t.Errorf("%s %q: cargo fetches into %s, the computed name is %s (%s)", key, u, rel, current, src.CanonicalURL())
	}
}
