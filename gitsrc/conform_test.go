//go:build conform

package gitsrc_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"cargohome/gitsrc/worktree"
	"cargohome/internal/cargotest"
	"cargohome/internal/home"

	"github.com/google/go-cmp/cmp"
)

// listing lists a checkout without what is in its repositories.
func listing(t *testing.T, dir string) string {
	t.Helper()
	text, err := cargotest.Tree(dir)
	if err != nil {
		t.Fatal(err)
	}
	var kept strings.Builder
	for line := range strings.Lines(text) {
		if !strings.Contains(line, "/.git/") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// inodes says of every file in dir whether it is still the same one, untouched.
func inodes(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		s := info.Sys().(*syscall.Stat_t)
		fmt.Fprintf(&b, "%s %d %v %v\n", path, s.Ino, s.Mtim, info.Mode())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// compare has cargo check out what the project needs, restores it without cargo,
// and compares; then cargo must take what was restored for its own.
// It is run with the words of build in the end.
func (w *world) compare(build ...string) {
	t := w.t
	t.Helper()
	checkouts := filepath.Join(w.home(), "git", "checkouts")
	if err := w.cargo("fetch", "-q"); err != nil {
		t.Fatal(err)
	}
	want := listing(t, checkouts)
	wantIndex := w.stages(checkouts)
	if err := os.RemoveAll(checkouts); err != nil {
		t.Fatal(err)
	}
	if err := w.restore(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, listing(t, checkouts)); diff != "" {
		t.Errorf("checkouts differ (-cargo +restored):\n%s", diff)
	}
	if diff := cmp.Diff(wantIndex, w.stages(checkouts)); diff != "" {
		t.Errorf("git indexes differ (-cargo +restored):\n%s", diff)
	}
	w.untouched(checkouts, append([]string{"build", "-q", "--offline", "--locked"}, build...))
}

// untouched has cargo use the restored checkouts.
func (w *world) untouched(checkouts string, build []string) {
	t := w.t
	t.Helper()
	before := inodes(t, checkouts)
	for _, args := range [][]string{{"fetch", "-q", "--offline", "--locked"}, build} {
		if err := w.cargo(args...); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(before, inodes(t, checkouts)); diff != "" {
			t.Errorf("cargo %s changed what was restored:\n%s", args[0], diff)
		}
	}
}

// stages lists the git index of every repository below dir, and what git makes
// of the work tree.
func (w *world) stages(dir string) string {
	w.t.Helper()
	var b strings.Builder
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != ".git" {
			return err
		}
		repo, _ := filepath.Rel(w.dir, filepath.Dir(path))
		fmt.Fprintf(&b, "%s\n%s\n", repo, w.git(repo, "ls-files", "-s"))
		fmt.Fprintf(&b, "HEAD %s, url %s\n", w.git(repo, "rev-parse", "HEAD"), w.git(repo, "config", "remote.origin.url"))
		w.git(repo, "fsck", "--connectivity-only")
		return fs.SkipDir
	})
	return b.String()
}

// Each repository here has what a row of spec 6.3 is about.
func TestCheckout_content(t *testing.T) {
	id := "$Id$ and $Id: old $\n"
	for name, files := range map[string]map[string]string{
		"plain": {"a*": "x", "b": "", "dir/c": "1\n", "link": "-> dir/c", "dangling": "-> nowhere", "up": "-> ../../../..", "dir/to": "-> ."},
		"eol": {
			".gitattributes": "*.crlf eol=crlf\n*.text text eol=crlf\n*.lf eol=lf\n*.auto text=auto eol=crlf\n*.in text=input\n*.old crlf\n*.bin binary eol=crlf\n*.not -text eol=crlf\n*.unset !text eol=crlf\n*.autoonly text=auto\n*.plain text\n*.bad eol=CRLF\n*.true eol\n",
			"a.crlf":         "1\n2\r\n3\r4\n", "b.crlf": "1\r\n2\r\n", "c.crlf": "no end", "d.crlf": "", "e.crlf": "\n\n", "f.crlf": "nul\x00\n", "a.text": "1\n", "a.lf": "1\r\n2\n",
			"a.auto": "1\n2\n", "b.auto": "1\r\n2\n", "c.auto": "1\x002\n", "d.auto": "1\n\x1a", "e.auto": "a\x01\n", "f.auto": strings.Repeat("x", 300) + "\x01\n", "g.auto": "lone\rcr\n",
			"a.in": "1\r\n", "a.old": "1\n", "a.bin": "1\n", "a.not": "1\n", "a.unset": "1\n", "a.autoonly": "1\n2\r\n", "a.plain": "1\n", "a.bad": "1\n", "a.true": "1\n", "z/deep.crlf": "1\n",
		},
		"order": {
			".gitattributes": "* eol=crlf\n", "!a.txt": "1\n", "+x/y.txt": "1\n", "-z": "1\n", ".a": "1\n", ".gitattributes~": "1\n", ".github/x": "1\n", "b": "1\n",
			"sub/.gitattributes": "* -text\n*.x text\n", "sub/!c": "1\n", "sub/d": "1\n", "sub/d.x": "1\n", "sub/.a": "1\n", "sub/deep/e": "1\n", "sub/deep/.gitattributes": "e eol=lf\nf !eol\n", "sub/deep/f": "1\n", "sub/deep/+g": "1\n",
			"only/+before": "1\n", "only/.gitattributes": "+before -text\nafter -text\n", "only/after": "1\n",
		},
		"link_attributes": {".gitattributes": "-> attrs", "attrs": "* eol=crlf\n", "x": "1\n", "sub/.gitattributes": "-> ../attrs", "sub/y": "1\n"},
		"ident": {
			".gitattributes": "* ident\n*.no -ident\n*.set ident=set\n*.both ident eol=crlf\n",
			"a":              id, "b.no": id, "c.set": id, "d.both": "x\n" + id, "e": "$Identity of\nthis 5$ and $Id$\n", "f": "$Id", "g": "$Id and no end\n", "h": "\x00$Id$", "i": "\xff\xfe$Id$", "j": "\xef\xbb\xbf$Id$\n", "k": "$$Id$$", "l": "\x01$Id$", "m": "$ $Id$", "n": "$I$Id$", "o": "$Id$\r\n", "p": "$Id\x7f$",
		},
		"macros": {
			".gitattributes": "early win\n[attr]win eol=crlf\n[attr]both win ident\n[attr]nothing foo\n[attr]binary nothing\n*.w win\n*.b both\n*.n nothing eol=crlf\n*.bin binary eol=crlf\n*.m -win\n*.u win !eol\n*.v eol=lf win\n*.r win=1\n",
			"early":          "1\n", "a.w": id, "a.b": id, "a.n": "1\n", "a.bin": "1\n", "a.m": "1\n", "a.u": "1\n", "a.v": "1\n", "a.r": "1\n",
			"sub/.gitattributes": "[attr]inner eol=crlf\n*.i inner\n*.w2 win\n", "sub/x.i": "1\n", "sub/x.w2": "1\n", "+first/.gitattributes": "*.w win\n", "+first/x.w": "1\n", "+first/y": "1\n",
		},
		"patterns": {
			".gitattributes": "\ufeff# comment\n\n  indented eol=crlf\n/root eol=crlf\nd/in eol=crlf\nd/*.g eol=crlf\n**/deep.s eol=crlf\ne/** eol=crlf\nf/**/x eol=crlf\nfolder/ eol=crlf\n*.[ch] eol=crlf\n[!a-y]1 eol=crlf\n[[:digit:]]x eol=crlf\nq? eol=crlf\nsp\\ ace eol=crlf\n\"quoted name\" eol=crlf\n!neg ident\nba\\[r eol=crlf\n/ late.txt eol=crlf\ncr eol=crlf\r\ntab\teol=crlf\nlast.line eol=crlf",
			"indented":       "1\n", "root": "1\n", "d/root": "1\n", "d/in": "1\n", "in": "1\n", "x/d/in": "1\n", "d/a.g": "1\n", "d/e/a.g": "1\n", "deep.s": "1\n", "p/q/deep.s": "1\n", "e/a/b": "1\n", "f/x": "1\n", "f/a/b/x": "1\n", "fx": "1\n", "folder/a": "1\n",
			"a.c": "1\n", "a.h": "1\n", "a.o": "1\n", "z1": "1\n", "b1": "1\n", "5x": "1\n", "qq": "1\n", "sp ace": "1\n", "quoted name": "1\n", "neg": "$Id$\n", "pos": "$Id$\n", "ba[r": "1\n", "late.txt": "1\n", "cr": "1\n", "tab": "1\n", "last.line": "1\n",
		},
		"tracked_ok":  {".cargo-ok*": "text\n", "sub/.cargo-ok": "text\n"},
		"odd_names":   {"a\\b": "1", "sp ace": "1", "ümlaut": "1", "-dash": "1", "nl\nname": "1", "git~2": "1", ".gitx": "1", "..a": "1", "...": "1", "x.git": "1", "con": "1", "a:b": "1"},
		"ignored":     {".gitignore": "*\n", "seen": "1"},
		"info_folder": {"info/attributes": "* eol=crlf\n", "x": "1\n"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			files["Cargo.toml"], files["src/lib.rs"] = depManifest, ""
			w.repo("dep", nil)
			for path, text := range files {
				path, executable := strings.CutSuffix(path, "*")
				mode := "100644"
				if executable {
					mode = "100755"
				}
				if target, ok := strings.CutPrefix(text, "-> "); ok {
					mode, text = "120000", target
				}
				w.rawBlob("dep", mode, path, text)
			}
			w.commitIndex("dep")
			w.project(fmt.Sprintf("dep = { git = %q }", w.url("dep")))
			w.compare()
		})
	}
}

