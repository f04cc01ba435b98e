//go:build conform

package conform

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cargohome/internal/cargotest"
)

// serveVariable has the program of the tests serve a folder, as any web server does, at the
// address that a mirror has if nothing else is said, while it runs a command.
const serveVariable = "CARGOHOME_TEST_SERVE"

// serveAndRun is what it does then. In a namespace of its own it has to have a loopback.
func serveAndRun(dir string, args []string) (status int) {
	raiseLoopback()
	listener, err := net.Listen("tcp", "127.0.0.1:8000")
	if err != nil {
		panic(err)
	}
	go func() { _ = http.Serve(listener, http.FileServer(http.Dir(dir))) }()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	_ = cmd.Run()
	return cmd.ProcessState.ExitCode()
}

func raiseLoopback() {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		return
	}
	defer unix.Close(fd)
	if lo, err := unix.NewIfreq("lo"); err == nil {
		lo.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
		_ = unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo)
	}
}

// mirrored is a mirror, and an empty home whose configuration has cargo use it.
type mirrored struct{ dir, home, layout string }

// newMirrored makes a mirror of what a home has; the configuration is what is printed.
func newMirrored(t *testing.T, project, home, layout string, flags ...string) mirrored {
	t.Helper()
	dir := t.TempDir()
	m := mirrored{filepath.Join(dir, "mirror"), filepath.Join(dir, "home"), layout}
	config := m.make(t, project, home, flags...)
	write(t, filepath.Join(m.home, "config.toml"), config)
	return m
}

func (m mirrored) make(t *testing.T, project, home string, flags ...string) (config string) {
	t.Helper()
	return command{project, home, append([]string{binary, "mirror", m.dir, "--layout", m.layout}, flags...)}.output(t)
}

// cargo runs cargo with the mirror, and nothing else that it could reach.
func (m mirrored) cargo(t *testing.T, project string, args ...string) (output string, err error) {
	t.Helper()
	args = append([]string{os.Args[0], "cargo"}, args...)
	t.Setenv(serveVariable, m.dir)
	stdout, stderr, err := command{project, m.home, append(withoutNetwork(t), args...)}.run()
	return stdout + stderr, err
}

func (m mirrored) must(t *testing.T, project string, args ...string) (output string) {
	t.Helper()
	output, err := m.cargo(t, project, args...)
	if err != nil {
		t.Fatalf("cargo %q with the layout %s: %v\n%s", args, m.layout, err, output)
	}
	return output
}

var layouts = []string{"sparse", "local-registry"}

// From an empty home, with nothing else to reach, real projects build from a mirror of what
// their lockfiles name.
func TestMirror_projects(t *testing.T) {
	dir := corpus(t)
	runs := map[string][][]string{
		"ripgrep": {{"fetch", "--locked"}, {"metadata", "--locked", "--format-version", "1"}, {"check", "--locked", "--quiet"}},
		"bat":     {{"fetch", "--locked"}},
	}
	for name, cargo := range runs {
		for _, layout := range layouts {
			t.Run(name+"/"+layout, func(t *testing.T) {
				project := copyProject(t, filepath.Join(dir, "proj", name))
				if err := os.RemoveAll(filepath.Join(project, "target")); err != nil {
					t.Fatal(err)
				}
				lock, err := os.ReadFile(filepath.Join(project, "Cargo.lock"))
				if err != nil {
					t.Fatal(err)
				}
				m := newMirrored(t, project, filepath.Join(dir, "home"), layout, "--manifest-path", "Cargo.toml")
				for _, args := range cargo {
					m.must(t, project, args...)
				}
				if now, err := os.ReadFile(filepath.Join(project, "Cargo.lock")); err != nil || !bytes.Equal(now, lock) {
					t.Errorf("the lockfile has changed (%v)", err)
				}
			})
		}
	}
}

// heldHome has some versions, and lines of others.
func heldHome(t *testing.T) (home string) {
	t.Helper()
	h := cargotest.NewHome(t, filepath.Join(t.TempDir(), "home"))
	h.Add(
		cargotest.Crate{Name: "held", Version: "1.0.0"}, cargotest.Crate{Name: "held", Version: "1.1.0+build.7"},
		cargotest.Crate{Name: "Big_One", Version: "0.1.0", Deps: []cargotest.Dep{{Name: "held", Req: "1"}}},
		cargotest.Crate{Name: "took-back", Version: "1.0.0", Yanked: true},
		cargotest.Crate{Name: "tool", Version: "1.0.0", Deps: []cargotest.Dep{{Name: "held", Req: "1"}}, Files: []cargotest.File{
			{Path: "Cargo.toml", Content: "[package]\nname = \"tool\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[dependencies]\nheld = \"1\"\n"}, {Path: "src/main.rs", Content: "fn main() {}\n"},
		}},
	)
	registry := h.Registry(cargotest.CratesIO)
	registry.AddLine("held", cargotest.Crate{Name: "held", Version: "1.2.0"}.IndexLine(""))
	registry.AddLine("absent", cargotest.Crate{Name: "absent", Version: "1.0.0"}.IndexLine(""))
	return h.Dir
}

