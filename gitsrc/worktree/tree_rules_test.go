package worktree_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/gitsrc/worktree"
)

// writeTree writes files of a work tree.
func writeTree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// newRules has the files in "home" as the user's own.
func newRules(t *testing.T, files map[string]string) *worktree.Rules {
	t.Helper()
	root := writeTree(t, files)
	t.Setenv("HOME", filepath.Join(root, "home"))
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	for _, name := range []string{"XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL"} {
		t.Setenv(name, "")
	}
	r, err := worktree.NewRules(root)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What gitignore(5) says, example by example.
func TestRules_Ignores(t *testing.T) {
	r := newRules(t, map[string]string{
		".git/info/exclude": "excluded\n",
		".gitignore":        "# comment\n*.o\n!keep.o\n/top\ndeep/*/x\n**/any/y\nfolder/\ntrailing  \n\\#hash\n\\!bang\nopen/**\na/b\n",
		"sub/.gitignore":    "!other.o\nlocal\n",
	})
	for path, want := range map[string]string{
		"a.o": ".gitignore line 2", "x/a.o": ".gitignore line 2", "keep.o": "", "x/keep.o": "",
		"top": ".gitignore line 4", "x/top": "", "top/in": ".gitignore line 4",
		"deep/1/x": ".gitignore line 5", "deep/1/2/x": "", "any/y": ".gitignore line 6", "q/r/any/y": ".gitignore line 6",
		"folder": "", "folder/f": ".gitignore line 7", "x/folder/f": ".gitignore line 7",
		"trailing": ".gitignore line 8", "#hash": ".gitignore line 9", "!bang": ".gitignore line 10",
		"open/f": ".gitignore line 11", "open/g/f": ".gitignore line 11", "a/b": ".gitignore line 12", "c/a/b": "",
		"sub/other.o": "", "sub/more.o": ".gitignore line 2", "sub/local": "sub/.gitignore line 2", "local": "",
		"excluded": ".git/info/exclude line 1", "plain": "",
	} {
		if got := r.Ignores(path); got != want {
			t.Errorf("Ignores(%q) = %q, want %q", path, got, want)
		}
	}
}

// What comes out of a clone with other bytes.
func TestRules_Converts(t *testing.T) {
	attributes := "*.txt text\n*.bat eol=crlf\n*.auto text=auto\n*.lf text eol=lf\n*.id ident\n*.lfs filter=lfs -text\n*.enc working-tree-encoding=UTF-16\n*.bin binary\n*.no -text\n"
	r := newRules(t, map[string]string{".gitattributes": attributes, "sub/.gitattributes": "*.txt -text\n"})
	for _, c := range []struct{ path, text, want string }{
		{"a.txt", "a\n", ""}, {"a.txt", "a\r\n", "text"}, {"sub/a.txt", "a\r\n", ""},
		{"a.bat", "a\n", "eol=crlf"}, {"a.bat", "a\r\n", ""},
		{"a.auto", "a\r\n", "text=auto, or core.autocrlf"}, {"a.auto", "a\x00\r\n", ""}, {"a.auto", "a\n", ""},
		{"a.lf", "a\r\n", "text"}, {"a.lf", "a\n", ""},
		{"a.id", "$Id$", "ident"}, {"a.id", "$Id: 1 $", "ident"}, {"a.id", "$Ident$", ""},
		{"a.lfs", "", "filter=lfs"}, {"a.enc", "", "working-tree-encoding=UTF-16"},
		{"a.bin", "a\r\n", ""}, {"a.no", "a\r\n", ""}, {"a.rs", "a\r\n", ""},
	} {
		got, err := r.Converts(c.path, func() ([]byte, error) { return []byte(c.text), nil })
		if err != nil || got != c.want {
			t.Errorf("Converts(%q, %q) = %q, %v; want %q", c.path, c.text, got, err, c.want)
		}
	}
	auto := newRules(t, map[string]string{".git/config": "[core]\n\tautocrlf = input\n"})
	got, err := auto.Converts("a.rs", func() ([]byte, error) { return []byte("a\r\n"), nil })
	if err != nil || !strings.Contains(got, "autocrlf") {
		t.Errorf("core.autocrlf: %q, %v", got, err)
	}
}

// What git 2.47 makes of files, as was seen by adding, committing and cloning.
func TestRules_Converts_asGit(t *testing.T) {
	const text, input, auto, crlf, config = "text", "text", "text=auto, or core.autocrlf", "eol=crlf", "core.eol or core.autocrlf"
	at := func(text string) map[string]string { return map[string]string{".gitattributes": text} }
	for _, c := range []struct {
		files     map[string]string
		unix, dos string // what is said of a.txt that has the one ends of lines, or the others
	}{
		{at("[attr]foo text eol=crlf\n*.txt foo\n"), crlf, ""},
		{at("*.txt foo\n[attr]foo text eol=crlf\n"), crlf, ""},
		{at("[attr]foo eol=crlf\n[attr]bar foo\n*.txt bar\n"), crlf, ""},
		{at("[attr] foo text\n*.txt foo\n"), "", ""},
		{at("[attr]foo text eol=crlf\n*.txt foo -text\n"), "", ""},
		{at("[attr]foo text eol=crlf\n*.txt foo\n*.txt -foo\n"), "", ""},
		{at("[attr]-foo text\n*.txt foo\n"), "", ""},
		{at("[attr]binary text eol=crlf\n*.txt binary\n"), crlf, ""},
		{at("[attr]foo !text\n*.txt text eol=crlf foo\n"), crlf, ""},
		{at("*.txt !text eol=crlf\n"), crlf, ""},
		{at("\ufeff*.txt text\n"), "", text},
		{at("\ufeff*.txt text eol=crlf\n"), "", text},
		{at("\"a.txt\" text\n"), "", text},
		{at("\"*.t\\170t\" text\n"), "", text},
		{at("*.txt text #x\n"), "", ""},
		{at("*.TXT text\n"), "", ""},
		{at("!a.txt text\n"), "", ""},
		{at("*.txt crlf=input\n"), "", input},
		{at("*.txt working-tree-encoding=utf8\n"), "", ""},
		{map[string]string{"sub/.gitattributes": "[attr]foo text\n", ".gitattributes": "*.txt foo\n"}, "", ""},
		{map[string]string{".git/info/attributes": "*.txt text eol=crlf\n"}, "", text},
		{map[string]string{".git/info/attributes": "[attr]foo text\n", ".gitattributes": "*.txt foo\n"}, "", text},
		{map[string]string{"home/.config/git/attributes": "*.txt text eol=crlf\n"}, crlf, ""},
		{map[string]string{"home/.gitconfig": "[core]\nattributesFile = ~/at\n", "home/at": "*.txt text\n"}, "", text},
		{map[string]string{"home/.gitconfig": "[core]\nautocrlf = true\n"}, config, ""},
		{map[string]string{"home/.gitconfig": "[include]\npath = other\n", "home/other": "[core]\nautocrlf = input\n"}, "", auto},
		{map[string]string{"home/.gitconfig": "[core]\neol = crlf\n", ".gitattributes": "*.txt text\n"}, config, ""},
		{map[string]string{".git/config": "[core]\nautocrlf = true\n"}, "", auto},
		{map[string]string{".git/config": "[core]\nignoreCase = true\n", ".gitattributes": "*.TXT text\n"}, "", text},
		{map[string]string{".git": "gitdir: other\n", "other/info/attributes": "*.txt text\n"}, "", text},
		{map[string]string{".git": "gitdir: r/worktrees/w\n", "r/worktrees/w/commondir": "../..\n", "r/info/attributes": "*.txt text\n"}, "", text},
	} {
		r := newRules(t, c.files)
		for text, want := range map[string]string{"a\nb\n": c.unix, "a\r\nb\r\n": c.dos} {
			if got, err := r.Converts("a.txt", func() ([]byte, error) { return []byte(text), nil }); err != nil || got != want {
				t.Errorf("with %q, Converts of %q = %q, %v; want %q", c.files, text, got, err, want)
			}
		}
	}
}

// What the user's own configuration passes over.
func TestRules_Ignores_user(t *testing.T) {
	for want, files := range map[string]map[string]string{
		"home/.config/git/ignore line 1": {"home/.config/git/ignore": "*.txt\n"},
		"~/ex line 2":                    {"home/.gitconfig": "[core]\n\texcludesFile = ~/ex\n", "home/ex": "\n*.txt\n"},
		".gitignore line 1":              {".gitignore": "\ufeff*.txt\n"},
		".git/info/exclude line 1":       {".git/info/exclude": "*.txt\n", "home/.config/git/ignore": "a*\n"},
		"":                               {".git/info/exclude": "!a.txt\n", "home/.config/git/ignore": "*.txt\n"},
	} {
		r := newRules(t, files)
		if got := r.Ignores("a.txt"); got != want && !strings.HasSuffix(got, "/"+want) {
			t.Errorf("with %q, Ignores = %q, want %q", files, got, want)
		}
	}
}
