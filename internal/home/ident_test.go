package home

import (
	"strings"
	"testing"

	"cargohome/crate"
)

func mustSource(t testing.TB, s string) crate.SourceID {
	t.Helper()
	src, err := crate.ParseSourceID(s)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func mustGit(t testing.TB, url string) crate.SourceID {
	t.Helper()
	src, err := crate.NewGitSource(url, crate.GitRef{Kind: crate.DefaultBranch})
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// The hashes of spec 2.5 and the folders of proved.md 12; an empty old means that
// only the current one is known.
func TestIdent(t *testing.T) {
	for _, tt := range []struct{ source, current, old string }{
		{"sparse+https://index.crates.io/", "index.crates.io-1949cf8c6b5b557f", "index.crates.io-6f17d22bba15001f"},
		{"registry+https://github.com/rust-lang/crates.io-index", "github.com-25cdd57fae9f0462", "github.com-1ecc6299db9ec823"},
		{"registry+https://my-crates.io/", "my-crates.io-b2d65deb64f05373", ""},
		{"sparse+https://my-crates.io", "my-crates.io-327cfdbd92dd81e1", ""},
		{"sparse+https://example.com/index/", "example.com-8efe07b64e46d130", "example.com-baca101d629c921a"},
		{"registry+https://example.com/index", "example.com-3bab6764c353b068", "example.com-4b9bc5264e97aa3e"},
		{"registry+file:///srv/reg", "-e7da1fff407dd7f6", "-dce46138b44ad738"},
		{"git+https://github.com/rust-lang/cargo", "cargo-b84a1f0e94ea6819", "cargo-e7ff1db891893a9e"},
		{"git+https://github.com/gimli-rs/gimli?branch=x#0123", "gimli-04489b1e1dfc10d2", "gimli-a0d193bd15a5ed96"},
		{"git+https://github.com/rust-lang/log", "log-c33b85c7b6451cf6", "log-c58e1db3de7c154d"},
		{"git+ssh://git@github.com/rust-lang/cargo.git", "cargo-6efbacc6cfd6d8b1", "cargo-a81ed0146d43e18f"},
		{"git+https://gitlab.com/Foo/Bar.git", "Bar-c144b708552c2907", "Bar-0bd4eb863b75998e"},
		{"git+ssh://git@example.com/team/repo", "repo-3659e57ce0761b81", "repo-927cadb8ff7f09e8"},

		{"sparse+http://127.0.0.1:33785/index/", "127.0.0.1-e52b1245d602c271", "127.0.0.1-fc4fd04469a2957c"}, // as cargo 1.95 and 1.84 made them
		{"registry+https://example.com/index.git", "example.com-3bab6764c353b068", "example.com-eabd4c274ae2cedf"},

		{"sparse+http://127.0.0.1:8000/index/", "127.0.0.1-d93c24d61016b71b", ""},
		{"sparse+http://127.0.0.1:8000/index.git/", "127.0.0.1-d93c24d61016b71b", ""},
		{"sparse+http://127.0.0.1:8000/Index/", "127.0.0.1-d0cc9c2effec82b8", ""},
		{"sparse+http://127.0.0.1:8000/", "127.0.0.1-8c7ae9a6e428fc61", ""},
		{"sparse+http://Reg.Example.com/index/", "Reg.Example.com-cebf9c99e12dc2bf", ""},
		{"sparse+http://reg.example.com/index/", "reg.example.com-0e12ff85b238ad6c", ""},
		{"sparse+http://reg.example.com:80/index/", "reg.example.com-3060337457603af4", ""},
		{"sparse+http://github.com/Foo/Index/", "github.com-e024caf5bbad03b3", ""},
		{"git+https://github.com/Foo/Bar.git", "bar-18323edeb34cede0", ""},
		{"git+https://github.com/foo/bar/", "bar-18323edeb34cede0", ""},
		{"git+http://github.com/foo/bar.git/", "bar-18323edeb34cede0", ""},
		{"git+git://github.com/foo/bar", "bar-18323edeb34cede0", ""},
		{"git+ssh://git@github.com/Foo/Bar.git", "bar-de7b29b5b35bd66a", ""},
		{"git+ssh://git@example.com:2222/team/repo", "repo-1b620d5b3a197558", ""},
		{"git+file:///srv/vec/repo", "repo-5e874a885018734c", ""},
		{"git+file:///srv/vec/repo/", "repo-5e874a885018734c", ""},
		{"git+file:///srv/vec/repo.git", "repo-5e874a885018734c", ""},
		{"registry+https://github.com/Foo/Index.git", "github.com-fdf2ab6c2c521b49", ""},
		{"git+https://example.com/", "_empty-4d52e45a48c53201", ""},
		{"git+https://example.com", "_empty-4d52e45a48c53201", ""},
		{"git+https://example.com/.git", "_empty-4d52e45a48c53201", ""},
		{"registry+file:///srv/vec/reg", "-814db9d9dac85ed9", ""},
		{"registry+file:///srv/vec/reg/", "-814db9d9dac85ed9", ""},
		{"registry+ssh://git@example.com/reg.git", "example.com-fbcf3a15d75fe9da", ""},
		{"git+https://user@github.com/foo/bar", "bar-0270c8bde4a971a9", ""},
		{"git+https://example.com/x.git.git", "x.git-93c25f2a4de8a83d", ""},
	} {
		current, old := Ident(mustSource(t, tt.source))
		if current != tt.current || tt.old != "" && old != tt.old {
			t.Errorf("Ident(%q) = %q, %q, want %q, %q", tt.source, current, old, tt.current, tt.old)
		}
	}
}

// Sources that no lockfile names.
func TestIdent_configured(t *testing.T) {
	for _, tt := range []struct {
		src  crate.SourceID
		want string
	}{
		{crate.NewLocalRegistrySource("/tmp/ws/crate"), "-58d73c154f81d09f"},
		{crate.NewLocalRegistrySource("/srv/vec/lr"), "-822a369f4982dfc4"},
		{crate.NewLocalRegistrySource("/srv/vec/../vec/lr"), "-f6b38f357a2dc3a7"},
		{mustGit(t, "https://example.com/x?y=z"), "x-15f11c8c6e1517c7"},
	} {
		if got, _ := Ident(tt.src); got != tt.want {
			t.Errorf("Ident(%v) = %q, want %q", tt.src, got, tt.want)
		}
	}
}

// A full git source id enters other hashes of Cargo's by the same function.
func TestHash_gitSourceID(t *testing.T) {
	got := hash(append([]byte{0, 3}, "file:///tmp/ws/crate\xff"...))
	if want := "199e591d94239206"; got != want {
		t.Errorf("hash = %s, want %s", got, want)
	}
}

func TestComputedFolders_cratesIO(t *testing.T) {
	want := []string{
		"index.crates.io-1949cf8c6b5b557f", "index.crates.io-6f17d22bba15001f", "index.crates.io-e139d0d48fed7772",
		"github.com-25cdd57fae9f0462", "github.com-1ecc6299db9ec823", "github.com-25cdd57fae9f0462-shallow", "github.com-1ecc6299db9ec823-shallow",
	}
	for _, s := range []string{"registry+" + crate.CratesIOGit, crate.CratesIOSparse} {
		var got []string
		for _, f := range computedFolders(mustSource(t, s)) {
			got = append(got, f.name)
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("folders of %s = %q, want %q", s, got, want)
		}
	}
}

func TestIsElement(t *testing.T) {
	for name, want := range map[string]bool{
		"index.crates.io-0123": true, "-0123": true, "..-0": true, "[::1]-0": true,
		"": false, ".": false, "..": false, "a/b": false, `a\..\b`: false, "/a": false,
	} {
		if got := isElement(name); got != want {
			t.Errorf("isElement(%q) = %v, want %v", name, got, want)
		}
	}
}

func FuzzIdent(f *testing.F) {
	for _, s := range []string{"git+https://h/x", "git+ssh://h/a\\..\\b", "sparse+https://h/", "registry+file:///a/../b", "git+x://h?q/r", "git+https://h/%2e%2e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		src, err := crate.ParseSourceID(s)
		if err != nil {
			return
		}
		current, old := Ident(src)
		if len(current) < 17 || len(current) != len(old) || current[:len(current)-16] != old[:len(old)-16] {
			t.Errorf("Ident(%q) = %q, %q", s, current, old)
		}
		if strings.Contains(current, "/") {
			t.Errorf("Ident(%q) = %q, which is more than one folder", s, current)
		}
		for _, f := range computedFolders(src) {
			if !isElement(f.name) {
				t.Errorf("folder %q of %q leaves its place", f.name, s)
			}
		}
	})
}
