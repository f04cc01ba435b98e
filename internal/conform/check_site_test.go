//go:build conform

package conform

import (
	"cmp"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"cargohome/internal/cargotest"
)

// checkSite is a project with all that cargo needs for it, in a folder of its own: the
// project is in app, the Cargo home is home, and what was vendored or mirrored is beside
// them. The folder can be copied to any place.
type checkSite struct {
	t         *testing.T
	name, dir string

	// quick: it is not built, which takes long.
	quick bool

	home string   // another than it has, for what it is made of
	env  []string // with which cargo reaches what it fetches from
}

// siteURL is below which cargo finds all that it fetches, wherever that is in truth: names of
// folders are hashes of URLs, and a seed is to draw the same in every run.
const siteURL = "http://registry.example/"

func (s *checkSite) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

// cargo runs cargo in the project, online: servers and repositories are at hand.
func (s *checkSite) cargo(args ...string) (stdout string) {
	s.t.Helper()
	path := "PATH=" + filepath.Dir(realCargo(s.t)) + string(filepath.ListSeparator) + os.Getenv("PATH")
	home := cmp.Or(s.home, s.path("home"))
	return command{s.path("app"), home, slices.Concat([]string{"env", path}, s.env, []string{realCargo(s.t)}, args)}.output(s.t)
}

// serve has cargo find registries at siteURL.
func (s *checkSite) serve(handler http.Handler) (close func()) {
	server := httptest.NewServer(handler)
	s.env = append(s.env, "http_proxy="+server.URL)
	return server.Close
}

// repositories has git and cargo find repositories at siteURL, with the same commits each time.
func (s *checkSite) repositories() *gitSite {
	g := newGitSite(s.t)
	config, err := os.ReadFile(g.path("gitconfig"))
	if err != nil {
		s.t.Fatal(err)
	}
	text := fmt.Sprintf("%s[url %q]\n\tinsteadOf = %s\n", config, "file://"+g.root+"/", siteURL)
	write(s.t, g.path("gitconfig"), text)
	write(s.t, g.path(".gitconfig"), text) // libgit2 asks for no other
	s.env = append(s.env, "HOME="+g.root)
	for _, name := range []string{"GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"} {
		s.t.Setenv(name, "2025-01-01T00:00:00Z")
	}
	return g
}

// siteKinds are the kinds of source that a site can have.
var siteKinds = []struct {
	name string
	make func(*checkSite)
}{
	{"sparse", (*checkSite).sparse},
	{"index in git", (*checkSite).gitIndex},
	{"other registries", (*checkSite).otherRegistries},
	{"replaced", (*checkSite).replaced},
	{"local registry", (*checkSite).localRegistry},
	{"vendor", (*checkSite).vendor},
	{"git", (*checkSite).git},
	{"members", (*checkSite).members},
}

// checkSites makes a site of each kind: as cargo leaves it when it has fetched all, and,
// with a name that ends in "cold", with nothing unpacked or checked out.
func checkSites(t *testing.T) (sites []*checkSite) {
	t.Helper()
	for _, kind := range siteKinds {
		s := oneSite(t, kind.name)
		sites = append(sites, s)
		if kind.name != "vendor" {
			sites = append(sites, s.cold())
		}
	}
	return sites
}

func siteNamed(t *testing.T, sites []*checkSite, name string) *checkSite {
	t.Helper()
	at := slices.IndexFunc(sites, func(s *checkSite) bool { return s.name == name })
	if at < 0 {
		t.Fatalf("there is no site %q", name)
	}
	return sites[at]
}

func oneSite(t *testing.T, name string) *checkSite {
	t.Helper()
	s := &checkSite{t: t, name: name, dir: t.TempDir()}
	for _, kind := range siteKinds {
		if kind.name == name {
			kind.make(s)
		}
	}
	if what, said := (&checkCase{site: s}).broken(t); what != "" {
		t.Fatalf("%s: %q fails where nothing is wrong:\n%s", name, what, said)
	}
	return s
}

// cold returns a copy without what cargo unpacks and checks out by itself.
func (s *checkSite) cold() *checkSite {
	s.t.Helper()
	c := &checkSite{t: s.t, name: s.name + " cold", dir: filepath.Join(s.t.TempDir(), "cold")}
	if err := cargotest.CopyTree(s.dir, c.dir); err != nil {
		s.t.Fatal(err)
	}
	for _, folder := range []string{"home/registry/src", "home/git/checkouts"} {
		if err := os.RemoveAll(c.path(folder)); err != nil {
			s.t.Fatal(err)
		}
	}
	return c
}

