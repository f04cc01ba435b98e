//go:build conform

package conform

import (
	"bytes"
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
// address that a mirror has if nothing else is said, while it runs a command. With
// serverVariable a server of ours is run, which has that address too, by the command of its
// lines; the configuration that it prints is put into the Cargo home.
const (
	serveVariable  = "CARGOHOME_TEST_SERVE"
	serverVariable = "CARGOHOME_TEST_SERVER"
)

// serveAndRun is what it does then. In a namespace of its own it has to have a loopback.
func serveAndRun(dir string, args []string) (status int) {
	raiseLoopback()
	if server := os.Getenv(serverVariable); server != "" {
		defer startServer(strings.Split(server, "\n"))()
	} else {
		listener, err := net.Listen("tcp", "127.0.0.1:8000")
		if err != nil {
			panic(err)
		}
		go func() { _ = http.Serve(listener, http.FileServer(http.Dir(dir))) }()
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	_ = cmd.Run()
	return cmd.ProcessState.ExitCode()
}

// startServer returns what ends the server, in order.
func startServer(command []string) (stop func()) {
	config, err := os.OpenFile(filepath.Join(os.Getenv("CARGO_HOME"), "config.toml"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o666)
	if err != nil {
		panic(err)
	}
	defer config.Close()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = config, os.Stderr
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	for range 500 {
		conn, err := net.Dial("tcp", "127.0.0.1:8000")
		if info, _ := config.Stat(); err == nil && info.Size() > 0 {
			_ = conn.Close()
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			panic(err)
		}
	}
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

// mirrored is a mirror, or a server of a home, and an empty home whose configuration has cargo
// use it.
type mirrored struct {
	dir, home, layout, from, project string

	flags []string // of the server, besides
}

// served is the layout of what is served live, from a home, to those with a token, or from a
// store of objects.
const (
	served      = "serve"
	servedTLS   = "serve over TLS"
	servedStore = "serve a store"
)

// newMirrored makes a mirror of what a home has, or has it served; the configuration is what
// is printed.
func newMirrored(t *testing.T, project, home, layout string, flags ...string) mirrored {
	t.Helper()
	dir := t.TempDir()
	m := mirrored{dir: filepath.Join(dir, "mirror"), home: filepath.Join(dir, "home"), layout: layout, from: home, project: project}
	config := ""
	switch layout {
	case served:
	case servedTLS:
		m.secure(t)
	case "objects", servedStore:
		config = command{project, home, append([]string{binary, "mirror", "file://" + m.dir}, flags...)}.output(t)
	default:
		config = command{project, home, append([]string{binary, "mirror", m.dir, "--layout", m.layout}, flags...)}.output(t)
	}
	write(t, filepath.Join(m.home, "config.toml"), config)
	return m
}

// secure has the server ask for a token, and cargo know its authority.
func (m *mirrored) secure(t *testing.T) {
	t.Helper()
	authority, cert, key := writeAuthority(t)
	tokens := filepath.Join(t.TempDir(), "tokens")
	write(t, tokens, "secret\n")
	m.flags = []string{"--tls-cert", cert, "--tls-key", key, "--token-file", tokens}
	t.Setenv(caInfo, authority)
	t.Setenv(mirroredToken, "secret")
}

// cargo runs cargo with the mirror, and nothing else that it could reach.
func (m mirrored) cargo(t *testing.T, project string, args ...string) (output string, err error) {
	t.Helper()
	args = append([]string{os.Args[0], "cargo"}, args...)
	t.Setenv(serveVariable, m.dir)
	switch m.layout {
	case served, servedTLS:
		t.Setenv(serverVariable, strings.Join(append([]string{binary, "serve", "--cargo-home", m.from, "-C", m.project}, m.flags...), "\n"))
	case servedStore:
		t.Setenv(serverVariable, binary+"\nserve\nfile://"+m.dir+"\n--cargo-home\n"+m.from+"\n-C\n"+m.project)
	}
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

var layouts = []string{"sparse", "local-registry", "objects", served, servedTLS, servedStore}

// From an empty home, with nothing else to reach, real projects build from a mirror of what
// their lockfiles name.
func TestMirror_projects(t *testing.T) {
	dir := corpus(t)
	runs := map[string][][]string{
		"ripgrep": {{"fetch", "--locked"}, {"metadata", "--locked", "--format-version", "1"}, {"check", "--locked", "--quiet"}},
		"bat":     {{"fetch", "--locked"}},
	}
	if !testing.Short() {
		runs["bat"] = runs["ripgrep"]
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
			if layout == served {
				m.searches(t, project)
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

// searches makes sure that cargo finds what is held, and nothing else.
func (m mirrored) searches(t *testing.T, project string) {
	t.Helper()
	if out := m.must(t, project, "search", "--index", "sparse+http://127.0.0.1:8000/crates-io/index/", "big-one"); !strings.Contains(out, `Big_One = "0.1.0"    # a fixture`) {
		t.Errorf("cargo search:\n%s", out)
	}
	if out := m.must(t, project, "search", "--index", "sparse+http://127.0.0.1:8000/crates-io/index/", "absent"); strings.Contains(out, "absent =") {
		t.Errorf("cargo search of what is not held:\n%s", out)
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
