package rustsource

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestScan(t *testing.T) {
	for _, tt := range []struct {
		src  string
		want File
	}{
		{`const A: &str = include_str!("a.txt");`, File{Includes: []Include{{1, "a.txt", false}}}},
		{"\n\ninclude!(\n\"b.rs\"\n);", File{Includes: []Include{{3, "b.rs", false}}}},
		{"/* \n /* include!(\"x\") */ */ // include!(\"x\")\nlet x = ['\"', '\\'', 'a']; include_bytes![r#\"c\"#]", File{Includes: []Include{{3, "c", false}}}},
		{`let s = "include!(\"x\")"; fn f<'a>(x: &'a str) { include_bytes!{"d"} }`, File{Includes: []Include{{1, "d", false}}}},
		{`include!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/", "e.rs"));`, File{Includes: []Include{{1, "/data/e.rs", true}}}},
		{`include!(concat!(env!("OUT_DIR"), "/e.rs")); include!("f")`, File{Includes: []Include{{1, "f", false}}}},
		{`#![doc = include_str!("../README.md")]`, File{Includes: []Include{{1, "../README.md", false}}}},
		{`#![cfg_attr(docsrs, doc = include_str!("x"))] include!("y")`, File{Includes: []Include{{1, "y", false}}}},
		{`#[cfg_attr(feature = "z", doc = include_str!("x"))] fn f() {}`, File{Includes: []Include{{1, "x", false}}}},
		{`#[cfg(test)] mod tests { const X: &str = include_str!("x"); } include!("y");`, File{Includes: []Include{{1, "y", false}}}},
		{`#[cfg(all(test, feature = "a"))] #[doc = include_str!("x")] pub(crate) mod tests; include!("y");`, File{Includes: []Include{{1, "y", false}}, TestOnly: []Module{{"tests", ""}}}},
		{`#[cfg(test)] #[path = "t/x.rs"] mod tests;`, File{TestOnly: []Module{{"tests", "t/x.rs"}}}},
		{`#[cfg(any(test, feature = "a"))] mod m { include!("x"); }`, File{Includes: []Include{{1, "x", false}}}},
		{`#[cfg(not(test))] include!("x");`, File{Includes: []Include{{1, "x", false}}}},
		{`f(#[cfg(test)] include_str!("x"), include_str!("y"))`, File{Includes: []Include{{1, "y", false}}}},
		{`#[cfg(test)] fn f<A, B>() { include!("x") } include!("y")`, File{Includes: []Include{{1, "y", false}}}},
		{`#![cfg(test)] include!("x")`, File{AllTests: true}},
		{`fn include() {} include`, File{}},
	} {
		if diff := cmp.Diff(tt.want, Scan([]byte(tt.src))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.src, diff)
		}
	}
}

func FuzzScan(f *testing.F) {
	for _, s := range []string{"#[cfg(", "#![cfg(all(test", "include!(concat!(env!(", "'\\", "b'", "r#\"", "/*x", "/* * x", "#[cfg(test)] mod", "#[cfg(((", "\"\\"} {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, s string) { Scan([]byte("cfg " + s)) })
}

// The depth of predicates is bounded.
func TestScan_deep(t *testing.T) {
	Scan([]byte("#[cfg(" + strings.Repeat("all(", 1<<20)))
}