// Cargo sees what is held, and says of all else what it says of what there is not.
func TestMirror_held(t *testing.T) {
	needCargo(t)
	home := heldHome(t)
	for _, layout := range layouts {
		t.Run(layout, func(t *testing.T) {
			project := filepath.Join(t.TempDir(), "app")
			write(t, filepath.Join(project, "src", "lib.rs"), "")
			write(t, filepath.Join(project, "Cargo.toml"), "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\nheld = \"=1.0.0\"\n")
			m := newMirrored(t, project, home, layout)
			m.must(t, project, "fetch")
			command{project, "", []string{"sed", "-i", "s/=1.0.0/1/", "Cargo.toml"}}.output(t)
			if out := m.must(t, project, "update"); !strings.Contains(out, "held v1.0.0 -> v1.1.0+build.7") {
				t.Errorf("cargo update:\n%s", out)
			}
			m.must(t, project, "add", "Big_One")
			if out := m.must(t, project, "info", "--registry", "crates-io", "Big_One"); !strings.Contains(out, "version: 0.1.0") {
				t.Errorf("cargo info:\n%s", out)
			}
			m.must(t, project, "check")
			m.must(t, project, "check", "--locked", "--offline")
			m.must(t, project, "install", "--locked", "--root", t.TempDir(), "tool")
			m.lacks(t, project, "absent", "no matching package named `absent` found")
			m.lacks(t, project, "took-back", "is yanked")
			m.lacks(t, project, "nowhere", "no matching package named `nowhere` found")
			if out, err := m.cargo(t, project, "add", "nowhere"); err == nil || !strings.Contains(out, "could not be found") {
				t.Errorf("cargo add (%v):\n%s", err, out)
			}
		})
	}
}

// lacks makes sure that cargo does not find what is not held.
func (m mirrored) lacks(t *testing.T, project, name, says string) {
	t.Helper()
	other := filepath.Join(t.TempDir(), "other")
	write(t, filepath.Join(other, "src", "lib.rs"), "")
	write(t, filepath.Join(other, "Cargo.toml"), "[package]\nname = \"other\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\n"+name+" = \"1\"\n")
	if out, err := m.cargo(t, other, "check"); err == nil || !strings.Contains(out, says) {
		t.Errorf("what is not held (%v):\n%s", err, out)
	}
}

// Another registry than crates.io is used by those who know neither its address nor what
// manifests call it.
func TestMirror_registries(t *testing.T) {
	needCargo(t)
	server := httptest.NewServer(registryHandler([]cargotest.Crate{{Name: "inner", Version: "1.0.0"}}))
	defer server.Close()
	root := t.TempDir()
	project, home := filepath.Join(root, "app"), filepath.Join(root, "home")
	write(t, filepath.Join(project, ".cargo", "config.toml"), "[registries.alt]\nindex = \"sparse+"+server.URL+"/index/\"\n")
	write(t, filepath.Join(project, "src", "lib.rs"), "")
	write(t, filepath.Join(project, "Cargo.toml"), "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\ninner = { version = \"1\", registry = \"alt\" }\n")
	command{project, home, []string{"cargo", "fetch", "--quiet"}}.output(t)
	for _, layout := range layouts {
		m := newMirrored(t, project, home, layout)
		elsewhere := copyProject(t, project)
		if err := os.RemoveAll(filepath.Join(elsewhere, ".cargo")); err != nil {
			t.Fatal(err)
		}
		m.must(t, elsewhere, "fetch", "--locked")
		m.must(t, elsewhere, "check", "--locked")
	}
}

// request is one that clients make of a web server that has a mirror (the list S1–S20), as
// far as the files of one can answer it.
type request struct {
	method, path string
	header       map[string]string
	status       int
	check        func(t *testing.T, r *http.Response, body string)
}

