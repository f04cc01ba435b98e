package worktree

import (
	"bytes"
	"crypto/sha1"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"cargohome/gitsrc/object"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/google/go-cmp/cmp"
)

var someHash = plumbing.Hash(sha1.Sum([]byte("x")))

func TestMatcher(t *testing.T) {
	for _, tt := range []struct {
		pattern, text string
		whole, want   bool
	}{
		{"a", "a", false, true}, {"a", "b", false, false}, {"", "", false, true}, {"", "a", false, false}, {"a", "", false, false},
		{"*", "", false, true}, {"*", "a/b", false, true}, {"*", "a/b", true, false}, {"*/b", "a/b", true, true}, {"*/b", "x/a/b", true, false},
		{"**", "a/b", true, true}, {"**/b", "b", true, true}, {"**/b", "x/y/b", true, true}, {"a/**/b", "a/b", true, true}, {"a/**/b", "a/x/y/b", true, true},
		{"a/**", "a", true, false}, {"a/**", "a/b/c", true, true}, {"a**b", "a/b", true, false}, {"a**b", "axxb", true, true}, {"*.c", "x.c.c", false, true},
		{"?", "/", true, false}, {"?", "/", false, true}, {"a?c", "abc", true, true}, {"[ab]", "b", false, true}, {"[!ab]", "b", false, false}, {"[^a]", "b", false, true},
		{"[a-c]", "b", false, true}, {"[]a]", "]", false, true}, {"[!]a]", "b", false, true}, {"[a-]", "-", false, true}, {"[", "[", false, false}, {"[a", "a", false, false},
		{"[[:digit:]]", "5", false, true}, {"[[:nope:]]", "5", false, false}, {"[[:upper:][:digit:]]", "x", false, false}, {"[[:]", ":", false, true}, {"[\\]]", "]", false, true},
		{"[/]", "/", true, false}, {"\\*", "*", false, true}, {"\\*", "x", false, false}, {"\\", "\\", false, false}, {"a\\b", "ab", false, true},
	} {
		m := matcher{fuel: 1000}
		if got := m.match(tt.pattern, tt.text, tt.whole); got != tt.want {
			t.Errorf("match(%q, %q, %v) = %v", tt.pattern, tt.text, tt.whole, got)
		}
	}
}

// Each byte that is looked at is paid for, those of a run of stars too.
func TestMatcher_pays(t *testing.T) {
	for _, pattern := range []string{strings.Repeat("*", 5000) + "b", "?" + strings.Repeat("*", 5000), "[" + strings.Repeat("a", 5000) + "]b"} {
		m := matcher{fuel: 4000}
		if m.match(pattern, "xb", true); m.fuel >= 0 {
			t.Errorf("%.10q… has %d steps left", pattern, m.fuel)
		}
	}
}

func FuzzMatcher(f *testing.F) {
	for _, seed := range []string{"a*b", "**/x", "[a-z]?", "[[:alpha:]-]", "\\", "[!]]", "a/**/b/*", "*a*a*a*a*a*b"} {
		f.Add(seed, "a/b/x", true)
	}
	f.Fuzz(func(t *testing.T, pattern, text string, whole bool) {
		m := matcher{fuel: 1 << 16}
		m.match(pattern, text, whole)
		// A text quoted byte by byte matches itself and nothing longer.
		var quoted strings.Builder
		for i := range len(text) {
			quoted.WriteString("\\" + text[i:i+1])
		}
		m = matcher{fuel: 1 << 20}
		if !m.match(quoted.String(), text, whole) || m.match(quoted.String(), text+"x", whole) {
			t.Errorf("%q quoted does not match itself alone", text)
		}
		m = matcher{fuel: 1 << 20}
		if !m.match("**", text, whole) {
			t.Errorf("** does not match %q", text)
		}
	})
}