// Modes of files follow the umask of whoever checks out, and old trees have more
// of them.
func TestCheckout_modes(t *testing.T) {
	for _, umask := range []string{"022", "077", "002", "000"} {
		t.Run(umask, func(t *testing.T) {
			w := newWorld(t)
			w.repo("dep", map[string]string{"Cargo.toml": depManifest, "src/lib.rs": "", "x*": "1", "y": "2"})
			w.repo("inner", map[string]string{"a/b/c": "1"})
			w.repo("none", map[string]string{"x": "1"})
			w.files("dep", map[string]string{"d/e/f": "1", ".gitmodules": "[submodule \"i\"]\npath=p/i\nurl=../inner\n[submodule \"n\"]\npath=p/n\nurl=../none\nupdate=none\n"})
			w.git("dep", "add", "-A")
			w.gitlink("dep", "p/i", w.git("inner", "rev-parse", "HEAD"))
			w.gitlink("dep", "p/n", w.git("none", "rev-parse", "HEAD"))
			w.commitIndex("dep")
			tree := w.git("dep", "ls-tree", "HEAD")
			for i, mode := range []string{"100664", "100600", "100775", "100777", "100400", "100640", "100711"} {
				tree += fmt.Sprintf("\n%s blob %s\tz%d", mode, w.git("dep", "rev-parse", "HEAD:x"), i)
			}
			w.write("tree", tree+"\n")
			if _, err := w.run("dep", "022", "sh", "-c", "git update-ref HEAD $(git commit-tree -m c $(git mktree <../tree))"); err != nil {
				t.Fatal(err)
			}
			w.project(fmt.Sprintf("dep = { git = %q }", w.url("dep")))
			if _, err := w.run("app", umask, "cargo", "fetch", "-q"); err != nil {
				t.Fatal(err)
			}
			checkouts := filepath.Join(w.home(), "git", "checkouts")
			want := listing(t, checkouts)
			os.RemoveAll(checkouts)
			w.restoreUnder(umask)
			if diff := cmp.Diff(want, listing(t, checkouts)); diff != "" {
				t.Errorf("checkouts differ (-cargo +restored):\n%s", diff)
			}
		})
	}
}

