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

func newRules(t *testing.T, files map[string]string) *worktree.Rules {
	t.Helper()
	r, err := worktree.NewRules(writeTree(t, files))
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
