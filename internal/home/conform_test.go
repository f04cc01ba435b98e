//go:build conform

package home_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"cargohome/crate"
	"cargohome/index"
	"cargohome/internal/home"
)

// site is a place where a registry is made, and a project that depends on it.
type site struct {
	t    *testing.T
	dir  string
	home string
	sum  string // checksum of the archive of depend 1.0.0+b
}

const stem = "Depend-1.0.0+b"

func newSite(t *testing.T) *site {
	if _, err := exec.LookPath("cargo"); err != nil {
		t.Skip("cargo is not installed")
	}
	dir := t.TempDir()
	s := &site{t: t, dir: dir, home: filepath.Join(dir, "home")}
	archive := crateArchive(t)
	s.sum = fmt.Sprintf("%x", sha256.Sum256(archive))
	s.write("dl/"+stem+".crate", string(archive))
	s.write("project/src/lib.rs", "")
	return s
}

// crateArchive packs a crate that does nothing.
func crateArchive(t *testing.T) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for name, text := range map[string]string{"Cargo.toml": "[package]\nname = \"Depend\"\nversion = \"1.0.0+b\"\nedition = \"2021\"\n", "src/lib.rs": ""} {
		if err := w.WriteHeader(&tar.Header{Name: stem + "/" + name, Size: int64(len(text)), Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(text))
	}
	w.Close()
	z.Close()
	return b.Bytes()
}

func (s *site) write(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		s.t.Fatal(err)
	}
}

// index writes the files of an index below the folder name.
func (s *site) index(name, dl string) {
	s.write(name+"/de/pe/depend", fmt.Sprintf(`{"name":"Depend","vers":"1.0.0+b","deps":[],"cksum":%q,"features":{},"yanked":false}`, s.sum)+"\n")
	if dl != "" {
		s.write(name+"/config.json", fmt.Sprintf(`{"dl":%q}`, dl))
	}
}

// fetch lets cargo fill the home, and returns the locked package.
func (s *site) fetch(config, dependency string) crate.ID {
	s.t.Helper()
	s.write("project/.cargo/config.toml", config)
	s.write("project/Cargo.toml", "[package]\nname = \"project\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\nDepend = "+dependency+"\n")
	s.run("project", "cargo", "fetch")
	lock, err := os.ReadFile(filepath.Join(s.dir, "project", "Cargo.lock"))
	if err != nil {
		s.t.Fatal(err)
	}
	m := packageTable.FindStringSubmatch(string(lock))
	if m == nil {
		s.t.Fatalf("no package in %s", lock)
	}
	src, err := crate.ParseSourceID(m[3])
	if err != nil {
		s.t.Fatal(err)
	}
	return crate.ID{Name: m[1], Version: m[2], Source: src}
}