// restoreUnder restores in a process with its own umask.
func (w *world) restoreUnder(umask string) {
	w.t.Helper()
	w.t.Setenv("CARGOHOME_TEST_WORLD", w.dir)
	exe, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	if out, err := w.run(".", umask, exe, "-test.run", "^TestRestoreChild$"); err != nil {
		w.t.Fatal(err, out)
	}
}

func TestRestoreChild(t *testing.T) {
	dir := os.Getenv("CARGOHOME_TEST_WORLD")
	if dir == "" {
		t.Skip("not asked for")
	}
	if err := (&world{t, dir}).restore(); err != nil {
		t.Fatal(err)
	}
}

// subWorld has a repository with one submodule in its commit, at path sub.
func subWorld(t *testing.T, modules string) *world {
	w := newWorld(t)
	w.repo("inner", map[string]string{"in": "1\n", ".gitattributes": "in eol=crlf\n", "x/y*": "2\n"})
	w.repo("dep", map[string]string{"Cargo.toml": depManifest, "src/lib.rs": "", ".gitattributes": "*.o eol=crlf\n", "sub-x": "1", "sub.o": "1\n"})
	if modules != "" {
		w.rawBlob("dep", "100644", ".gitmodules", strings.ReplaceAll(modules, "INNER", w.url("inner")))
	}
	w.gitlink("dep", "sub", w.git("inner", "rev-parse", "HEAD"))
	w.commitIndex("dep")
	w.project(fmt.Sprintf("dep = { git = %q }", w.url("dep")))
	return w
}

