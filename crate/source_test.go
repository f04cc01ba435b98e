package crate_test

import (
	"errors"
	"runtime"
	"testing"

	"cargohome/crate"
)

func TestParseSourceID_round_trip(t *testing.T) {
	for _, s := range []string{
		"registry+https://github.com/rust-lang/crates.io-index",
		"registry+file:///srv/reg",
		"sparse+https://example.com/index/",
		"sparse+https://my-crates.io",
		"git+https://host/path#0123456789abcdef0123456789abcdef01234567",
		"git+https://host/path?branch=feature%2Fx#0123456789abcdef0123456789abcdef01234567",
		"git+https://host/path?tag=v1.0.0",
		"git+https://host/path?rev=abc+def",
		"git+ssh://git@example.com:2222/team/repo?rev=1%252",
		"path+file:///a/b",
	} {
		id, err := crate.ParseSourceID(s)
		if err != nil {
			t.Errorf("ParseSourceID(%q): %v", s, err)
		} else if got := id.String(); got != s {
			t.Errorf("ParseSourceID(%q).String() = %q", s, got)
		}
	}
}

// The vector of spec 4.3.
func TestGitRef_encoding(t *testing.T) {
	const ref = `*-._+20%30 Z/z#foo=bar&zap[]?to\()'"`
	const text = `git+https://h/x?branch=*-._%2B20%2530+Z%2Fz%23foo%3Dbar%26zap%5B%5D%3Fto%5C%28%29%27%22`
	id, err := crate.NewGitSource("https://h/x", crate.GitRef{Kind: crate.Branch, Name: ref})
	if err != nil {
		t.Fatal(err)
	}
	if got := id.String(); got != text {
		t.Errorf("String() = %q, want %q", got, text)
	}
	back, err := crate.ParseSourceID(text)
	if err != nil || back.Ref() != id.Ref() {
		t.Errorf("ParseSourceID(%q) has reference %q (%v), want %q", text, back.Ref().Name, err, ref)
	}
}

func TestCanonicalURL(t *testing.T) {
	for _, tt := range []struct{ source, want string }{
		{"registry+https://h", "https://h/"},
		{"registry+https://h/", "https://h/"},
		{"registry+https://h/x//", "https://h/x/"},
		{"registry+HTTPS://Example.COM:443/Index/", "https://example.com/Index"},
		{"registry+https://github.com/Foo/Index.git", "https://github.com/foo/index"},
		{"git+ssh://git@github.com/Foo/Bar.git", "https://git@github.com/foo/bar"},
		{"git+git://github.com/Foo/Bar.git/", "https://github.com/foo/bar"},
		{"git+https://gitlab.com/Foo/Bar.git", "https://gitlab.com/Foo/Bar"},
		{"git+https://h/x.git.git", "https://h/x.git"},
		{"git+https://example.com/.git", "https://example.com/"},
		{"git+ssh://git@example.com:2222/team/repo", "ssh://git@example.com:2222/team/repo"},
		{"sparse+https://h", "sparse+https://h"},
		{"sparse+https://h/", "sparse+https://h/"},
		{"sparse+https://example.com/index/", "sparse+https://example.com/index"},
		{"sparse+http://Reg.Example.com:80/index/", "sparse+http://Reg.Example.com:80/index"},
		{"sparse+http://github.com/Foo/Index/", "https://github.com/foo/index"},
		{"git+file:///srv/vec/../repo/", "file:///srv/repo"},
		{"git+https://h/My%20Repo.git", "https://h/My%2520Repo"},
		{"git+https://h/My%20Repo/", "https://h/My%20Repo"},
		{"git+https://h/a/..git", "https://h/a"},
		{"git+https://h/...git", "https://h/"},
		{"git+https://h/a/.git", "https://h/a/"},
		{"git+https://h//x%20y.git", "https://h/x%2520y"},
		{"git+https://h/a//x.git", "https://h/a//x"},
		{"git+https://h//a/x.git", "https://h//a/x"},
		{"registry+https://h/%41.git/?y=z.git#f", "https://h/%2541?y=z.git#f"},
		{"git+ssh://git@github.com:443/Foo\\Bar%2F.git", "https://git@github.com/foo/bar%252f"},
		{"git+git://github.com", "https://github.com/"},
		{"git+git://GitHub.com/Foo.git", "git://GitHub.com/Foo"},
	} {
		id, err := crate.ParseSourceID(tt.source)
		if err != nil {
			t.Errorf("ParseSourceID(%q): %v", tt.source, err)
		} else if got := id.CanonicalURL(); got != tt.want {
			t.Errorf("canonical form of %q = %q, want %q", tt.source, got, tt.want)
		}
	}
}

