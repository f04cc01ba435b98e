package tomltext

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
)

var errBounds = errors.New("too much")

func library(text string) (values map[string]any, err error) {
	_, err = toml.Decode(text, &values)
	return values, err
}

func anyShape(*Shape) error { return nil }

func TestRead(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"order":            {"b = 1\na = true\n[z]\n[y]\n", "b = 1\na = true\n\n[z]\n\n[y]\n"},
		"odd":              {"a = 0x10\nb = ['\\', \"\\u0041\", 1_0]\n\"\\u0042\" = -1.5\nc = 1979-05-27 07:32:00.10z\n", "a = 16\nb = [\n    '\\',\n    \"A\",\n    10,\n]\nB = -1.5\nc = 1979-05-27T07:32:00.1Z\n"},
		"long":             {"a = \"\"\"\nx\\\n  y\"\"\"\nb = '''z'''\n", "a = \"xy\"\nb = \"z\"\n"},
		"header_of_parent": {"[a.b]\n[a]\nx = 1\n", "[a]\nx = 1\n\n[a.b]\n"},
		"below_elements":   {"[[a]]\n[a.b]\n[[a]]\n[a.b]\n[[a.c]]\n", "[[a]]\n\n[a.b]\n\n[[a]]\n\n[a.b]\n\n[[a.c]]\n"},
		"header_below_key": {"a.b = 1\n[a.c]\nd = 2\n", "[a]\nb = 1\n\n[a.c]\nd = 2\n"},
		"nested":           {"a = {b.c = [{}, {d = [[]]}], b.e = 1}\n", "[a.b]\ne = 1\n\n[[a.b.c]]\n\n[[a.b.c]]\nd = [[]]\n"},
	} {
		got, err := Read(c.text, anyShape, library)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(c.want, Document(got)); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
}

// What TOML does not allow is refused, whether the library minds or not.
func TestRead_refusals(t *testing.T) {
	for _, text := range []string{
		"a = 1\na = 2", "a = 1\n[a]", "[a]\n[a]", "a = {}\na.b = 1", "a = {}\n[a.b]", "a = []\n[[a]]", "a = [{}]\n[[a]]", "a = [{}]\n[a.b]", "[[a]]\n[a]", "[a]\n[[a]]",
		"a.b = 1\n[a]", "[a.b]\n[a]\nb.c = 1", "[a.b.c]\n[a]\nb.d = 1", "[[x.a]]\n[x]\na.b = 1", "[[a]]\nb.c = 1\n[a.b]", "[a.b]\nc = 1\n[a]\nb = {}", "a = {b = 1, b.c = 2}", "a = {b = {}, b.c = 2}", "a.b = 1\na = 2", "[a]\nb = 1\n[a.b]",
		"a = 1 # \x01", "a = \"\x01\"", "a = 01", "a = 1__0", "a = \"\\q\"", "\"\\q\" = 1", "a = 2020-13-01", "a = 1.", "a = nope",
	} {
		if got, err := Read(text, anyShape, library); err == nil {
			t.Errorf("%q is %q", text, Document(got))
		}
	}
}

func TestRead_lines(t *testing.T) {
	got, err := Read("# one\n\na = \"\"\"\n\n\"\"\"\r\nb = [\n1,\n]\n[c.d]\ne = { f = 1,\n g = 2 }\n[[h]]\n[[h]]\n", anyShape, library)
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]int{}
	var walk func(*Table)
	walk = func(t *Table) {
		for _, e := range t.Entries {
			lines[e.Key] = e.Line
			if below, ok := e.Value.(*Table); ok {
				walk(below)
			}
		}
	}
	walk(got)
	want := map[string]int{"a": 3, "b": 6, "c": 9, "d": 9, "e": 10, "f": 10, "g": 11, "h": 12}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The library sees nothing that is out of bounds, nor what comes behind a bad token.
func TestRead_shields_the_library(t *testing.T) {
	for name, c := range map[string]struct{ text, read, err string }{
		"plain":      {"a = 1\n", "", "<nil>"},
		"too_deep":   {"a = [[[", "", "too much"},
		"before_bad": {"a = 1 é [[[[[", "a = 1 é", "line 1 is no TOML"},
		"open":       {"a = 'x\n[[[[['", "a = 'x\n", "line 1 is no TOML"},
		"quotes":     {"a = [\"\"\"\\\\\"\"\"\"\"\", [[[[", "a = [\"\"\"\\\\\"\"\"\"\"\"", "line 1 is no TOML"}, // the library would read on
	} {
		read := ""
		_, err := Read(c.text, func(s *Shape) error {
			if s.Depth > 2 {
				return errBounds
			}
			return nil
		}, func(text string) (map[string]any, error) { read = text; return nil, nil })
		if read != c.read || fmt.Sprint(err) != c.err {
			t.Errorf("%s: read %q, error %v", name, read, err)
		}
	}
}