func TestConversion(t *testing.T) {
	blob := plumbing.NewHash("0123456789012345678901234567890123456789")
	for _, tt := range []struct{ attributes, in, want string }{
		{"* eol=crlf", "1\n2\r\n3", "1\r\n2\r\n3"}, {"* eol=crlf", "", ""}, {"* eol=crlf", "x", "x"}, {"* eol=crlf", "\x00\n", "\x00\r\n"}, {"* eol=crlf", "a\r\r\nb\n", "a\r\r\nb\r\n"},
		{"* eol=lf", "1\r\n", "1\r\n"}, {"* text=auto", "1\n", "1\n"}, {"* text=auto eol=crlf", "1\n", "1\r\n"}, {"* text=auto eol=crlf", "1\n2\r\n", "1\n2\r\n"}, {"* text=auto eol=crlf", "\x00\n", "\x00\n"},
		{"* -text eol=crlf", "1\n", "1\n"}, {"* binary eol=crlf", "1\n", "1\n"}, {"* eol=CRLF", "1\n", "1\n"}, {"* crlf eol=crlf", "1\n", "1\r\n"}, {"* -crlf eol=crlf", "1\n", "1\n"},
		{"* ident", "$Id$", "$Id: " + blob.String() + " $"}, {"* ident=x", "$Id$", "$Id$"}, {"* ident", "$Id", "$Id"}, {"* ident", "\x00$Id$", "\x00$Id$"},
		{"* eol=crlf\n* !eol", "1\n", "1\n"}, {"* eol=crlf\nx eol=lf", "1\n", "1\n"}, {"[attr]m eol=crlf\n* m", "1\n", "1\r\n"}, {"* m\n[attr]m eol=crlf", "1\n", "1\n"},
	} {
		a := newAttrStack(object.NewBudget().Spend)
		a.files[""] = &attrFile{read: func() (string, error) { return tt.attributes, nil }}
		set, err := a.of("x")
		if err != nil {
			t.Fatal(err)
		}
		if got := string(set.conversion().apply([]byte(tt.in), blob)); got != tt.want {
			t.Errorf("%q of %q = %q, want %q", tt.attributes, tt.in, got, tt.want)
		}
	}
}

// Files do not change but at the ends of lines, and only once.
func FuzzConversion(f *testing.F) {
	f.Add([]byte("1\n2\r\n\r3"), true)
	f.Fuzz(func(t *testing.T, data []byte, auto bool) {
		got := toCRLF(data, auto)
		unix := func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) }
		if !bytes.Equal(unix(got), unix(data)) {
			t.Errorf("%q became %q", data, got)
		}
		if again := toCRLF(got, false); !auto && !bytes.Equal(got, again) {
			t.Errorf("%q became %q the second time", got, again)
		}
		if id := expandIdent(data, someHash); len(id) > len(data)+50 {
			t.Errorf("%d bytes of %d", len(id), len(data))
		}
	})
}

func FuzzAttributes(f *testing.F) {
	f.Add("* text=auto\n[attr]m eol=crlf ident\n/a/ m -x !y z=1 # c\n!b\\ c m\r\n/ x text\n\x00z text", "a/b")
	f.Add("// text", "0")
	f.Add("\ufeff*.c binary\n[attr]\n[attr]x\n! text\n**/q text", "x/q")
	f.Fuzz(func(t *testing.T, text, path string) {
		m := newMacros()
		for _, r := range parseAttributes(text, m, true) {
			// "//" is an empty pattern for folders (libgit2 1.9: git_attr_fnmatch__parse),
			// and matches no file.
			if r.pattern == "" && !r.folders || r.set == (attrSet{}) || len(r.pattern) > len(text) {
				t.Errorf("rule %+v", r)
			}
		}
		a := newAttrStack(object.NewBudget().Spend)
		a.match = matcher{fuel: 1 << 20}
		a.files[""] = &attrFile{read: func() (string, error) { return text, nil }}
		first, err := a.of(path)
		if again, _ := a.of(path); err == nil && a.match.fuel >= 0 && first != again {
			t.Errorf("%+v, then %+v", first, again)
		}
	})
}

func TestParseModules(t *testing.T) {
	got, err := parseModules("\ufeff[Submodule \"b c\"] ; x\n\tPath = \"p # q\" # r\n\turl = a\\\\b\\\n  c\n[submodule.a]\n\turl = u\n\tupdate = none\n[submodule \"..\"]\n\turl = x\n[other]\n\tupdate = !x\n\tkey\n")
	want := []module{{name: "a", path: "a", url: "u", skip: true}, {name: "b c", path: "p # q", url: "a\\b  c"}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(module{})); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, text := range []string{"[include]\npath = x\n", "[includeIf \"gitdir:x\"]\npath = x\n", "[", "[a", "[\"a\"]", "[a \"b]", "[a \"b\"x]", "key_ = 1", "= 1", "[submodule \"a\"]\nurl = \\x\n", "[submodule \"a\"]\nupdate = !x\n",
		"[submodule \"a\"]\nignore = x\n", "[submodule \"a\"]\nfetchRecurseSubmodules = x\n"} {
		if got, err := parseModules(text); err == nil {
			t.Errorf("parseModules(%q) = %v", text, got)
		}
	}
}

