package rustsource

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestScan(t *testing.T) {
	for _, tt := range []struct {
		src  string
		want File
	}{
		{`const A: &str = include_str!("a.txt");`, File{Includes: []Include{{1, "a.txt", false, false}}}},
		{"\n\ninclude!(\n\"b.rs\"\n);", File{Includes: []Include{{3, "b.rs", false, true}}}},
		{"/* \n /* include!(\"x\") */ */ // include!(\"x\")\nlet x = ['\"', '\\'', 'a']; include_bytes![r#\"c\"#]", File{Includes: []Include{{3, "c", false, false}}}},
		{`let s = "include!(\"x\")"; fn f<'a>(x: &'a str) { include_bytes!{"d"} }`, File{Includes: []Include{{1, "d", false, false}}}},
		{`include!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/", "e.rs"));`, File{Includes: []Include{{1, "/data/e.rs", true, true}}}},
		{`include!(concat!(env!("OUT_DIR"), "/e.rs")); include!("f")`, File{Includes: []Include{{1, "f", false, true}}}},
		{`#![doc = include_str!("../README.md")]`, File{Includes: []Include{{1, "../README.md", false, false}}}},
		{`#![cfg_attr(docsrs, doc = include_str!("x"))] include!("y")`, File{Includes: []Include{{1, "y", false, true}}}},
		{`#[cfg_attr(feature = "z", doc = include_str!("x"))] fn f() {}`, File{Includes: []Include{{1, "x", false, false}}}},
		{`#[cfg(test)] mod tests { const X: &str = include_str!("x"); } include!("y");`, File{Includes: []Include{{1, "y", false, true}}}},
		{`#[cfg(all(test, feature = "a"))] #[doc = include_str!("x")] pub(crate) mod tests; include!("y");`, File{Includes: []Include{{1, "y", false, true}}, TestOnly: []Module{{"tests", ""}}}},
		{`#[cfg(test)] #[path = "t/x.rs"] mod tests;`, File{TestOnly: []Module{{"tests", "t/x.rs"}}}},
		{`#[cfg(any(test, feature = "a"))] mod m { include!("x"); }`, File{Includes: []Include{{1, "x", false, true}}}},
		{`#[cfg(not(test))] include!("x");`, File{Includes: []Include{{1, "x", false, true}}}},
		{`f(#[cfg(test)] include_str!("x"), include_str!("y"))`, File{Includes: []Include{{1, "y", false, false}}}},
		{`#[cfg(test)] fn f<A, B>() { include!("x") } include!("y")`, File{Includes: []Include{{1, "y", false, true}}}},
		{`#![cfg(test)] include!("x")`, File{AllTests: true}},
		{`fn include() {} include`, File{}},
		{`include_str!("../\x64ocs/\u{61}.md")`, File{Includes: []Include{{1, "../docs/a.md", false, false}}}},
		{"include_str!(\"../docs/\\\n   a.md\")", File{Includes: []Include{{1, "../docs/a.md", false, false}}}},
		{`include_str!(concat!["..", "/docs/", "a.md"])`, File{Includes: []Include{{1, "../docs/a.md", false, false}}}},
		{`pub mod a; mod b { mod c; include!{"x"} } mod d;`, File{Includes: []Include{{1, "x", false, true}}, Modules: []Submodule{
			{Line: 1, Name: "a"}, {Line: 1, Name: "c", In: "b"}, {Line: 1, Name: "d"}}}},
		{`#[path = "x.rs"] #[allow(unused)] pub(in crate::e) mod a; #[cfg_attr(unix, path = "y.rs")] mod r#b; const X: u8 = 1;`, File{Modules: []Submodule{
			{Line: 1, Name: "a", Paths: []string{"x.rs"}, Always: true}, {Line: 1, Name: "b", Paths: []string{"y.rs"}}}}},
		{`#[path = "x"] mod a { mod b { #[path = "y.rs"] mod c; } }`, File{Modules: []Submodule{
			{Line: 1, Name: "c", Paths: []string{"y.rs"}, Always: true, In: "x/b", Beside: true}}}},
		{`#[cfg_attr(test, path = "x.rs")] mod a; #[serde(path = "y")] struct S; #[cfg(test)] mod b;`, File{
			Modules: []Submodule{{Line: 1, Name: "a"}}, TestOnly: []Module{{"b", ""}}}},
	} {
		room := 1 << 20
		got, err := Scan([]byte(tt.src), true, &room)
		if err != nil {
			t.Errorf("%s: %v", tt.src, err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.src, diff)
		}
	}
}

func FuzzScan(f *testing.F) {
	for _, s := range []string{"#[cfg(", "#![cfg(all(test", "include!(concat!(env!(", "'\\", "b'", "r#\"", "/*x", "/* * x", "#[cfg(test)] mod", "#[cfg(((", "\"\\"} {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, s string) {
		room := 1 << 20
		_, _ = Scan([]byte("include; "+s), true, &room)
	})
}

// The depth of predicates is bounded.
func TestScan_deep(t *testing.T) {
	room := 1 << 20
	if _, err := Scan([]byte("#[cfg("+strings.Repeat("all(", 1<<20)), false, &room); err != nil {
		t.Error(err)
	}
}

// What is made of a text is bounded by its length and by the room, however it is made.
func TestScan_room(t *testing.T) {
	const n, room = 400_000, 8 << 20
	for _, tt := range []struct {
		name, src string
		refused   bool
	}{
		{"nested modules", strings.Repeat("mod a{", n), true},
		{"paths", "#[" + strings.Repeat(`path="x",`, n) + "] mod a;", true},
		{"modules", strings.Repeat("mod a;", n), true},
		{"modules for tests", strings.Repeat("#[cfg(test)] mod a;", n), true},
		{"includes", strings.Repeat(`include!("x");`, n), true},
		{"one long name", `include!(concat!(` + strings.Repeat(`"xxxxxxxxxxxxxxxxxxxxxxxx",`, n) + "));", true},
		{"a name of many parts", `include!(concat!(` + strings.Repeat(`"x",`, n) + "));", false},
		{"modules side by side", "include!(x);" + strings.Repeat("mod a{}", 10_000), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			left := room
			runtime.ReadMemStats(&before)
			_, err := Scan([]byte(tt.src), true, &left)
			runtime.ReadMemStats(&after)
			if refused := errors.Is(err, ErrRoom); refused != tt.refused {
				t.Errorf("got the error %v", err)
			}
			if made := after.TotalAlloc - before.TotalAlloc; made > uint64(4*len(tt.src)+8*room) {
				t.Errorf("%d bytes take %d of memory", len(tt.src), made)
			}
		})
	}
}
