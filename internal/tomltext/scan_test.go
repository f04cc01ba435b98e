package tomltext

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
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

var errBounds = errors.New("too much")

func TestRead(t *testing.T) {
	for name, c := range map[string]struct{ text, read, err string }{
		"all":        {"a = 1\n", "a = 1\n", ""},
		"too_deep":   {"a = [[[", "", "too much"},
		"before_bad": {"a = 1 é [[[[[", "a = 1 é", "line 1 is no TOML"},
		"open":       {"a = 'x\n[[[[['", "a = 'x\n", "line 1 is no TOML"},
		"quotes":     {"a = [\"\"\"\\\\\"\"\"\"\"\", [[[[", "a = [\"\"\"\\\\\"\"\"\"\"\"", "line 1 is no TOML"}, // the library reads on
	} {
		read := ""
		err := Read(c.text, func(s *Shape) error {
			if s.Depth > 2 {
				return errBounds
			}
			return nil
		}, func(text string) error { read = text; return nil })
		if read != c.read || fmt.Sprint(err) != c.err && (err != nil || c.err != "") {
			t.Errorf("%s: read %q, error %v", name, read, err)
		}
	}
}

// A reader that loses its footing has found no TOML.
func TestRead_panic(t *testing.T) {
	err := Read("a = 1", func(*Shape) error { return nil }, func(string) error { panic("BUG") })
	if _, ok := errors.AsType[*SyntaxError](err); !ok {
		t.Errorf("error is %v", err)
	}
}

// FuzzScanner: what the library takes for TOML is TOML, with the same keys in the same
// order, with each value where it is said to be, and nowhere deeper than its shape.
func FuzzScanner(f *testing.F) {
	for _, text := range []string{
		"a = 1", "\ufeff[a.b]\nc.'d' = {e = [1, {f = 2}], \"\\u0067\".h = 3}\r\n[[i]]\nj = '''\n''''' # k\n[[i]]\n[i.l]\n", "a = \"\"\"\\\"\"\"\"\"\"",
		"a = 1979-05-27 07:32:00\nb = [07:32, -inf, +1e-5, 0x_f]\n", "x = {\n a = [ # ]\n ],\n #}\n}", "a = [", "'' = ''", "a = \"\"\"\\\\\"\"\"\"\"\"",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := checkTokens(t, text)
		deepest, bad := Shape{}, false
		var doc map[string]any
		var md toml.MetaData
		err := Read(text, func(s *Shape) error {
			bad = bad || s.Kind == Bad
			deepest.Nesting, deepest.Paths, deepest.Tables = max(deepest.Nesting, s.Nesting), s.Paths, s.Tables
			if s.Nesting > 100 || s.Paths > 1<<14 {
				return errBounds
			}
			return nil
		}, func(text string) (err error) {
			md, err = toml.Decode(text, &doc)
			return err
		})
		if err != nil {
			if _, decodes := errors.AsType[*SyntaxError](err); decodes && !librarysFault(text[:end]) {
				t.Fatalf("%q: the library takes it for TOML", text)
			}
			return
		}
		if n := depthOf(doc) - 1; n > deepest.Nesting+1 {
			t.Fatalf("%q: %d levels, the shape says %d", text, n, deepest.Nesting)
		}
		if n := len(md.Keys()); n > deepest.Paths+deepest.Tables {
			t.Fatalf("%q: %d keys, the shape says %d", text, n, deepest.Paths)
		}
		k := keyReader{Scanner: NewScanner(text)}
		k.read()
		want := []string{}
		for _, key := range md.Keys() {
			want = append(want, fmt.Sprintf("%q", []string(key)))
		}
		if !slices.Equal(k.keys, want) {
			t.Fatalf("%q: keys %s, the library says %s", text, k.keys, want)
		}
		checkValues(t, text, doc)
	})
}

// librarysFault: more than two quotes may stand before those that close a string, if a
// backslash is before them, even one that is itself escaped (1.6).
func librarysFault(text string) bool { return strings.Contains(text, `\""""""`) }

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

func depthOf(v any) int {
	deepest := 0
	switch v := v.(type) {
	case map[string]any:
		for _, below := range v {
			deepest = max(deepest, depthOf(below))
		}
	case []any:
		for _, below := range v {
			deepest = max(deepest, depthOf(below))
		}
	case []map[string]any:
		for _, below := range v {
			deepest = max(deepest, depthOf(below)-1)
		}
	default:
		return 0
	}
	return 1 + deepest
}

// A keyReader lists all keys, as the library does.
type keyReader struct {
	*Scanner
	keys []string
}

func (k *keyReader) add(path []string) { k.keys = append(k.keys, fmt.Sprintf("%q", path)) }

func (k *keyReader) read() {
	var table []string
	for k.Next() {
		switch k.Kind {
		case Header, ArrayHeader:
			k.Next()
			table = k.Path()
			k.add(table)
		case Name:
			k.keyValue(table)
		}
	}
}

func (k *keyReader) keyValue(table []string) {
	path := slices.Concat(table, k.Path())
	k.add(path)
	k.Next()
	k.value(path)
}

func (k *keyReader) value(path []string) {
	switch k.Kind {
	case ArrayOpen:
		for k.Next() && k.Kind != ArrayClose {
			k.value(path)
		}
	case TableOpen:
		for k.Next() && k.Kind != TableClose {
			if k.Kind == Name {
				k.keyValue(path)
			}
		}
	}
}

// checkValues reads the values outside of arrays of tables one by one.
func checkValues(t *testing.T, text string, doc map[string]any) {
	var table []string
	for st := range Statements(text) {
		switch st.Kind {
		case Header, ArrayHeader:
			table = st.Key
		case Name:
			want, found := lookup(doc, slices.Concat(table, st.Key))
			if !found {
				continue
			}
			var one map[string]any
			if _, err := toml.Decode("x = "+text[st.Value.Start:st.End], &one); err != nil || fmt.Sprint(one["x"]) != fmt.Sprint(want) {
				t.Fatalf("%q: value of %q is %v, %v, want %v", text, st.Key, one["x"], err, want)
			}
		}
	}
}

func lookup(v any, path []string) (any, bool) {
	for _, key := range path {
		table, ok := v.(map[string]any)
		if !ok {
			return nil, false
		}
		v = table[key]
	}
	return v, true
}
