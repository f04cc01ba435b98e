package workspace

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cargohome/internal/manifest"
)

func TestPattern_match(t *testing.T) {
	for _, tt := range []struct {
		pattern, name string
		want          bool
	}{
		{"a", "a", true}, {"a", "A", false}, {"a", "ab", false},
		{"*", "", true}, {"*", ".hidden", true}, {"*", "a b", true},
		{"a*", "a", true}, {"*a", "ba", true}, {"*a*", "bac", true}, {"*a*", "bc", false},
		{"*ab*ab", "xabyabzab", true}, {"*.rs", "a.rs.rs", true},
		{"?", "é", true}, {"??", "é", false}, {"?", "", false},
		{"[abc]", "b", true}, {"[abc]", "d", false}, {"[!abc]", "d", true}, {"[!abc]", "a", false},
		{"[a-c]", "b", true}, {"[c-a]", "b", false}, {"[a-]", "-", true}, {"[-a]", "-", true},
		{"[]]", "]", true}, {"[!]]", "]", false}, {"[!]]", "a", true}, {"[]-a]", "^", true},
		{"[*]", "*", true}, {"[*]", "a", false}, {"[[]", "[", true}, {"[?]", "?", true},
		{"[!a-c]x", "dx", true}, {"[α-ω]", "β", true}, {"{a,b}", "a", false}, {`\*`, "*", false}, {`\*`, `\x`, true},
		{"*", "\xff", false}, {"!a", "!a", true}, {"[a!]", "!", true},
	} {
		p, err := parsePattern(tt.pattern)
		if err != nil {
			t.Errorf("parsePattern(%q): %v", tt.pattern, err)
		} else if got := p.match(tt.name); got != tt.want {
			t.Errorf("pattern %q matches %q: %v, want %v", tt.pattern, tt.name, got, tt.want)
		}
	}
}

func TestParsePattern_refusals(t *testing.T) {
	for _, s := range []string{"[", "[]", "[a", "[!", "[!]", "[!a", "x[", "***", "a**", "**a", "*[]", "[!]x", strings.Repeat("a", maxPart+1)} {
		if p, err := parsePattern(s); err == nil {
			t.Errorf("parsePattern(%q) = %v, want an error", s, p)
		}
	}
}

// Links to the folder itself give "**" endless paths.
func TestExpand_links_end(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"l", "m", "n"} {
		if err := os.Symlink(".", filepath.Join(dir, name)); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
	}
	budget := 1 << 20
	found, err := expand(filepath.Join(dir, "**", "gone"), &budget)
	if limit := (*manifest.LimitError)(nil); !errors.As(err, &limit) {
		t.Errorf("expand = %d paths, %v, want a LimitError", len(found), err)
	}
}

func TestDisk_Spell(t *testing.T) {
	for in, want := range map[string]string{"/": "", "/a/b": "/a/b", "//a/./b/": "/a/b", "/a/../b": "/a/../b", "/a/b.": "/a/b."} {
		if got := (disk{}).Spell(in, ""); got != want {
			t.Errorf("Spell(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzPattern(f *testing.F) {
	for _, s := range [][2]string{{"*a*a*a*b", "aaaaaaaaaaaaaaaa"}, {"[!a-c]?*", "dxy"}, {"[]]", "]"}, {"**", "x"}, {"é*", "é"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		p, err := parsePattern(text)
		if err != nil {
			return
		}
		start := time.Now()
		got := p.match(name)
		if took := time.Since(start); took > 10*time.Second+time.Duration(len(text)*len(name))*time.Microsecond {
			t.Fatalf("%d by %d bytes took %v", len(text), len(name), took)
		}
		if want := matchSlowly(p.tokens, []rune(name)); len(name) < 12 && len(text) < 12 && !strings.Contains(name, "\ufffd") && strings.ToValidUTF8(name, "") == name && got != want {
			t.Fatalf("pattern %q matches %q: %v, want %v", text, name, got, want)
		}
	})
}

// matchSlowly is the definition, exponential; it is asked for short texts only.
func matchSlowly(tokens []token, s []rune) bool {
	switch {
	case len(tokens) > 12 || len(s) > 12:
		return false
	case len(tokens) == 0:
		return len(s) == 0
	case tokens[0].kind == anyText:
		return matchSlowly(tokens[1:], s) || len(s) > 0 && matchSlowly(tokens, s[1:])
	}
	return len(s) > 0 && tokens[0].matches(s[0]) && matchSlowly(tokens[1:], s[1:])
}