// A library that loses its footing has found no TOML.
func TestRead_panic(t *testing.T) {
	_, err := Read("a = 0x1", anyShape, func(string) (map[string]any, error) { panic("BUG") })
	if _, ok := errors.AsType[*SyntaxError](err); !ok {
		t.Errorf("error is %v", err)
	}
}

// Twice the text takes twice the time.
func TestRead_linear(t *testing.T) {
	const n = 1 << 16
	var keys, tables, elements strings.Builder
	for i := range n {
		fmt.Fprintf(&keys, "k%d = 1\n", i)
		fmt.Fprintf(&tables, "[t%d]\n", i)
		elements.WriteString("[[e]]\n")
	}
	for name, text := range map[string]string{
		"keys": keys.String(), "tables": tables.String(), "elements": elements.String(), "odd": "a = [" + strings.Repeat("0x1,", n) + "]", "dotted": "a." + strings.ReplaceAll(keys.String()[:keys.Len()-1], "\n", "\na."),
	} {
		began := time.Now()
		if _, err := Read(text, anyShape, library); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s: %v", name, took)
		}
	}
}

// texts are what fuzzing begins with.
var texts = []string{
	"a = 1", "\ufeff[a.b]\nc.'d' = {e = [1, {f = 2}], \"\\u0067\".h = 3}\r\n[[i]]\nj = '''\n''''' # k\n[[i]]\n[i.l]\n", "a = \"\"\"\\\"\"\"\"\"\"",
	"a = 1979-05-27 07:32:00\nb = [07:32, -inf, +1e-5, 0x_f]\n", "x = {\n a = [ # ]\n ],\n #}\n}", "a = [", "'' = ''", "a = \"\"\"\\\\\"\"\"\"\"\"",
	"[[a]]\nb.c = 1\n[a.d]\n[[a.e]]\n[x.y]\n[x]\nz = true\n",
}

// FuzzRead: what the library takes for TOML is read, as the library reads it: with the
// same keys in the same order, and nowhere deeper than the shape says. What is read the
// library reads too.
func FuzzRead(f *testing.F) {
	for _, text := range texts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<12 || !utf8.ValidString(text) {
			return
		}
		deepest := Shape{}
		got, err := Read(text, func(s *Shape) error {
			deepest.Nesting, deepest.Paths, deepest.Tables = max(deepest.Nesting, s.Nesting), s.Paths, s.Tables
			if s.Nesting > 100 {
				return errBounds
			}
			return nil
		}, library)
		_, decodes := errors.AsType[*SyntaxError](err)
		switch {
		case decodes && !isLenient(text):
			t.Fatalf("%q: the library takes it for TOML", text)
		case err != nil:
			return
		}
		var want map[string]any
		md, err := toml.Decode(text, &want)
		if err != nil {
			t.Fatalf("%q is read, but: %v", text, err)
		}
		if got, want := fmt.Sprint(plain(got)), fmt.Sprint(plain(want)); got != want {
			t.Fatalf("%q: read %s, the library reads %s", text, got, want)
		}
		if n := depthOf(want) - 1; n > deepest.Nesting+1 || len(md.Keys()) > deepest.Paths+deepest.Tables {
			t.Fatalf("%q: %d levels, %d keys, the shape says %d, %d", text, n, len(md.Keys()), deepest.Nesting, deepest.Paths)
		}
		k := keyReader{Scanner: NewScanner(text)}
		k.read()
		keys := []string{}
		for _, key := range md.Keys() {
			keys = append(keys, fmt.Sprintf("%q", []string(key)))
		}
		if !slices.Equal(k.keys, keys) {
			t.Fatalf("%q: keys %s, the library says %s", text, k.keys, keys)
		}
	})
}

// isLenient: the library takes what is no TOML (1.6). More than two quotes stand before
// those that close a string, if a backslash is before them, even one that is itself
// escaped; and tables are defined twice.
func isLenient(text string) bool {
	return strings.Contains(text, `\""""""`) || strings.Contains(text, ".") && strings.Contains(text, "[")
}

// plain makes equal what the library and Read return for equal texts.
func plain(v any) any {
	switch v := v.(type) {
	case *Table:
		m := map[string]any{}
		for _, e := range v.Entries {
			m[e.Key] = plain(e.Value)
		}
		return m
	case map[string]any:
		m := map[string]any{}
		for key, below := range v {
			m[key] = plain(below)
		}
		return m
	case []map[string]any:
		array := []any{}
		for _, below := range v {
			array = append(array, plain(below))
		}
		return array
	case []any:
		array := []any{}
		for _, below := range v {
			array = append(array, plain(below))
		}
		return array
	case Datetime, time.Time:
		return "a date"
	}
	return v
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
