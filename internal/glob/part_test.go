package glob

import (
	"strings"
	"testing"
	"time"
)

func TestPart_Match(t *testing.T) {
	for _, tt := range []struct {
		pattern, name string
		want          bool
	}{
		{"a", "a", true}, {"a", "A", false}, {"a", "ab", false},
		{"*", "", true}, {"*", ".hidden", true}, {"*", "a b", true},
		{"a*", "a", true}, {"*a", "ba", true}, {"*a*", "bac", true}, {"*a*", "bc", false},
		{"*ab*ab", "xabyabzab", true}, {"a*a", "a", false}, {"a*a", "aa", true}, {"*ab*b", "ab", false}, {"*.rs", "a.rs.rs", true},
		{"?", "é", true}, {"??", "é", false}, {"?", "", false},
		{"[abc]", "b", true}, {"[abc]", "d", false}, {"[!abc]", "d", true}, {"[!abc]", "a", false},
		{"[a-c]", "b", true}, {"[c-a]", "b", false}, {"[a-]", "-", true}, {"[-a]", "-", true},
		{"[]]", "]", true}, {"[!]]", "]", false}, {"[!]]", "a", true}, {"[]-a]", "^", true},
		{"[*]", "*", true}, {"[*]", "a", false}, {"[[]", "[", true}, {"[?]", "?", true},
		{"[!a-c]x", "dx", true}, {"[α-ω]", "β", true}, {"{a,b}", "a", false}, {`\*`, "*", false}, {`\*`, `\x`, true},
		{"*", "\xff", false}, {"!a", "!a", true}, {"[a!]", "!", true},
	} {
		p, err := ParsePart(tt.pattern)
		if err != nil {
			t.Errorf("ParsePart(%q): %v", tt.pattern, err)
		} else if got := p.Match(tt.name); got != tt.want {
			t.Errorf("pattern %q matches %q: %v, want %v", tt.pattern, tt.name, got, tt.want)
		}
	}
}

func TestParsePart_refusals(t *testing.T) {
	for _, s := range []string{"[", "[]", "[a", "[!", "[!]", "[!a", "x[", "***", "a**", "**a", "*[]", "[!]x", strings.Repeat("a", maxPart+1)} {
		if p, err := ParsePart(s); err == nil {
			t.Errorf("ParsePart(%q) = %v, want an error", s, p)
		}
	}
}

func FuzzPart(f *testing.F) {
	for _, s := range [][2]string{{"*a*a*a*b", "aaaaaaaaaaaaaaaa"}, {"[!a-c]?*", "dxy"}, {"[]]", "]"}, {"**", "x"}, {"é*", "é"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		p, err := ParsePart(text)
		if err != nil {
			return
		}
		start := time.Now()
		got := p.Match(name)
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
