//go:build conform

package conform

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// replacedSite is a project with packages of two references of one repository, a mirror
// of that, and a folder that one was vendored into.
type replacedSite struct {
	*gitSite
	project string
}

func newReplacedSite(t *testing.T) *replacedSite {
	s := &replacedSite{gitSite: newGitSite(t)}
	write(t, s.path("up/Cargo.toml"), "[workspace]\nmembers = [\"aa\", \"bb\"]\n[workspace.package]\nversion = \"1.0.0\"\nedition = \"2021\"\n")
	for _, name := range []string{"aa", "bb"} {
		write(t, s.path("up/"+name+"/Cargo.toml"), fmt.Sprintf("[package]\nname = %q\nversion.workspace = true\nedition.workspace = true\nbuild = \"build.rs\"\nexclude = [\"secret\"]\n[[bench]]\nname = \"gone\"\n", name))
		write(t, s.path("up/"+name+"/src/lib.rs"), "pub fn f() {}\n")
		write(t, s.path("up/"+name+"/secret"), "x")
		write(t, s.path("up/"+name+"/benches/gone.rs"), "fn main() {}\n")
		write(t, s.path("up/"+name+"/build.rs"), "fn main() {}\n")
	}
	gitCommit(t, s.path("up"))
	command{s.path("up"), "", []string{"git", "tag", "v1"}}.output(t)
	command{s.root, "", []string{"git", "clone", "-q", "--bare", s.path("up"), s.path("mirror")}}.output(t)
	s.project = s.gitSite.project("p", fmt.Sprintf("aa = { git = %q }\nbb = { git = %[1]q, tag = \"v1\" }\n", s.url("up")))
	command{s.project, s.home, []string{"cargo", "vendor", "--quiet", "../third"}}.output(t)
	return s
}

// configure writes the [source] tables.
func (s *replacedSite) configure(text string) {
	s.t.Helper()
	write(s.t, filepath.Join(s.project, ".cargo", "config.toml"), strings.ReplaceAll(text, "ROOT", s.root))
}

// change appends to a file of the folder, and perhaps to its record.
func (s *replacedSite) change(file string, record bool) {
	s.t.Helper()
	path := s.path("third/aa/" + file)
	old, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	sum := command{s.root, "", []string{"sha256sum", path}}.output(s.t)[:64]
	comment := map[string]string{".rs": "//", ".toml": "#"}[filepath.Ext(file)]
	write(s.t, path, string(old)+comment+" fixed\n")
	if record {
		command{s.root, "", []string{"sed", "-i", "s/" + sum + "/" + command{s.root, "", []string{"sha256sum", path}}.output(s.t)[:64] + "/", s.path("third/aa/.cargo-checksum.json")}}.output(s.t)
	}
}

const (
	replaceBoth = `
[source.up]
git = "file://ROOT/up"
replace-with = "other"
[source.tagged]
git = "file://ROOT/up"
tag = "v1"
replace-with = "other"
`
	replaceOne = `
[source.up]
git = "file://ROOT/up"
replace-with = "other"
`
	byFolder = "[source.other]\ndirectory = \"../third\"\n"
	byMirror = "[source.other]\ngit = \"file://ROOT/mirror\"\n"
)

// What is vendored from replaced git sources is what cargo vendors.
func TestVendor_git_replaced(t *testing.T) {
	for name, tt := range map[string]struct {
		config  string
		prepare func(s *replacedSite)
	}{
		"folder":              {config: replaceBoth + byFolder},
		"changed folder":      {replaceBoth + byFolder, func(s *replacedSite) { s.change("src/lib.rs", true) }},
		"changed manifest":    {replaceBoth + byFolder, func(s *replacedSite) { s.change("Cargo.toml", true) }},
		"file without record": {replaceBoth + byFolder, func(s *replacedSite) { write(s.t, s.path("third/aa/more"), "x") }},
		"folder's other names": {replaceBoth + byFolder, func(s *replacedSite) {
			rename(s.t, s.path("third/aa"), s.path("third/x"))
			rename(s.t, s.path("third/bb"), s.path("third/bb-1.0.0"))
		}},
		"one by folder":       {config: replaceOne + byFolder},
		"mirror":              {config: replaceBoth + byMirror},
		"one by mirror":       {config: replaceOne + byMirror},
		"mirror, branch":      {config: replaceBoth + byMirror + "branch = \"main\"\n"},
		"mirror, no such tag": {config: replaceBoth + byMirror + "tag = \"no such\"\n"},
		"chain":               {config: strings.ReplaceAll(replaceBoth, "other", "middle") + "[source.middle]\ngit = \"file:///nowhere\"\nreplace-with = \"other\"\n" + byFolder},
		"chain to mirror":     {config: strings.ReplaceAll(replaceBoth, "other", "middle") + "[source.middle]\ndirectory = \"nowhere\"\nreplace-with = \"other\"\n" + byMirror},
		"another reference":   {config: "[source.x]\ngit = \"file://ROOT/up\"\nbranch = \"main\"\nreplace-with = \"other\"\n" + byFolder},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			s := newReplacedSite(t)
			s.configure(tt.config)
			if tt.prepare != nil {
				tt.prepare(s)
			}
			command{s.project, s.home, []string{"cargo", "fetch", "--quiet", "--locked"}}.output(t) // the mirror, too
			if strings.Contains(tt.config, "tagged") {
				removeAll(t, filepath.Join(s.home, "git", "db"), "up-")
			}
			dir := filepath.Join(filepath.Dir(s.project), "q") // the folder is one level up there as well
			if err := os.CopyFS(dir, os.DirFS(s.project)); err != nil {
				t.Fatal(err)
			}
			for _, args := range [][]string{{"--respect-source-config"}, {"--respect-source-config", "--versioned-dirs"}} {
				sameVendor(t, s.project, dir, s.home, args...)
			}
			for _, at := range []string{s.project, dir} {
				if err := os.RemoveAll(filepath.Join(at, "vendor")); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := os.Stat(filepath.Join(s.home, "git", "checkouts")); err == nil {
				if err := os.RemoveAll(filepath.Join(s.home, "git", "checkouts")); err != nil {
					t.Fatal(err)
				}
			}
			sameCheckouts(t, s.project, s.home)
		})
	}
}

