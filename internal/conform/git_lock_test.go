//go:build conform

package conform

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// gitSite is a folder with repositories and projects that cargo reaches by file URLs.
type gitSite struct {
	t    *testing.T
	root string
	home string
}

func newGitSite(t *testing.T) *gitSite {
	t.Helper()
	needCargo(t)
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	root := t.TempDir()
	t.Setenv("GIT_CONFIG_GLOBAL", filepath.Join(root, "gitconfig"))
	write(t, filepath.Join(root, "gitconfig"), "[user]\n\tname = a\n\temail = a@example.com\n[protocol \"file\"]\n\tallow = always\n")
	return &gitSite{t, root, filepath.Join(root, "home")}
}

func (s *gitSite) path(name string) string { return filepath.Join(s.root, filepath.FromSlash(name)) }
func (s *gitSite) url(name string) string  { return "file://" + s.path(name) }

// library writes a package whose source is one comment.
func (s *gitSite) library(dir, name, text string) {
	s.t.Helper()
	write(s.t, s.path(dir+"/Cargo.toml"), fmt.Sprintf("[package]\nname = %q\nversion = \"1.0.0\"\nedition = \"2021\"\n", name))
	write(s.t, s.path(dir+"/src/lib.rs"), "//"+text+"\n")
}

// repository commits a workspace of libraries, whose folders have their names.
func (s *gitSite) repository(dir, text string, names ...string) (commit string) {
	s.t.Helper()
	write(s.t, s.path(dir+"/Cargo.toml"), "[workspace]\nmembers = [\"*\"]\n")
	for _, name := range names {
		s.library(dir+"/"+name, name, text)
	}
	gitCommit(s.t, s.path(dir))
	return strings.TrimSpace(command{s.path(dir), "", []string{"git", "rev-parse", "HEAD"}}.output(s.t))
}

// project writes a program and, if it has none, lets cargo make its lockfile.
func (s *gitSite) project(dir, dependencies string) string {
	s.t.Helper()
	write(s.t, s.path(dir+"/Cargo.toml"), "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\n"+dependencies)
	write(s.t, s.path(dir+"/src/main.rs"), "fn main() {}\n")
	if _, err := os.Stat(s.path(dir + "/Cargo.lock")); err != nil {
		command{s.path(dir), s.home, []string{"cargo", "fetch", "--quiet"}}.output(s.t)
	}
	return s.path(dir)
}

// edit replaces texts in a lockfile.
func (s *gitSite) edit(dir string, oldnew ...string) {
	s.t.Helper()
	path := s.path(dir + "/Cargo.lock")
	text, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	write(s.t, path, strings.NewReplacer(oldnew...).Replace(string(text)))
}

// References below version 4: what cargo prints, that it does not build from that, and
// that it does once the version is set to 4.
func TestVendor_git_old_references(t *testing.T) {
	for i, ref := range []string{"v1.0.0+x", "a%20b", "a&c", "a#c", "a%2Bb&branch=c", "plain/b"} {
		t.Run(fmt.Sprint("reference", i), func(t *testing.T) { // the name enters the URL
			s := newGitSite(t)
			commit := s.repository("up", "one", "dep")
			command{s.path("up"), "", []string{"git", "branch", ref}}.output(t)
			project := s.project("p", fmt.Sprintf("dep = { git = %q, branch = %q }\n", s.url("up"), ref))
			_, encoded, _ := strings.Cut(strings.Split(command{project, "", []string{"grep", "^source", "Cargo.lock"}}.output(t), "#")[0], "?")
			s.edit("p", "version = 4", "version = 3", "?"+encoded+"#"+commit, "?branch="+ref+"#"+commit)
			both(t, project, s.home)

			dir := copyProject(t, project)
			command{dir, s.home, []string{binary, "vendor", "--write-config"}}.output(t)
			build := command{dir, filepath.Join(s.root, "empty"), []string{"cargo", "build", "--quiet", "--offline"}}
			if _, err := build.try(); (err == nil) != (ref == "plain/b") {
				t.Errorf("cargo build, version 3: %v", err)
			}
			s.edit("p", "version = 3", "version = 4")
			command{project, s.home, []string{"cargo", "fetch", "--quiet", "--offline"}}.output(t)
			both(t, project, s.home)
			command{project, s.home, []string{binary, "vendor", "--write-config"}}.output(t)
			build.dir = project
			build.output(t)
		})
	}
}

// One lockfile with one source at two commits: of which of them cargo makes both
// packages changes with the name that a manifest gives to a dependency.
func TestVendor_git_two_commits(t *testing.T) {
	s := newGitSite(t)
	old := s.repository("up", "old", "aa", "bb")
	dependencies := fmt.Sprintf("%%s = { package = \"aa\", git = %q }\nbb = { git = %[1]q }\n", s.url("up"))
	project := s.project("p", fmt.Sprintf(dependencies, "aa"))
	lock := command{project, "", []string{"cat", "Cargo.lock"}}.output(t)
	now := s.repository("up", "new", "aa", "bb")
	command{project, s.home, []string{"cargo", "update", "--quiet"}}.output(t)
	write(t, filepath.Join(project, "Cargo.lock"), strings.Replace(lock, old, now, 1)) // that of aa

	var vendored []string
	for _, name := range []string{"aa", "zz"} {
		s.project("p", fmt.Sprintf(dependencies, name))
		dir := copyProject(t, project)
		command{dir, s.home, []string{"cargo", "vendor", "--quiet", "--locked", "--offline"}}.output(t)
		vendored = append(vendored, command{dir, "", []string{"cat", "vendor/aa/src/lib.rs", "vendor/bb/src/lib.rs"}}.output(t))
		stderr, err := command{copyProject(t, project), s.home, []string{binary, "vendor"}}.try()
		if err == nil || !strings.Contains(stderr, old) || !strings.Contains(stderr, now) {
			t.Errorf("cargohome vendor: %v\n%s", err, stderr)
		}
	}
	if vendored[0] != "//old\n//old\n" || vendored[1] != "//new\n//new\n" {
		t.Errorf("cargo vendors %q", vendored)
	}
	if err := os.RemoveAll(filepath.Join(s.home, "git", "checkouts")); err != nil {
		t.Fatal(err)
	}
	command{project, s.home, []string{"cargo", "fetch", "--quiet", "--locked", "--offline"}}.output(t)
	restoreAndCompare(t, project, s.home) // both checkouts
}

// Two lockfiles with different commits of one source.
func TestVendor_git_sync(t *testing.T) {
	s := newGitSite(t)
	s.repository("up", "old", "aa", "bb", "cc")
	dep := func(names ...string) (text string) {
		for _, name := range names {
			text += fmt.Sprintf("%s = { git = %q }\n", name, s.url("up"))
		}
		return text
	}
	one := s.project("one", dep("aa", "bb"))
	s.repository("up", "new", "aa", "bb", "cc")
	two := s.project("two", dep("bb", "cc"))
	command{two, s.home, []string{"cargo", "update", "--quiet"}}.output(t)
	both(t, two, s.home, "--sync", filepath.Join(one, "Cargo.toml"))
	both(t, one, s.home, "--sync", filepath.Join(two, "Cargo.toml"))
}