// Only what is said last of a key counts.
func TestParseModules_last(t *testing.T) {
	for text, skip := range map[string]bool{"update = !x\nupdate = 1\nignore = x\nignore = ALL\n": false, "update = checkout\nupdate = No\nfetchRecurseSubmodules = On-Demand\n": true, "ignore\nupdate\n": true} {
		mods, err := parseModules("[submodule \"a\"]\n" + text)
		if err != nil || len(mods) != 1 || mods[0].skip != skip {
			t.Errorf("%q: %+v, %v", text, mods, err)
		}
	}
}

// What is written as git writes it is read as it was.
func FuzzModules(f *testing.F) {
	f.Add("name", "path", "https://example.com/x", "[submodule \"x\"]\n\tpath = y # z\n\turl = \"q\\\nr\"")
	f.Fuzz(func(t *testing.T, name, path, url, raw string) {
		if mods, err := parseModules(raw); err == nil {
			for _, m := range mods {
				if m.name == "" || len(m.name) > len(raw) || !validModuleName(m.name) {
					t.Errorf("module %+v of %q", m, raw)
				}
			}
		}
		if strings.ContainsAny(name+path+url, "\n\x00") || !validModuleName(name) || strings.HasPrefix(path, "-") || strings.HasPrefix(url, "-") || !utf8.ValidString(name+path+url) {
			return
		}
		quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace
		text := fmt.Sprintf("[submodule \"%s\"]\n\tpath = \"%s\"\n\turl = \"%s\"\n", quote(name), quote(path), quote(url))
		mods, err := parseModules(text)
		if want := []module{{name: name, path: path, url: url}}; err != nil || !cmp.Equal(mods, want, cmp.AllowUnexported(module{})) {
			t.Errorf("parseModules(%q) = %+v, %v", text, mods, err)
		}
	})
}

func TestSubmoduleURL(t *testing.T) {
	for _, tt := range []struct{ base, url, want string }{
		{"https://h/a/b", "../c", "https://h/a/c"}, {"https://h/a/b/", "../c", "https://h/a/c"}, {"https://h/a/b.git", "./c", "https://h/a/b.git/c"},
		{"https://h/a", "../../../c", "https://h/c"}, {"ssh://git@h/a/b", "../c", "ssh://git@h/a/c"}, {"file:///a/b", "../c.git", "file:///a/c.git"},
		{"https://h/a?q=1", "../c", "https://h/c"}, {"https://h/a", "https://x/y", "https://x/y"}, {"git@h:a/b", "../c", "git@h:a/b/../c"}, {"https://h/a", "c", "c"},
	} {
		if got, err := submoduleURL(tt.base, tt.url); err != nil || got != tt.want {
			t.Errorf("submoduleURL(%q, %q) = %q, %v, want %q", tt.base, tt.url, got, err, tt.want)
		}
	}
}

func TestCheckName(t *testing.T) {
	for _, name := range []string{"", ".", "..", "a/b", "a\x00", ".git", ".GiT", ".git ", ".git. .", ".git:x", ".git\\x", "git~1", "GIT~1.", ".g\u200cit", "\ufeff.git"} {
		if checkName(name, false) == nil {
			t.Errorf("%q is accepted", name)
		}
	}
	for _, name := range []string{".gitmodules", ".GITMODULES ", "gitmod~1", "GI7EBA~9", ".git\u200dmodules", ".gitmodules:$DATA"} {
		if checkName(name, true) == nil || checkName(name, false) != nil {
			t.Errorf("%q: link %v, file %v", name, checkName(name, true), checkName(name, false))
		}
	}
	for _, name := range []string{".github", ".gitignore", ".git-x", "git~2", "git", "...", ".git~1", "x.git", "gitmodules"} {
		if checkName(name, true) != nil {
			t.Errorf("%q is refused", name)
		}
	}
}
