package tomltext

import (
	"math"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

// table makes a table of keys and values in turn.
func table(pairs ...any) *Table {
	t := &Table{}
	for i := 0; i < len(pairs); i += 2 {
		t.Set(pairs[i].(string), pairs[i+1])
	}
	return t
}

func array(elements ...any) []any { return elements }

// TestDocument has its answers from manifests that cargo 1.95 generated.
func TestDocument(t *testing.T) {
	for name, c := range map[string]struct {
		in   *Table
		want string
	}{
		"empty":               {table(), ""},
		"values":              {table("s", "x", "i", int64(-1), "b", true, "d", Datetime("2020-01-01")), "s = \"x\"\ni = -1\nb = true\nd = 2020-01-01\n"},
		"values_before":       {table("t", table("x", int64(1)), "v", int64(2)), "v = 2\n\n[t]\nx = 1\n"},
		"empty_table":         {table("t", table()), "[t]\n"},
		"tables_only":         {table("a", table("b", table("c", table()))), "[a.b.c]\n"},
		"depth_first":         {table("a", table("x", int64(1), "b", table()), "c", table()), "[a]\nx = 1\n\n[a.b]\n\n[c]\n"},
		"quoted_header":       {table("a.b", table("c d", table())), "[\"a.b\".\"c d\"]\n"},
		"array_of_tables":     {table("a", array(table("x", int64(1)), table())), "[[a]]\nx = 1\n\n[[a]]\n"},
		"tables_in_elements":  {table("a", array(table("b", table("c", int64(1)), "d", array(table())))), "[[a]]\n\n[a.b]\nc = 1\n\n[[a.d]]\n"},
		"mixed_array":         {table("a", array(table("x", int64(1)), int64(2))), "a = [\n    { x = 1 },\n    2,\n]\n"},
		"short_arrays":        {table("a", array(), "b", array("x")), "a = []\nb = [\"x\"]\n"},
		"array":               {table("a", array("x", "y")), "a = [\n    \"x\",\n    \"y\",\n]\n"},
		"nested_array":        {table("a", array(array("x", "y"), array())), "a = [\n    [\n    \"x\",\n    \"y\",\n],\n    [],\n]\n"},
		"array_of_dates":      {table("a", array(Datetime("07:32:00"))), "a = [07:32:00]\n"},
		"inline_below_inline": {table("a", array(array(table("x", table(), "y z", table("w", array()))))), "a = [[{ x = {}, \"y z\" = { w = [] } }]]\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Document(c.in); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestDocument_floats(t *testing.T) {
	for want, f := range map[string]float64{
		"1.0": 1, "-0.0": math.Copysign(0, -1), "0.1": 0.1, "10000000000000000000000000.0": 1e25, "0.0000001": 1e-7,
		"inf": math.Inf(1), "-inf": math.Inf(-1), "nan": math.Copysign(math.NaN(), -1), "602200000000000000000000.0": 6.022e23,
	} {
		if got, want := Document(table("f", f)), "f = "+want+"\n"; got != want {
			t.Errorf("%g: got %q, want %q", f, got, want)
		}
	}
}

// FuzzDocument: whatever the keys and texts, a TOML reader finds them where they
// were put.
func FuzzDocument(f *testing.F) {
	f.Add("a", "b", "c", "text")
	f.Add("", "a.b", "\"", "x\ny")
	f.Add("\t", "'", "\\", "'''\n\"\"\"")
	f.Fuzz(func(t *testing.T, a, b, c, text string) {
		a, b, c = strings.ToValidUTF8(a, "?"), strings.ToValidUTF8(b, "?"), strings.ToValidUTF8(c, "?")
		in := table(a, table(b, array(table(c, text), table(c, array(text, table(c, text))))))
		var out map[string]map[string][]map[string]any
		if _, err := toml.Decode(Document(in), &out); err != nil {
			t.Fatalf("%v\n%s", err, Document(in))
		}
		if got, want := out[a][b][0][c], strings.ToValidUTF8(text, "\uFFFD"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
