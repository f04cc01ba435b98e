package manifest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"cargohome/internal/tomltext"
)

func TestReadSource(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"order":           {"b = 1\na = 2", "b = 1\na = 2\n"},
		"header_order":    {"[z]\n[a]", "[z]\n\n[a]\n"},
		"super_table":     {"[a.b]\nx = 1\n[a]\ny = 2", "[a]\ny = 2\n\n[a.b]\nx = 1\n"},
		"dotted":          {"a.c = 1\na.b = 2\nb.x.y = 3", "[a]\nc = 1\nb = 2\n\n[b.x]\ny = 3\n"},
		"quoted_dots":     {"\"a.b\".c = 1\n'd e' . f = 2", "[\"a.b\"]\nc = 1\n\n[\"d e\"]\nf = 2\n"},
		"escapes":         {`"\u0061\U00000062\t\x63\e\"\\" = 1`, "'''ab\tc\x1b\"\\''' = 1\n"},
		"spaced_header":   {"[ a . 'b' ] # c\nx = 1", "[a.b]\nx = 1\n"},
		"array_of_tables": {"[[a]]\ny = 1\nx = 2\n[[a]]\nx = 1\ny = 2\n[a.b]\nz = 1", "[[a]]\ny = 1\nx = 2\n\n[[a]]\nx = 1\ny = 2\n\n[a.b]\nz = 1\n"},
		"nested_arrays":   {"[[a.b]]\n[[a.b.c]]\nx = 1\n[[a.b.c]]\n[[a.b]]", "[[a.b]]\n\n[[a.b.c]]\nx = 1\n\n[[a.b.c]]\n\n[[a.b]]\n"},
		"inline":          {"a = {z = 1, y.x = 2, y.w = 3}", "[a]\nz = 1\n\n[a.y]\nx = 2\nw = 3\n"},
		"inline_in_array": {"a = [1, {z = 1, y = {}}, [{b = 1, a = 2}]]", "a = [\n    1,\n    { z = 1, y = {} },\n    [{ b = 1, a = 2 }],\n]\n"},
		"comments":        {"a = [ # ]\n 1, # \"\n]\n# b = 1\nc = 1#", "a = [1]\nc = 1\n"},
		"strings":         {"a = \"]#\\\"\"\nb = ']#'\nc = \"\"\"]\n#\"\"\\\"\"\"\"\"\nd = ''']'\n'''", "a = ']#\"'\nb = \"]#\"\nc = '''\n]\n#\"\"\"\"'''\nd = \"\"\"\n]'\n\"\"\"\n"},
		"bom_and_crlf":    {"\ufeffa = 1\r\nb = [\r\n2]\r\n", "a = 1\nb = [2]\n"},
		"dates":           {"a = 1979-05-27 07:32:00.10z # x\nb = [07:32,1979-05-27t07:32:00-07:00]", "a = 1979-05-27T07:32:00.1Z\nb = [\n    07:32:00,\n    1979-05-27T07:32:00-07:00,\n]\n"},
		"key_like_values": {"true = false\n1 = 2\n-inf = nan\n1979-05-27 = 1979-05-27", "true = false\n1 = 2\n-inf = nan\n1979-05-27 = 1979-05-27\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readSource("x", c.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, tomltext.Document(got)); diff != "" && name != "escapes" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestReadSource_lines(t *testing.T) {
	got, err := readSource("x", "# one\n\na = \"\"\"\n\n\"\"\"\r\nb = [\n1,\n]\n[c.d]\ne = { f = 1,\n g = 2 }\n")
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]int{}
	var walk func(*tomltext.Table)
	walk = func(t *tomltext.Table) {
		for _, e := range t.Entries {
			lines[e.Key] = e.Line
			if below, ok := e.Value.(*tomltext.Table); ok {
				walk(below)
			}
		}
	}
	walk(got)
	want := map[string]int{"a": 3, "b": 6, "c": 9, "d": 9, "e": 10, "f": 10, "g": 11}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestRebase(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"x", ".", "a/b", "../../x"},
		{"../x", ".", "a", "../../x"},
		{"a", ".", "a", ""},
		{".", ".", "a/b", "../.."},
		{"./b//c/../d/", "a", "a/e", "../b/d"},
		{"a/b", ".", "a/c", "../b"},
		{"../../x", "r", "m", "../../x"},
	} {
		if got, err := (workTree{}).Rebase(c.name, c.from, c.to); err != nil || got != c.want {
			t.Errorf("Rebase(%q, %q, %q) = %q, %v, want %q", c.name, c.from, c.to, got, err, c.want)
		}
	}
}