// Each .gitmodules here is one that Cargo copes with.
func TestCheckout_submodules(t *testing.T) {
	for name, modules := range map[string]string{
		"absolute":        "[submodule \"s\"]\n\tpath = sub\n\turl = INNER\n",
		"relative":        "[submodule \"s\"]\n\tpath = sub\n\turl = ../inner\n",
		"relative_dot":    "[submodule \"s\"]\n\tpath = sub\n\turl = ./../inner/\n",
		"relative_git":    "[submodule \"s\"]\n\tpath = sub\n\turl = ../x/../inner\n",
		"none":            "[submodule \"s\"]\n\tpath = sub\n\turl = INNER\n\tupdate = none\n",
		"none_by_false":   "[submodule \"s\"]\n\tpath = sub\n\turl = INNER\n\tupdate = off\n",
		"rebase":          "[submodule \"s\"]\n\tpath = sub\n\turl = INNER\n\tupdate = rebase\n",
		"no_path":         "[submodule \"sub\"]\n\turl = INNER\n",
		"unlinked":        "[submodule \"s\"]\n\tpath = sub\n\turl = INNER\n[submodule \"t\"]\n\tpath = gone\n\turl = https://example.com/gone\n",
		"last_wins":       "[submodule \"s\"]\n\tpath = sub\n\turl = https://example.com/x\n\turl = INNER\n",
		"two_sections":    "[submodule \"s\"]\n\tpath = sub\n[core]\nx = 1\n[submodule \"s\"]\n\turl = INNER\n",
		"case":            "[SubModule \"S\"]\n\tPATH = sub\n\tUrl = INNER\n[submodule \"s\"]\n\turl=https://example.com/x\n\tpath=elsewhere\n",
		"syntax":          "\ufeff; comment\r\n[submodule \"s\\\"x\"] path = \"su\"b # comment\r\n\turl=\"INNER\";x\r\n\tignore = all\r\n",
		"continued":       "[submodule \"s\"]\n\tpath = su\\\nb\n\turl = INNER\\\n\n",
		"dotted":          "[submodule.s]\n\tpath = sub\n\turl = INNER\n",
		"same_line":       "[submodule \"s\"]path=sub\n[submodule \"s\"] url=INNER\n",
		"bad_name_unused": "[submodule \"../up\"]\n\tpath = gone\n[submodule \"s\"]\n\tpath = sub\n\turl = INNER\n",
		"option_like":     "[submodule \"sub\"]\n\tpath = -x\n\turl = -y\n\turl = INNER\n",
	} {
		t.Run(name, func(t *testing.T) { subWorld(t, modules).compare() })
	}
}

