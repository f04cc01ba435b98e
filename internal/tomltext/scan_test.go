package tomltext

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// kinds is a text's tokens by their kinds, a letter each.
func kinds(text string) string {
	var b strings.Builder
	for s := NewScanner(text); s.Next(); {
		b.WriteByte("?!nc[D]k.=sv{}{},"[s.Kind])
	}
	return b.String()
}

func TestScanner(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "",
		"\ufeffa = 1":                         "k=v",
		"a.\"b c\" . 'd' = \"x\" # y\r\n":     "k.k.k=scn",
		"[a . b] #\n[[c]]":                    "[k.k]cnDk]",
		"a = [1, [], # ]\n 'x',\n]":           "k={v,{},cns,n}",
		"a = {b.c = 1, d = {}, #\n e = 2,\n}": "k={k.k=v,k={},cnk=v,n}",
		"a = \"\"\"\n\"\"\\\"\"\"\"\"\"\nb = '''\\''''": "k=snk=s",
		"a = 1979-05-27 07:32:00.1-01:00\nb = -inf":     "k=vnk=v",
		"a = 1979-05-27 # x":                            "k=vc",
		// what is none
		"a":                       "k!",
		"a =":                     "k=!",
		"a = \n[b]":               "k=!",
		"a b = 1":                 "k!",
		"a = 1 2":                 "k=v!",
		"a = 'x' 'y'":             "k=s!",
		"a = 'x\n'":               "k=!",
		"a = \"\\\n\"":            "k=!",
		"a = \"\"\"x":             "k=!",
		"a = \"\"\"x\"\"\"\"\"\"": "k=s!",
		"a = [1}":                 "k={v!",
		"a = [,]":                 "k={!",
		"a = [":                   "k={!",
		"[a":                      "[k!",
		"[[a] ]":                  "Dk!",
		"[]":                      "[!",
		"[a]]":                    "[k]!",
		"a..b = 1":                "k.!",
		"é = 1":                   "!",
		"a = 1\rb":                "k=v!",
		"\x00":                    "!",
		"]":                       "!",
		"a = 1, b":                "k=v!",
	} {
		if got := kinds(text); got != want {
			t.Errorf("%q: tokens %s, want %s", text, got, want)
		}
	}
}

func TestScanner_depth(t *testing.T) {
	for n, want := range map[int]bool{MaxDepth: false, MaxDepth + 1: true} {
		if got := strings.HasSuffix(kinds("a = "+strings.Repeat("[", n)+strings.Repeat("]", n)), "!"); got != want {
			t.Errorf("%d brackets are too many: %v, want %v", n, got, want)
		}
	}
}

// Twice the text takes twice the time, also if all of it is one line, or one string.
func TestScanner_linear(t *testing.T) {
	const n = 1 << 20
	for _, text := range []string{
		"a = [" + strings.Repeat("\"\",", n), "a = \"\"\"" + strings.Repeat("\"\" ", n), strings.Repeat("a.", n), strings.Repeat("#", n), strings.Repeat("\n", n),
		strings.Repeat("'a", n), strings.Repeat("[a]#\n", n), "a = {" + strings.Repeat("a = {}, ", n),
	} {
		began := time.Now()
		kinds(text)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%.20q…: %v", text, took)
		}
	}
}

func TestStatements(t *testing.T) {
	const text = "\n a.'b' = [ # x\n 1 ]\n# y\n[c] # z\n[[d.\"\\u0065\"]]\nf = \"g\""
	var got []string
	for st := range Statements(text) {
		got = append(got, fmt.Sprintf("%d %d %q %v %q", st.Line, st.Kind, st.Key, st.Commented, text[st.Value.Start:st.Value.End]))
	}
	want := []string{
		`1 2 [] false ""`, `2 7 ["a" "b"] true "["`, `4 3 [] true ""`, `5 4 ["c"] true ""`, `6 5 ["d" "e"] false ""`, `7 7 ["f"] false "\"g\""`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// FuzzScanner: whatever the text, all of it is tokens.
func FuzzScanner(f *testing.F) {
	for _, text := range texts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { checkTokens(t, text) })
}

// checkTokens: between tokens there is nothing but blanks, and each is in its line.
func checkTokens(t *testing.T, text string) (end int) {
	at := len(text) - len(strings.TrimPrefix(text, byteOrderMark))
	s := NewScanner(text)
	for s.Next() {
		if s.Start < at || s.End < s.Start || s.End > len(text) || strings.Trim(text[at:s.Start], " \t") != "" {
			t.Fatalf("%q: a token from %d to %d, after %d", text, s.Start, s.End, at)
		}
		if line := 1 + strings.Count(text[:s.Start], "\n"); s.Line != line {
			t.Fatalf("%q: the token at %d is in line %d, not %d", text, s.Start, line, s.Line)
		}
		at = s.End
	}
	if s.Kind != Bad && strings.Trim(text[at:], " \t") != "" {
		t.Fatalf("%q: nothing found at %d", text, at)
	}
	return at
}