// siteCrates are small, so that a build of them takes no time, and used in every way:
// in two versions, by a target that is not ours, by a test, by a feature that is off.
var siteCrates = []cargotest.Crate{
	{Name: "leaf", Version: "1.0.0"}, {Name: "leaf", Version: "2.0.0"},
	{Name: "mid", Version: "0.3.1", Deps: []cargotest.Dep{{Name: "leaf", Req: "1"}, {Name: "leaf", Req: "2", As: "leaf2"}, {Name: "win", Target: "cfg(windows)"}}},
	{Name: "win", Version: "0.0.1"},
	{Name: "tester", Version: "1.0.0"},
	{Name: "extra", Version: "1.0.0"},
}

var siteDeps = []cargotest.Dep{
	{Name: "mid", Req: "0.3"}, {Name: "tester", Req: "1", Kind: "dev"}, {Name: "extra", Req: "1", Optional: true},
}

// siteManifest is a manifest with siteDeps and more, all with a key besides.
func siteManifest(key, more string) string {
	return fmt.Sprintf(`[package]
name = "app"
version = "0.1.0"
edition = "2021"

[dependencies]
mid = { version = "0.3"%[1]s }
extra = { version = "1"%[1]s, optional = true }
%[2]s
[dev-dependencies]
tester = { version = "1"%[1]s }
`, key, more)
}

func (s *checkSite) sparse() {
	home := cargotest.NewHome(s.t, s.path("home"))
	home.Add(siteCrates...)
	home.WriteProject(s.path("app"), cargotest.Project{Name: "app", Deps: siteDeps})
	s.cargo("fetch", "--quiet", "--offline", "--locked")
}

func (s *checkSite) gitIndex() {
	home := cargotest.NewHome(s.t, s.path("home"))
	registry := home.Registry(cargotest.CratesIOGit)
	registry.Add(siteCrates...)
	registry.CommitIndex()
	home.WriteProject(s.path("app"), cargotest.Project{Name: "app", Deps: siteDeps})
	write(s.t, s.path("app/.cargo/config.toml"), "[registries.crates-io]\nprotocol = \"git\"\n")
	s.cargo("fetch", "--quiet", "--offline", "--locked")
}

// otherRegistries has a sparse one that cargo fetched from, and one in git.
func (s *checkSite) otherRegistries() {
	far := cargotest.Crate{Name: "far", Version: "1.0.0"}
	defer s.serve(registryHandler(append(siteCrates[:len(siteCrates):len(siteCrates)], far)))()
	g := s.repositories()
	cargotest.Commit(s.t, g.path("far"), "refs/heads/master", map[string][]byte{
		"config.json":                 []byte(`{"dl":"` + siteURL + `dl/{crate}-{version}.crate"}`),
		cargotest.IndexPath(far.Name): append(far.IndexLine(""), '\n'),
	})
	write(s.t, s.path("app/.cargo/config.toml"), fmt.Sprintf("[registries]\nalt.index = \"sparse+%[1]sindex/\"\nfar.index = \"%[1]sfar\"\n", siteURL))
	write(s.t, s.path("app/Cargo.toml"), siteManifest(`, registry = "alt"`, "far = { version = \"1\", registry = \"far\" }\n"))
	write(s.t, s.path("app/src/main.rs"), "fn main() {}\n")
	s.cargo("fetch", "--quiet")
}

// replaced has a mirror in place of crates.io.
func (s *checkSite) replaced() {
	defer s.serve(registryHandler(siteCrates))()
	write(s.t, s.path("app/.cargo/config.toml"), fmt.Sprintf(`[source.crates-io]
replace-with = "middle"
[source.middle]
registry = "https://example.com/not-asked"
replace-with = "mirror"
[source.mirror]
registry = "sparse+%sindex/"
`, siteURL))
	write(s.t, s.path("app/Cargo.toml"), siteManifest("", ""))
	write(s.t, s.path("app/src/main.rs"), "fn main() {}\n")
	s.cargo("fetch", "--quiet")
}