// sameCheckouts compares what cargo checks out with what cargohome restores; there may
// be nothing to restore.
func sameCheckouts(t *testing.T, project, home string) {
	t.Helper()
	command{project, home, []string{"cargo", "fetch", "--offline", "--locked", "--quiet"}}.output(t)
	if _, err := os.Stat(filepath.Join(home, "git", "checkouts")); err == nil {
		restoreAndCompare(t, project, home)
		return
	}
	command{project, home, []string{binary, "checkout"}}.output(t)
	if _, err := os.Stat(filepath.Join(home, "git", "checkouts")); err == nil {
		t.Error("cargo checks nothing out, and checkout does")
	}
}

// What cargo refuses is refused. A file with another checksum than its record has,
// which cargo finds out when it builds, is refused in cargo's words.
func TestVendor_git_replaced_refusals(t *testing.T) {
	for name, tt := range map[string]struct {
		config  string
		prepare func(s *replacedSite)
		says    string // by both, cargo building
	}{
		"checksum of an archive": {replaceBoth + byFolder, func(s *replacedSite) {
			command{s.root, "", []string{"sed", "-i", "s/\"package\":null/\"package\":\"" + strings.Repeat("0", 64) + "\"/", s.path("third/aa/.cargo-checksum.json")}}.output(s.t)
		}, ""},
		"no record": {replaceBoth + byFolder, func(s *replacedSite) { removeAll(s.t, s.path("third/aa"), ".cargo-checksum") }, ""},
		"absent":    {replaceBoth + byFolder, func(s *replacedSite) { removeAll(s.t, s.path("third"), "aa") }, ""},
		"changed":   {replaceBoth + byFolder, func(s *replacedSite) { s.change("src/lib.rs", false) }, "third/aa/src/lib.rs` has changed:\n"},
		"no folder": {config: replaceBoth + "[source.other]\ndirectory = \"nowhere\"\n"},
		"no name":   {config: replaceBoth},
		"no mirror": {config: replaceBoth + byMirror},
		"itself":    {config: replaceBoth + "[source.other]\ndirectory = \"x\"\nreplace-with = \"up\"\n"},
		"registry":  {config: replaceBoth + "[source.other]\nlocal-registry = \"../third\"\n"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			s := newReplacedSite(t)
			s.configure(tt.config)
			if tt.prepare != nil {
				tt.prepare(s)
			}
			theirs := command{s.project, s.home, []string{"cargo", "vendor", "--locked", "--offline", "--respect-source-config"}}
			if tt.says != "" {
				theirs.args = []string{"cargo", "build", "--locked", "--offline"}
			}
			stderr, err := theirs.try()
			if err == nil || !strings.Contains(stderr, tt.says) {
				t.Errorf("cargo: %v\n%s", err, stderr)
			}
			stderr, err = command{s.project, s.home, []string{binary, "vendor", "--respect-source-config", "ours"}}.try()
			if err == nil || !strings.Contains(stderr, tt.says) {
				t.Errorf("cargohome: %v\n%s", err, stderr)
			}
			if _, err := os.Stat(filepath.Join(s.project, "ours")); err == nil {
				t.Error("something is vendored all the same")
			}
			t.Logf("%s", stderr)
		})
	}
}

// What clean keeps for a project whose git sources are replaced is enough for cargo to
// build it, and for what is done here, also without the original repository.
func TestClean_keep_git_replaced(t *testing.T) {
	for name, config := range map[string]string{
		"folder": replaceBoth + byFolder, "one by folder": replaceOne + byFolder, "mirror": replaceBoth + byMirror, "one by mirror": replaceOne + byMirror,
		"chain": strings.ReplaceAll(replaceBoth, "other", "middle") + "[source.middle]\ngit = \"file:///nowhere\"\nreplace-with = \"other\"\n" + byMirror,
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			s := newReplacedSite(t)
			s.configure(config)
			command{s.project, s.home, []string{"cargo", "fetch", "--quiet", "--locked"}}.output(t)
			command{s.root, s.home, []string{binary, "clean", "--auto-expensive", "--keep", s.project}}.output(t)
			if _, err := os.Stat(filepath.Join(s.home, "git", "db")); err != nil {
				t.Error("the original repository is not kept")
			}
			s.works()
			if !strings.Contains(config, "tagged") {
				return
			}
			removeAll(t, filepath.Join(s.home, "git", "db"), "up-")
			removeAll(t, filepath.Join(s.home, "git", "checkouts"), "up-")
			command{s.root, s.home, []string{binary, "clean", "--auto-expensive", "--keep", s.project}}.output(t)
			s.works()
		})
	}
}

func (s *replacedSite) works() {
	s.t.Helper()
	for _, args := range [][]string{
		{"cargo", "build", "--quiet", "--offline", "--locked"}, {binary, "checkout", "-n"}, {binary, "vendor", "-n", "--respect-source-config"},
	} {
		command{s.project, s.home, args}.output(s.t)
	}
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// removeAll removes what begins with a name in a folder.
func removeAll(t *testing.T, dir, prefix string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) {
			if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
				t.Fatal(err)
			}
		}
	}
}
