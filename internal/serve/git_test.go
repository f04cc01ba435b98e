package serve_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cargohome/gitsrc/object"
	"cargohome/internal/cargotest"
	"cargohome/internal/registry"
	"cargohome/internal/serve"
)

const repository = "lib-0123456789abcdef"

// newGitSite is a server of a repository, of which it returns the two commits.
func newGitSite(t *testing.T) (base string, commits []string) {
	t.Helper()
	h := newHeldHome(t)
	for _, text := range []string{"one", "two"} {
		commits = append(commits, h.AddRepository(repository, "https://example.com/lib", map[string][]byte{"Cargo.toml": []byte(text)}))
	}
	s := newLiveSite(t, h, func(o *serve.Options, _ *registry.LiveOptions) { o.Homes = []string{h.Dir} })
	return strings.TrimSuffix(s.base, "crates-io/") + "git/", commits
}

func pkt(line string) string { return fmt.Sprintf("%04x%s", len(line)+4, line) }

// What a repository has is shown as those have it who were fetched from.
func TestGit_references(t *testing.T) {
	base, commits := newGitSite(t)
	head := func(name string) request {
		return request{path: name + "/info/refs?service=git-upload-pack", status: 200, check: func(t *testing.T, r *http.Response, body string) {
			begin := pkt("# service=git-upload-pack\n") + "0000"
			if !strings.HasPrefix(body, begin) || !strings.Contains(body, commits[1]+" HEAD\x00multi_ack_detailed ") || !strings.HasSuffix(body, "0000") ||
				r.Header.Get("Content-Type") != "application/x-git-upload-pack-advertisement" {
				t.Errorf("it is %q, of %q", body, r.Header.Get("Content-Type"))
			}
		}}
	}
	head(repository).run(t, base)
	head(repository+".git").run(t, base)
	for _, path := range []string{
		repository + "/info/refs", repository + "/info/refs?service=git-receive-pack", repository + "/HEAD", repository + "/objects/info/packs", repository + "/config",
		"other-0123456789abcdef/info/refs?service=git-upload-pack", "../registry/info/refs?service=git-upload-pack", repository + "/../../../info/refs?service=git-upload-pack",
		repository + "/git-upload-pack", ".git/info/refs?service=git-upload-pack",
	} {
		request{path: path, status: 404}.run(t, base)
	}
	request{path: repository + "/info/refs", method: "POST", status: 404}.run(t, base)
	request{path: repository + "/git-receive-pack", method: "POST", status: 405}.run(t, base)
}

func post(t *testing.T, url, body string) (status int, answer string) {
	t.Helper()
	r, err := http.Post(url, "application/x-git-upload-pack-request", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(data)
}

// Whoever wants a commit gets all that there is, in the band that was agreed on or without.
func TestGit_pack(t *testing.T) {
	base, commits := newGitSite(t)
	url := base + repository + "/git-upload-pack"
	done := "0000" + pkt("done\n")
	for _, commit := range commits {
		status, answer := post(t, url, pkt("want "+commit+" ofs-delta\n")+done)
		pack, ok := strings.CutPrefix(answer, pkt("NAK\n"))
		if status != 200 || !ok || !strings.HasPrefix(pack, "PACK\x00\x00\x00\x02\x00\x00\x00\x06") {
			t.Errorf("status %d, and it is %q", status, answer)
		}
	}
	_, answer := post(t, url, pkt("want "+commits[0]+" side-band-64k agent=x\n")+done)
	if _, pack, ok := strings.Cut(answer, "\x01PACK"); !ok || !strings.HasSuffix(pack, "0000") {
		t.Errorf("it is %q", answer)
	}
	// As long as the client tells what it has, it is told to go on.
	if _, answer := post(t, url, pkt("want "+commits[0]+"\n")+"0000"+pkt("have "+strings.Repeat("1", 40)+"\n")+"0000"); answer != pkt("NAK\n") {
		t.Errorf("it is %q", answer)
	}
}

// What is not there is said not to be, and what is no request ends nothing.
func TestGit_hostile(t *testing.T) {
	base, commits := newGitSite(t)
	url := base + repository + "/git-upload-pack"
	blob := object.BlobName([]byte("one"))
	for body, want := range map[string]struct {
		status int
		says   string
	}{
		pkt("want "+strings.Repeat("1", 40)+"\n") + "0000" + pkt("done\n"): {200, "ERR upload-pack: not our ref"},
		pkt("want ../../x\n") + "0000" + pkt("done\n"):                     {200, `ERR upload-pack: not our ref "../../x"`},
		pkt("want "+blob+"\n") + "0000" + pkt("done\n"):                    {200, "PACK"},
		"": {200, ""}, "0000": {200, ""}, "zzzz": {400, "errors"}, "0001": {400, "errors"}, "ffff": {400, "errors"}, "-001": {400, "errors"},
		pkt("deepen 1\n"): {400, "errors"}, pkt("want " + commits[0] + "\n"): {200, ""},
		strings.Repeat(pkt("have "+commits[0]+"\n"), 100_000): {400, "errors"},
	} {
		if status, answer := post(t, url, body); status != want.status || !strings.Contains(answer, want.says) {
			t.Errorf("%.80q: status %d, %.200q", body, status, answer)
		}
	}
}

// The configuration of git names what can be named in it, and nothing else.
func TestGit_config(t *testing.T) {
	h := cargotest.NewHome(t, filepath.Join(t.TempDir(), "home"))
	for i, url := range []string{"https://example.com/lib", "https://user:secret@example.com/lib", "https://example.com/a\"b", ""} {
		h.AddRepository(fmt.Sprintf("lib%d-0123456789abcdef", i), url, map[string][]byte{"a": nil})
	}
	h.AddRepository("no-folder", "https://example.com/no", map[string][]byte{"a": nil})
	list := serve.Repositories([]string{h.Dir, h.Dir, filepath.Join(h.Dir, "none")})
	if names := len(list); names != 4 || !slices.Equal(list[0].URLs, []string{"https://example.com/lib"}) {
		t.Errorf("they are %q", list)
	}
	const want = "[url \"https://h/git/lib0-0123456789abcdef\"]\n    insteadOf = https://example.com/lib\n"
	if got := serve.GitConfig(list, "https://h"); got != want {
		t.Errorf("it is %q", got)
	}
	if text := []byte(serve.GitConfig(list, "https://h")); bytes.Contains(text, []byte("secret")) {
		t.Error("it shows a secret")
	}
}