func (s *checkSite) localRegistry() {
	cargotest.AddLocal(s.t, s.path("local"), siteCrates...)
	home := cargotest.NewHome(s.t, filepath.Join(s.t.TempDir(), "other home"))
	home.Add(siteCrates...)
	home.WriteProject(s.path("app"), cargotest.Project{Name: "app", Deps: siteDeps})
	write(s.t, s.path("app/.cargo/config.toml"), "[source.crates-io]\nreplace-with = \"here\"\n[source.here]\nlocal-registry = \"../local\"\n")
	s.cargo("fetch", "--quiet", "--offline", "--locked")
}

// vendor has folders in place of crates.io and of a repository, and a home with nothing.
func (s *checkSite) vendor() {
	g := s.repositories()
	commit := g.repository("up", "text", "one", "two")
	home := cargotest.NewHome(s.t, g.home)
	home.Add(siteCrates...)
	one := cargotest.Dep{Name: "one", Req: "1.0.0", Git: siteURL + "up" + "?branch=main#" + commit}
	home.WriteProject(s.path("app"), cargotest.Project{Name: "app", Deps: append(siteDeps[:len(siteDeps):len(siteDeps)], one)})
	full := *s
	full.home = g.home
	write(s.t, s.path("app/.cargo/config.toml"), full.cargo("vendor", "--locked", "../vendor"))
	s.cargo("fetch", "--quiet", "--offline", "--locked")
	rename(s.t, g.path("up"), g.path("up.gone"))
}

// git has a repository with a submodule that has one, and another with two packages of
// which one is not used.
func (s *checkSite) git() {
	g := s.repositories()
	write(s.t, g.path("inner/text"), "from a submodule of a submodule")
	gitCommit(s.t, g.path("inner"))
	write(s.t, g.path("sub/other"), "from a submodule")
	gitCommit(s.t, g.path("sub"))
	command{g.path("sub"), "", []string{"git", "submodule", "add", "--quiet", siteURL + "inner", "in"}}.output(s.t)
	gitCommit(s.t, g.path("sub"))
	g.library("dep", "dep", "x")
	write(s.t, g.path("dep/src/lib.rs"), "pub const TEXT: &str = concat!(include_str!(\"../sub/in/text\"), include_str!(\"../sub/other\"));\n")
	gitCommit(s.t, g.path("dep"))
	command{g.path("dep"), "", []string{"git", "submodule", "add", "--quiet", "../sub", "sub"}}.output(s.t)
	gitCommit(s.t, g.path("dep"))
	g.repository("pair", "text", "one", "two")
	command{g.path("pair"), "", []string{"git", "tag", "v1"}}.output(s.t)
	write(s.t, s.path("app/Cargo.toml"), fmt.Sprintf("[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\ndep = { git = %q }\none = { git = %q, tag = \"v1\" }\n", siteURL+"dep", siteURL+"pair"))
	write(s.t, s.path("app/src/main.rs"), "fn main() { println!(\"{}\", dep::TEXT); }\n")
	s.cargo("fetch", "--quiet")
	for _, name := range []string{"inner", "sub", "dep", "pair"} {
		rename(s.t, g.path(name), g.path(name+".gone"))
	}
}

// members is a workspace of two packages that inherit, with a patch that is used.
func (s *checkSite) members() {
	home := cargotest.NewHome(s.t, s.path("home"))
	home.Add(siteCrates...)
	write(s.t, s.path("app/Cargo.toml"), `[workspace]
members = ["one", "two"]
resolver = "2"

[workspace.package]
version = "0.1.0"
edition = "2021"

[workspace.dependencies]
mid = "0.3"
leaf = "1"

[patch.crates-io]
tester = { path = "tester" }
`)
	for name, deps := range map[string]string{"one": "mid.workspace = true\ntwo = { path = \"../two\" }\n[dev-dependencies]\ntester = \"1\"\n", "two": "leaf.workspace = true\nextra = { version = \"1\", optional = true }\n"} {
		write(s.t, s.path("app/"+name+"/Cargo.toml"), fmt.Sprintf("[package]\nname = %q\nversion.workspace = true\nedition.workspace = true\n[dependencies]\n%s", name, deps))
		write(s.t, s.path("app/"+name+"/src/lib.rs"), "")
	}
	write(s.t, s.path("app/tester/Cargo.toml"), "[package]\nname = \"tester\"\nversion = \"1.5.0\"\nedition = \"2021\"\n")
	write(s.t, s.path("app/tester/src/lib.rs"), "")
	s.cargo("generate-lockfile", "--quiet", "--offline")
	s.cargo("fetch", "--quiet", "--offline", "--locked")
}