func TestMirror_requests(t *testing.T) {
	home := heldHome(t)
	h := cargotest.NewHome(t, home)
	h.Add(cargotest.Crate{Name: "a", Version: "1.0.0"}, cargotest.Crate{Name: "ab", Version: "1.0.0"}, cargotest.Crate{Name: "abc", Version: "1.0.0"})
	m := mirrored{filepath.Join(t.TempDir(), "mirror"), home, "sparse"}
	server := httptest.NewServer(http.StripPrefix("/some/prefix", http.FileServer(http.Dir(m.dir))))
	defer server.Close()
	base := server.URL + "/some/prefix" // S17
	m.make(t, t.TempDir(), home, "--url", base)

	plus := cargotest.Crate{Name: "held", Version: "1.1.0+build.7"}
	contains := func(text string) func(*testing.T, *http.Response, string) {
		return func(t *testing.T, _ *http.Response, body string) {
			if !strings.Contains(body, text) {
				t.Errorf("it is %q, without %q", body, text)
			}
		}
	}
	isArchive := func(t *testing.T, r *http.Response, body string) {
		if cargotest.Checksum([]byte(body)) != plus.Checksum() || r.Header.Get("Content-Encoding") != "" {
			t.Errorf("%d bytes, encoded as %q", len(body), r.Header.Get("Content-Encoding"))
		}
	}
	isLines := func(t *testing.T, r *http.Response, body string) {
		want := string(cargotest.Crate{Name: "held", Version: "1.0.0"}.IndexLine("")) + "\n" + string(plus.IndexLine("")) + "\n"
		if body != want || r.Header.Get("Last-Modified") == "" {
			t.Errorf("it is %q of %q, not %q", body, r.Header.Get("Last-Modified"), want)
		}
	}
	isEmpty := func(t *testing.T, _ *http.Response, body string) {
		if body != "" {
			t.Errorf("it has a body of %q", body)
		}
	}
	future := time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	requests := map[string]request{
		"S1_config":            {path: "index/config.json", status: 200, check: contains(`{"dl":"` + base + `/crates-io/sha256/{sha256-checksum}.crate"}`)},
		"S4_lines":             {path: "index/he/ld/held", status: 200, check: isLines},
		"S4_one":               {path: "index/1/a", status: 200, check: contains(`"name":"a"`)},
		"S4_two":               {path: "index/2/ab", status: 200, check: contains(`"name":"ab"`)},
		"S4_three":             {path: "index/3/a/abc", status: 200, check: contains(`"name":"abc"`)},
		"S4_hyphen":            {path: "index/to/ok/took-back", status: 200, check: contains(`"yanked":true`)},
		"S5_since":             {path: "index/he/ld/held", header: map[string]string{"If-Modified-Since": future}, status: 304, check: isEmpty},
		"S6_missing":           {path: "index/ab/se/absent", status: 404},
		"S6_other_hyphen":      {path: "index/to/ok/took_back", status: 404},
		"S8_gzip":              {path: "sha256/" + plus.Checksum() + ".crate", header: map[string]string{"Accept-Encoding": "gzip"}, status: 200, check: isArchive},
		"S9_checksum":          {path: "sha256/" + plus.Checksum() + ".crate", status: 200, check: isArchive},
		"S10_plus":             {path: "crates/held/held-1.1.0+build.7.crate", status: 200, check: isArchive},
		"S10_escaped":          {path: "crates/held/held-1.1.0%2Bbuild.7.crate", status: 200, check: isArchive},
		"S16_lower_index":      {path: "index/bi/g_/big_one", status: 200, check: contains(`"name":"Big_One"`)},
		"S16_spelt_index":      {path: "index/Bi/g_/Big_One", status: 200, check: contains(`"name":"Big_One"`)},
		"S16_archive":          {path: "crates/Big_One/Big_One-0.1.0.crate", status: 200},
		"S16_archive_lower":    {path: "crates/big_one/big_one-0.1.0.crate", status: 404},
		"S19_absent_archive":   {path: "crates/held/held-1.2.0.crate", status: 404},
		"S20_query":            {path: "index/he/ld/held?x=1", status: 200, check: isLines},
		"S20_head":             {method: "HEAD", path: "index/he/ld/held", status: 200, check: isEmpty},
		"S20_range":            {path: "sha256/" + plus.Checksum() + ".crate", header: map[string]string{"Range": "bytes=2-3"}, status: 206, check: contains(string(plus.Archive()[2:4]))},
		"S20_out_of_the_place": {path: "../../home/config.toml", status: 404},
	}
	for name, r := range requests {
		t.Run(name, func(t *testing.T) { r.run(t, base+"/crates-io/") })
	}
	t.Run("S18", func(t *testing.T) {
		held := request{path: "index/he/ld/held", status: 200}
		var last string
		held.check = func(_ *testing.T, r *http.Response, _ string) { last = r.Header.Get("Last-Modified") }
		held.run(t, base+"/crates-io/")
		h.Add(cargotest.Crate{Name: "held", Version: "1.2.0"}, cargotest.Crate{Name: "held", Version: "1.3.0"})
		m.make(t, t.TempDir(), home)
		held.header, held.check = map[string]string{"If-Modified-Since": last}, contains(`"vers":"1.3.0"`)
		held.run(t, base+"/crates-io/")
	})
}

func (q request) run(t *testing.T, base string) {
	t.Helper()
	method := q.method
	if method == "" {
		method = "GET"
	}
	r, err := http.NewRequest(method, base+q.path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range q.header {
		r.Header.Set(name, value)
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != q.status {
		t.Fatalf("%s %s: status %d, not %d", method, q.path, response.StatusCode, q.status)
	}
	if q.check != nil {
		q.check(t, response, string(body))
	}
	if q.path == "index/config.json" && !json.Valid(body) {
		t.Errorf("it is no JSON: %s", body)
	}
}