func (s *site) run(dir, name string, args ...string) {
	s.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = filepath.Join(s.dir, dir)
	cmd.Env = append(os.Environ(), "CARGO_HOME="+s.home, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull, "no_proxy=*",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@x", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@x")
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

// check compares the one folder that cargo made with the computed name, and
// finds the package in it.
func (s *site) check(id crate.ID) (folder string) {
	s.t.Helper()
	want, _ := home.Ident(id.Source)
	for _, kind := range []string{"cache", "index", "src"} {
		if got, _ := filepath.Glob(filepath.Join(s.home, "registry", kind, "*")); len(got) != 1 || filepath.Base(got[0]) != want {
			s.t.Errorf("cargo made %q in registry/%s, want %q", got, kind, want)
		}
	}
	s.find(id)
	return filepath.Join(s.home, "registry", "index", want)
}

func (s *site) find(id crate.ID) {
	s.t.Helper()
	h := home.New(s.home)
	defer h.Close()
	checkPackage(s.t, h, locked{id, s.sum})
}

func TestCargo_gitRegistry(t *testing.T) {
	s := newSite(t)
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	s.index("reg", "file://"+filepath.Join(s.dir, "dl")+"/{crate}-{version}.crate")
	s.run("reg", "git", "init", "-q", "-b", "trunk")
	s.run("reg", "git", "add", "-A")
	s.run("reg", "git", "commit", "-qm", "x")
	id := s.fetch(fmt.Sprintf("[registries.r]\nindex = \"file://%s\"\n", filepath.Join(s.dir, "reg")), `{ version = "1", registry = "r" }`)
	dir := s.check(id)
	if err := os.RemoveAll(filepath.Join(dir, ".cache")); err != nil {
		t.Fatal(err)
	}
	s.find(id) // from the repository
	x := index.Git(dir)
	defer x.Close()
	if c, err := x.Config(); err != nil || c.Download == "" {
		t.Errorf("Config = %+v, %v", c, err)
	}
	if err := os.Rename(dir, filepath.Join(filepath.Dir(dir), "odd")); err != nil {
		t.Fatal(err)
	}
	s.find(id) // by the URL it was fetched from
}

func TestCargo_sparseRegistry(t *testing.T) {
	s := newSite(t)
	server := httptest.NewServer(http.FileServer(http.Dir(s.dir)))
	defer server.Close()
	s.index("Reg.git", server.URL+"/dl/{crate}-{version}.crate")
	id := s.fetch(fmt.Sprintf("[registries.r]\nindex = \"sparse+%s/Reg.git/\"\n", server.URL), `{ version = "1", registry = "r" }`)
	dir := s.check(id)
	if c, err := index.Sparse(dir).Config(); err != nil || c.Download == "" {
		t.Errorf("Config = %+v, %v", c, err)
	}
	wrong := id
	wrong.Version = "1.0.0"
	if _, err := home.New(s.home).Lookup(wrong); !errors.Is(err, index.ErrNoVersion) {
		t.Errorf("Lookup without build metadata: %v", err)
	}
}

func TestCargo_localRegistry(t *testing.T) {
	s := newSite(t)
	s.index("dl/index", "")
	dir := filepath.Join(s.dir, "project", "..", "dl") // as Cargo has it, cleaned or not
	id := s.fetch("[source.crates-io]\nreplace-with = \"l\"\n[source.l]\nlocal-registry = \"../dl\"\n", `"1"`)
	src := crate.NewLocalRegistrySource(filepath.Join(s.dir, "project") + "/../dl")
	want, _ := home.Ident(src)
	if got, _ := filepath.Glob(filepath.Join(s.home, "registry", "src", "*")); len(got) != 1 || filepath.Base(got[0]) != want {
		t.Errorf("cargo made %q in registry/src, want %q", got, want)
	}
	l := home.NewLocalRegistry(dir)
	if e, err := l.Lookup(id); err != nil || e.ChecksumText != s.sum {
		t.Errorf("Lookup = %+v, %v", e, err)
	}
	for a, err := range l.Archives(id) {
		if err != nil || a.Size == 0 {
			t.Errorf("archive %+v, %v", a, err)
		}
	}
}

// Folders whose URL is more than their path.
func TestCargo_localRegistry_odd_folders(t *testing.T) {
	for _, name := range []string{"a^b|c", "x%20y", "x y.git", "%.git", "é'[]{}", "..git", ".git"} {
		t.Run("", func(t *testing.T) {
			s := newSite(t)
			s.index("r/"+name+"/index", "")
			if err := os.Rename(filepath.Join(s.dir, "dl", stem+".crate"), filepath.Join(s.dir, "r", name, stem+".crate")); err != nil {
				t.Fatal(err)
			}
			s.fetch(fmt.Sprintf("[source.crates-io]\nreplace-with = \"l\"\n[source.l]\nlocal-registry = %q\n", "../r/"+name), `"1"`)
			made, err := os.ReadDir(filepath.Join(s.home, "registry", "src"))
			if err != nil || len(made) != 1 {
				t.Fatal(made, err)
			}
			if want, _ := home.Ident(crate.NewLocalRegistrySource(filepath.Join(s.dir, "project") + "/../r/" + name)); made[0].Name() != want {
				t.Errorf("cargo unpacks %q to %s, the computed name is %s", name, made[0].Name(), want)
			}
		})
	}
}

// locked is a package of a lockfile and its checksum.
type locked struct {
	id       crate.ID
	checksum string
}

var packageTable = regexp.MustCompile(`(?m)^\[\[package\]\]\nname = "(.*)"\nversion = "(.*)"\nsource = "(registry\+.*|sparse\+.*)"\nchecksum = "(.*)"$`)

// corpus returns the packages of one project of the folder that CARGOHOME_CORPUS
// names, which holds proj/*/Cargo.lock and a home that serves them.
func corpus(t testing.TB, project string) (dir string, packages []locked) {
	root := os.Getenv("CARGOHOME_CORPUS")
	if root == "" {
		t.Skip("CARGOHOME_CORPUS names no folder with proj and home")
	}
	data, err := os.ReadFile(filepath.Join(root, "proj", project, "Cargo.lock"))
	if err != nil {
		t.Skip(err)
	}
	for _, m := range packageTable.FindAllStringSubmatch(string(data), -1) {
		src, err := crate.ParseSourceID(m[3])
		if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, locked{crate.ID{Name: m[1], Version: m[2], Source: src}, m[4]})
	}
	return filepath.Join(root, "home"), packages
}

func TestCorpus(t *testing.T) {
	projects, _ := filepath.Glob(filepath.Join(os.Getenv("CARGOHOME_CORPUS"), "proj", "*", "Cargo.lock"))
	if len(projects) == 0 {
		t.Skip("CARGOHOME_CORPUS names no folder with proj and home")
	}
	for _, p := range projects {
		name := filepath.Base(filepath.Dir(p))
		t.Run(name, func(t *testing.T) {
			dir, packages := corpus(t, name)
			h := home.New(dir)
			for _, p := range packages {
				checkPackage(t, h, p)
			}
			t.Logf("%d packages", len(packages))
		})
	}
}

func checkPackage(t *testing.T, h *home.Home, p locked) {
	e, err := h.Lookup(p.id)
	if err != nil {
		t.Error(err)
	} else if e.ChecksumText != p.checksum || e.Checksum.String() != p.checksum || e.Name != p.id.Name || e.Version != p.id.Version {
		t.Errorf("entry of %v is %s %s, checksum %s, want %s", p.id, e.Name, e.Version, e.ChecksumText, p.checksum)
	}
	for a, err := range h.Archives(p.id) {
		if err != nil || !a.Trusted || a.Size == 0 {
			t.Errorf("archive of %v: %+v, %v", p.id, a, err)
		}
		return
	}
	t.Errorf("no archive of %v", p.id)
}

func BenchmarkLookup(b *testing.B) {
	dir, packages := corpus(b, "nu")
	b.ReportAllocs()
	for b.Loop() {
		h := home.New(dir)
		for _, p := range packages {
			if _, err := h.Lookup(p.id); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(len(packages)), "packages")
}

func BenchmarkArchives(b *testing.B) {
	dir, packages := corpus(b, "nu")
	b.ReportAllocs()
	for b.Loop() {
		h := home.New(dir)
		for _, p := range packages {
			for _, err := range h.Archives(p.id) {
				if err != nil {
					b.Fatal(err)
				}
				break
			}
		}
	}
}
