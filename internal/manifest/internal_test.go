package manifest

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"cargohome/internal/tomltext"
)

func TestCheckNesting(t *testing.T) {
	deep := strings.Repeat("[", maxNesting+1)
	for name, text := range map[string]string{
		"basic":        `a = "` + deep + `"`,
		"escape":       `a = "\"` + deep + `"`,
		"literal":      `a = '\'` + "\nb = '" + deep + "'",
		"long":         `a = """` + "\n\"\" \\\"\"\" " + deep + `"""""`,
		"long_literal": "a = '''\n'' " + deep + "\\'''''",
		"comment":      "# " + deep + "\na = 1",
		"siblings":     "a = [" + strings.Repeat("[1.5],\n", 1000) + "]",
		"floats":       strings.Repeat("a = 1.5\n", 1000),
		"headers":      strings.Repeat("[a.b.c]\nd.e.f = 1\n", 1000),
		"inline":       "a = {" + strings.Repeat("b.c.d = 1, ", 1000) + "}",
		"in_header":    "['" + strings.Repeat(".", 100) + "']",
		"spaced":       strings.Repeat("  [a.b]\n\t\tc.d = 1\n", 1000),
	} {
		if err := nestingOf(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	half := strings.Repeat("a.", maxNesting/2)
	for name, text := range map[string]string{
		"arrays":         "a = " + deep,
		"after_string":   `a = ["",'',` + deep,
		"over_lines":     "a = [\n" + strings.Repeat("[ # x\n", maxNesting),
		"header_and_key": "[" + half + "a]\n" + half + "a.b = 1",
		"key_and_array":  half + "a = " + strings.Repeat("[", maxNesting/2+1),
		"key_in_table":   "a = {" + half + "a = {" + half + "a = 1}}",
	} {
		var limit *LimitError
		if err := nestingOf(text); !errors.As(err, &limit) {
			t.Errorf("%s: %v, want a LimitError", name, err)
		}
	}
}

// nestingOf returns nil for a text within the bounds, TOML or not.
func nestingOf(text string) error {
	_, err := tomltext.Read(text, checkShape, decodeTOML)
	if _, ok := errors.AsType[*LimitError](err); !ok {
		return nil
	}
	return err
}

func FuzzLoad(f *testing.F) {
	for _, s := range []string{
		"[package]\nname='a'\nversion.workspace=true\n[dependencies]\nb={path='../b',optional=true}\nc.workspace=true",
		"[workspace]\nmembers=['a/*']\nexclude=['x']\npackage.version='1.0.0'\n[workspace.dependencies]\na={path='a'}",
		"[project]\nname='a'\n[target.'cfg(unix)'.dev_dependencies]\nx='1'\n[patch.crates-io]\ny={path='y'}\n[replace]\n'z:1.0.0'={git='u'}",
		"\ufeff[package]\nname=\"\"\"a\\\n\"\"\"", "a=[[[[{b.c.d={}}]]]]", "[[package]]", "package='x'", "[target]\nx=1",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, whole := range []bool{false, true} {
			r := NewReader(workTree{fstest.MapFS{"Cargo.toml": {Data: []byte(text)}, "src/lib.rs": {}}}, "")
			r.whole = whole
			m, err := r.Load(".")
			if (m == nil) == (err == nil) {
				t.Fatalf("Load = %v, %v", m, err)
			}
			if err != nil {
				continue
			}
			if m.Virtual && m.Workspace == nil {
				t.Fatal("a manifest without package and workspace was accepted")
			}
			if !m.Virtual && m.Name == "" {
				t.Fatal("a package without a name was accepted")
			}
		}
	})
}
