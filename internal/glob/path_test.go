package glob

import "testing"

// What the glob crate 0.3.3 matches, or a folder above it.
func TestPath_Covers(t *testing.T) {
	for _, tt := range []struct {
		pattern, file string
		want          bool
	}{
		{"tests", "tests/a.rs", true}, {"tests", "tests", true}, {"tests", "src/tests/a.rs", false}, {"tests", "tests.rs", false},
		{"./tests/", "tests/a.rs", true}, {"tests/", "tests", false},
		{"*.md", "README.md", true}, {"*.md", "docs/README.md", false}, {"**/*.md", "docs/a/README.md", true}, {"**/*.md", "README.md", true},
		{"src/*.c", "src/a.c", true}, {"src/*.c", "src/a/b.c", false}, {"src/*", "src/a/b.c", true},
		{"a/**/b", "a/b/x", true}, {"a/**/b", "a/x/y/b", true}, {"a/**/b", "a/x/y/c", false},
		{"a/**", "a/x", false}, {"a/**", "a/x/y", true}, {"**", "x", false}, {"**", "x/y", true}, {"**/**/x", "x", true},
		{"*", ".hidden", true}, {"[!a]*", "abc", false},
	} {
		p, err := ParsePath(tt.pattern)
		if err != nil {
			t.Errorf("%q: %v", tt.pattern, err)
		} else if got, _ := p.Covers(tt.file); got != tt.want {
			t.Errorf("%q covers %q: %v, want %v", tt.pattern, tt.file, got, tt.want)
		}
	}
}

func TestParsePath_refusals(t *testing.T) {
	for _, text := range []string{"", "/", ".", "/tests", "../x", "a/../b", "a**", "["} {
		if p, err := ParsePath(text); err == nil {
			t.Errorf("ParsePath(%q) = %v, want an error", text, p)
		}
	}
}