// Each .gitmodules here is one that Cargo fails over.
func TestCheckout_submodules_refused(t *testing.T) {
	for name, modules := range map[string]string{
		"no_file":       "",
		"not_mentioned": "[core]\n\tx = 1\n",
		"option_last":   "[submodule \"sub\"]\n\turl = INNER\n\turl = -y\n",
		"no_url":        "[submodule \"s\"]\n\tpath = sub\n",
		"unlinked_url":  "[submodule \"s\"]\n\tpath = sub\n\turl = INNER\n[submodule \"t\"]\n\tpath = gone\n",
		"no_such_url":   "[submodule \"s\"]\n\tpath = sub\n\turl = git@example.com:x/y\n",
		"option_url":    "[submodule \"s\"]\n\tpath = sub\n\turl = --upload-pack=x\n",
		"path_twice":    "[submodule \"s\"]\n\tpath = sub\n\turl = INNER\n[submodule \"t\"]\n\tpath = sub\n\turl = INNER\n",
		"update":        "[submodule \"s\"]\n\tpath = sub\n\turl = INNER\n\tupdate = !touch x\n",
		"syntax":        "[submodule \"s\"\n\tpath = sub\n",
		"syntax_key":    "[submodule \"s\"]\n\tpa_th = sub\n",
		"escape":        "[submodule \"s\"]\n\tpath = s\\ub\n",
	} {
		t.Run(name, func(t *testing.T) {
			w := subWorld(t, modules)
			if err := w.cargo("fetch", "-q"); err == nil {
				t.Error("cargo does not fail")
			}
			if err := w.cargo("generate-lockfile", "-q"); err == nil {
				t.Error("cargo makes a lockfile")
			}
			// A home that has everything cargo got to.
			src, err := homeSource(w, "dep")
			if err != nil {
				t.Fatal(err)
			}
			h := home.New(w.home())
			defer h.Close()
			if _, err := h.Git().WorkTree(t.Context(), src); err == nil {
				t.Error("no error")
			} else {
				t.Log(err)
			}
		})
	}
}

// Submodules within submodules, relative to those they are in, and one repository
// at two commits.
func TestCheckout_nested(t *testing.T) {
	w := newWorld(t)
	w.repo("leaf", map[string]string{"leaf": "1\n"})
	first := w.git("leaf", "rev-parse", "HEAD")
	w.files("leaf", map[string]string{"more": "2\n"})
	second := w.commit("leaf")
	w.repo("mid", map[string]string{"mid": "1\n", ".gitmodules": "[submodule \"l\"]\n\tpath = deep/leaf\n\turl = ../leaf\n"})
	w.gitlink("mid", "deep/leaf", first)
	mid := w.commitIndex("mid")
	w.repo("dep", map[string]string{"Cargo.toml": depManifest, "src/lib.rs": "", ".gitmodules": "[submodule \"m\"]\n\tpath = third/mid\n\turl = ../mid\n[submodule \"l\"]\n\tpath = leaf\n\turl = ../leaf\n"})
	w.gitlink("dep", "third/mid", mid)
	w.gitlink("dep", "leaf", second)
	w.commitIndex("dep")
	w.project(fmt.Sprintf("dep = { git = %q }", w.url("dep")))
	w.compare()
}

// What cargo does not check out is refused here, and so are a few names that only
// other systems are fooled by. Nothing is written.
func TestCheckout_names(t *testing.T) {
	for name, entry := range map[string]struct {
		mode, name string
		portable   bool // cargo, on Linux, does not mind
	}{
		"dot":               {"100644", ".", false},
		"dot_dot":           {"100644", "..", false},
		"dot_dot_folder":    {"040000", "..", false},
		"dot_git":           {"100644", ".git", false},
		"dot_git_folder":    {"040000", ".git", false},
		"upper":             {"040000", ".GIT", false},
		"short":             {"040000", "git~1", false},
		"short_upper":       {"100644", "GIT~1", false},
		"space":             {"040000", ".git ", false},
		"dots":              {"040000", ".git...", false},
		"stream":            {"100644", ".git::$INDEX_ALLOCATION", false},
		"backslash":         {"100644", ".git\\config", false},
		"hfs":               {"040000", ".g\u200cit", true},
		"modules_link":      {"120000", ".gitmodules", false},
		"modules_link_ntfs": {"120000", "GITMOD~1", false},
		"modules_link_hfs":  {"120000", ".gitmodule\u200ds", true},
		"modules_link_2":    {"120000", "gi7eba~1", false},
		"modules_stream":    {"120000", ".gitmodules:x", false},
		"ok_link":           {"120000", ".cargo-ok", true}, // it empties what the link leads to
		"ok_folder":         {"040000", ".cargo-ok", false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.repo("dep", map[string]string{"Cargo.toml": depManifest, "src/lib.rs": ""})
			object := "HEAD:Cargo.toml"
			if entry.mode == "040000" {
				object = "HEAD:src"
			}
			kind := map[bool]string{true: "tree", false: "blob"}[entry.mode == "040000"]
			w.write("tree", fmt.Sprintf("%s\n%s %s %s\t%s\n", w.git("dep", "ls-tree", "HEAD"), entry.mode, kind, w.git("dep", "rev-parse", object), entry.name))
			if _, err := w.run("dep", "022", "sh", "-c", "git update-ref HEAD $(git commit-tree -m c $(git mktree <../tree))"); err != nil {
				t.Fatal(err)
			}
			w.project(fmt.Sprintf("dep = { git = %q }", w.url("dep")))
			if err := w.cargo("fetch", "-q"); (err == nil) != entry.portable {
				t.Errorf("cargo: %v", err)
			}
			src, err := homeSource(w, "dep")
			if err != nil {
				t.Fatal(err)
			}
			h := home.New(w.home())
			defer h.Close()
			var refused *worktree.EntryError
			if _, err := h.Git().WorkTree(t.Context(), src); !errors.As(err, &refused) {
				t.Errorf("WorkTree: %v, want an EntryError", err)
			}
		})
	}
}