// Folders of the file system take the same steps, but for "..".
func TestCanonicalURL_folders(t *testing.T) {
	backslash := "%5C"
	if runtime.GOOS == "windows" { // which has it between folders
		backslash = "/"
	}
	for dir, want := range map[string]string{
		"/": "file:///", "/a/../b": "file:///a/../b", "/my dir.git": "file:///my%2520dir", "/a/..git": "file:///a", "/a/.git": "file:///a/",
		"/a^b|[c];~'d\\é": "file:///a^b|[c];~'d" + backslash + "%C3%A9",
	} {
		if got := crate.NewLocalRegistrySource(dir).CanonicalURL(); got != want {
			t.Errorf("canonical form of the folder %q = %q, want %q", dir, got, want)
		}
	}
}

func TestParseSourceID_refusals(t *testing.T) {
	for _, s := range []string{"", "registry", "https://h/x", "git+git@host:path", "registry+", "svn+https://h/x", "registry+not a url", "directory+file:///x"} {
		if id, err := crate.ParseSourceID(s); !errors.Is(err, crate.ErrSource) {
			t.Errorf("ParseSourceID(%q) = %v, %v, want ErrSource", s, id, err)
		}
	}
}

func TestConfigKey(t *testing.T) {
	for source, want := range map[string]string{
		"registry+https://github.com/rust-lang/crates.io-index": "crates-io",
		"sparse+https://index.crates.io/":                       "crates-io",
		"registry+https://h/x":                                  "registry+https://h/x",
		"sparse+https://h/x/":                                   "sparse+https://h/x/",
		"git+https://h/x?branch=fe%2Fx%2By#0123":                "git+https://h/x?branch=fe/x+y",
		"git+https://h/x/#0123":                                 "git+https://h/x/",
	} {
		id, err := crate.ParseSourceID(source)
		if err != nil {
			t.Fatal(err)
		}
		if got := id.ConfigKey(); got != want {
			t.Errorf("ConfigKey of %q = %q, want %q", source, got, want)
		}
	}
}

func TestParseOldSourceID(t *testing.T) {
	const commit = "0123456789abcdef0123456789abcdef01234567"
	for _, tt := range []struct {
		source  string
		ref     crate.GitRef
		precise string
	}{
		{"git+https://h/x?tag=v1.0.0+x#" + commit, crate.GitRef{Kind: crate.Tag, Name: "v1.0.0+x"}, commit},
		{"git+https://h/x?branch=a%20b&c#d?e=f#" + commit, crate.GitRef{Kind: crate.Branch, Name: "a%20b&c#d?e=f"}, commit},
		{"git+https://h/x?branch=fix#12", crate.GitRef{Kind: crate.Branch, Name: "fix#12"}, ""}, // of a dependency
		{"git+https://h/x?ref=a+b", crate.GitRef{Kind: crate.Branch, Name: "a+b"}, ""},
		{"git+https://h/x?rev=" + commit + "#" + commit, crate.GitRef{Kind: crate.Rev, Name: commit}, commit},
		{"git+https://h/x#" + commit, crate.GitRef{Kind: crate.DefaultBranch}, commit},
		{"git+https://h/x?y=z#" + commit, crate.GitRef{Kind: crate.DefaultBranch}, commit},
	} {
		id, err := crate.ParseOldSourceID(tt.source)
		if err != nil || id.Ref() != tt.ref || id.Precise() != tt.precise || id.URL() != "https://h/x" {
			t.Errorf("ParseOldSourceID(%q) = %v (%v), reference %q, commit %q", tt.source, id, err, id.Ref().Name, id.Precise())
		}
	}
}

func FuzzParseSourceID(f *testing.F) {
	for _, s := range []string{"registry+https://h/x", "git+https://h/x?branch=a%2Fb&tag=c#12", "sparse+https://h/", "path+file:///x", "git+ssh://u:p@[::1]:22/x.git/?q"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := crate.ParseSourceID(s)
		if err != nil {
			return
		}
		again, err := crate.ParseSourceID(id.String())
		if err != nil {
			t.Fatalf("%q prints as %q, which does not parse: %v", s, id, err)
		}
		if again.Key() != id.Key() || again.Precise() != id.Precise() || again.String() != id.String() {
			t.Fatalf("%q prints as %q, which reads as %q", s, id, again)
		}
	})
}