// Folder names grow with what else the repository holds.
func TestCheckout_short(t *testing.T) {
	w := newWorld(t)
	w.repo("dep", map[string]string{"Cargo.toml": depManifest, "src/lib.rs": ""})
	id := w.git("dep", "rev-parse", "HEAD")
	w.project(fmt.Sprintf("dep = { git = %q }", w.url("dep")))
	if err := w.cargo("fetch", "-q"); err != nil {
		t.Fatal(err)
	}
	src, err := homeSource(w, "dep")
	if err != nil {
		t.Fatal(err)
	}
	name := home.GitNames(src)[0]
	checkouts := filepath.Join(w.home(), "git", "checkouts")
	for _, shared := range []int{0, 6, 7, 8, 20, 38} {
		// An object whose name has that many digits in common with the commit's.
		// What it holds is never asked for.
		other := id[:shared] + flip(id[shared:shared+1]) + id[shared+1:]
		w.write("home/git/db/"+name+"/objects/"+other[:2]+"/"+other[2:], "")
		os.RemoveAll(checkouts)
		if err := w.cargo("fetch", "-q", "--offline"); err != nil {
			t.Fatal(err)
		}
		want, _ := filepath.Glob(filepath.Join(checkouts, name, "*"))
		os.RemoveAll(checkouts)
		if err := w.restore(); err != nil {
			t.Fatal(err)
		}
		got, _ := filepath.Glob(filepath.Join(checkouts, name, "*"))
		if diff := cmp.Diff(want, got); diff != "" || len(filepath.Base(got[0])) != max(7, shared+1) {
			t.Errorf("%d digits shared: folders differ (-cargo +restored):\n%s%q", shared, diff, got)
		}
	}
}

// flip returns another digit.
func flip(digit string) string {
	if digit == "0" {
		return "1"
	}
	return "0"
}

// realProject makes a project of the repositories in CARGOHOME_GIT.
func realProject(t *testing.T) *world {
	dir := os.Getenv("CARGOHOME_GIT")
	if dir == "" {
		t.Skip("CARGOHOME_GIT, a folder with tracing.git, winit.git, regalloc2.git and cargo.git, is not set")
	}
	w := newWorld(t)
	var deps []string
	config, _ := os.ReadFile(w.path("gitconfig"))
	for _, repo := range []string{"tokio-rs/tracing", "rust-windowing/winit", "bytecodealliance/regalloc2", "rust-lang/cargo"} {
		url, name := "https://github.com/"+repo, filepath.Base(repo)
		config = fmt.Appendf(config, "[url %q]\ninsteadOf = %s\n", "file://"+filepath.Join(dir, name+".git"), url)
		deps = append(deps, fmt.Sprintf("%s = { git = %q }", name, url))
	}
	w.write("gitconfig", string(config))
	w.project(deps...)
	return w
}

// Not all of them build with the cargo at hand.
func TestCheckout_real(t *testing.T) { realProject(t).compare("-p", "regalloc2") }
