package manifest_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"cargohome/internal/compat"
	"cargohome/internal/manifest"
)

// TestNormalize compares with what cargo made of the same tree.
func TestNormalize(t *testing.T) {
	want, err := txtar.ParseFile(wantFile)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	writePackages(t, dir)
	tree := manifest.NewTree(os.DirFS(dir))
	for i := 0; i+1 < len(want.Files); i += 2 {
		name := strings.TrimSuffix(want.Files[i].Name, "/files")
		files := strings.Fields(string(want.Files[i].Data))
		t.Run(name, func(t *testing.T) {
			got, err := normalize(tree, name, files)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want.Files[i+1].Data), string(got.Text)); diff != "" {
				t.Errorf("-cargo +ours:\n%s", diff)
			}
			if got.Name != name {
				t.Errorf("Name: got %q, want %q", got.Name, name)
			}
		})
	}
}

func normalize(tree *manifest.Tree, name string, files []string) (*manifest.Normalized, error) {
	all, err := tree.Packages()
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		if f.Name == name {
			return tree.Normalize(compat.Rule{}, f.Dir, files)
		}
	}
	return nil, errors.New("no such package")
}

// TestNormalizeAgain: what is generated, put in the place of what it came from,
// comes out the same.
func TestNormalizeAgain(t *testing.T) {
	want, err := txtar.ParseFile(wantFile)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(want.Files); i += 2 {
		name := strings.TrimSuffix(want.Files[i].Name, "/files")
		tree := fstest.MapFS{"Cargo.toml": {Data: want.Files[i+1].Data}}
		files := strings.Fields(string(want.Files[i].Data))
		for _, f := range files {
			if f != "Cargo.toml" {
				tree[f] = &fstest.MapFile{}
			}
		}
		got, err := manifest.NewTree(tree).Normalize(compat.Rule{}, ".", files)
		if once(want.Files[i+1].Data) {
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(string(want.Files[i+1].Data), string(got.Text)); diff != "" {
			t.Errorf("%s (-first +second):\n%s", name, diff)
		}
	}
}

// once reports whether Cargo would not read its own manifest again: it prints a
// negative opt-level as text.
func once(text []byte) bool { return bytes.Contains(text, []byte(`opt-level = "-`)) }

func mapFS(files ...string) fstest.MapFS {
	tree := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		tree[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return tree
}

const simple = "[package]\nname = \"a\"\nversion = \"1.0.0\"\nedition = \"2021\"\n"

func TestNormalizeWarnings(t *testing.T) {
	tree := mapFS("p/Cargo.toml", simple, "p/src/lib.rs", "", "p/src/main.rs", "", "p/build.rs", "",
		"p/examples/e.rs", "", "p/tests/t.rs", "", "p/benches/b.rs", "")
	got, err := manifest.NewTree(tree).Normalize(compat.Rule{}, "p", []string{"Cargo.toml", "src/lib.rs"})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"ignoring `package.build` entry `build.rs` as it is not included in the published package",
		"ignoring binary `a` as `src/main.rs` is not included in the published package",
		"ignoring example `e` as `examples/e.rs` is not included in the published package",
		"ignoring test `t` as `tests/t.rs` is not included in the published package",
		"ignoring benchmark `b` as `benches/b.rs` is not included in the published package",
	}
	if diff := cmp.Diff(want, got.Warnings); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestNormalizeErrors(t *testing.T) {
	for name, c := range map[string]struct {
		tree fstest.MapFS
		want string
	}{
		"no_manifest":     {mapFS("q", ""), "no such file|does not exist"},
		"syntax":          {mapFS("p/Cargo.toml", simple+"x"), `manifest "p/Cargo.toml": line 5: `},
		"type":            {mapFS("p/Cargo.toml", simple+"\n[lib]\ntest = 'x'"), `manifest "p/Cargo.toml": line 7: key "lib.test": expected a boolean, found a string`},
		"type_deep":       {mapFS("p/Cargo.toml", simple+"[dependencies.a]\nversion = '1'\nfeatures = 1"), `line 7: key "dependencies.a.features": expected an array, found an integer`},
		"virtual":         {mapFS("p/Cargo.toml", "[workspace]"), `manifest "p/Cargo.toml": it has no [package]`},
		"nothing_listed":  {mapFS("p/Cargo.toml", simple, "p/src/lib.rs", ""), `manifest "p/Cargo.toml": it has no targets`},
		"outside_root":    {mapFS("p/Cargo.toml", simple+"workspace = '../..'\nlicense.workspace = true"), "out of the tree"},
		"absolute_root":   {mapFS("p/Cargo.toml", simple+"workspace = '/'\nlicense.workspace = true"), "out of the tree"},
		"root_is_itself":  {mapFS("p/Cargo.toml", simple+"workspace = '.'\nlicense.workspace = true"), "inherits from itself"},
		"broken_above":    {mapFS("Cargo.toml", "x", "p/Cargo.toml", simple+"license.workspace = true"), `manifest "Cargo.toml": line 1: `},
		"absolute_readme": {mapFS("Cargo.toml", "[workspace.package]\nreadme = '/etc/passwd'", "p/Cargo.toml", simple+"readme.workspace = true"), "absolute path"},
		"is_a_folder":     {mapFS("p/Cargo.toml/x", ""), `manifest "p/Cargo.toml" is not a file`},
		"not_utf8":        {mapFS("p/Cargo.toml", "\xff"), "not UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := manifest.NewTree(c.tree).Normalize(compat.Rule{}, "p", nil)
			if err == nil {
				t.Fatalf("no error but %s", got.Text)
			}
			if one, other, _ := strings.Cut(c.want, "|"); !strings.Contains(err.Error(), one) && (other == "" || !strings.Contains(err.Error(), other)) {
				t.Errorf("got %q, want %q", err, c.want)
			}
		})
	}
}

// TestOutside: no path of a manifest makes us open a file that is not in the tree.
func TestOutside(t *testing.T) {
	text := `[package]
name = "a"
version = "1.0.0"
edition = "2015"
readme = "../../secret"
license-file = "/etc/passwd"
build = "../../secret"
[[bin]]
name = "../../../../secret"
[[bin]]
name = "b"
path = "/etc/passwd"
[lib]
name = "../../secret"
path = "../../../secret"
[dependencies]
x = { path = "../../../.." }
y = { path = "/" }
z = { path = "..\\.." }
w = { path = "\u0000" }
`
	parent := t.TempDir()
	writeBytes(t, filepath.Join(parent, "secret"), nil)
	writeBytes(t, filepath.Join(parent, "secret.rs"), nil)
	writeBytes(t, filepath.Join(parent, "Cargo.toml"), []byte(strings.Replace(simple, `"a"`, `"outer"`, 1)))
	writeBytes(t, filepath.Join(parent, "src/lib.rs"), nil)
	writeBytes(t, filepath.Join(parent, "tree/p/Cargo.toml"), []byte(text))
	writeBytes(t, filepath.Join(parent, "tree/p/src/main.rs"), nil)
	fsys := &watched{FS: os.DirFS(filepath.Join(parent, "tree"))}
	tree := manifest.NewTree(fsys)
	if _, err := tree.Find("outer", "1.0.0"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Find: got %v, want %v", err, fs.ErrNotExist)
	}
	got, err := tree.Normalize(compat.Rule{}, "p", []string{"src/main.rs"})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(got.Text), "path = \"/etc") {
		t.Errorf("a file outside the tree is a target: %s", got.Text)
	}
	for _, name := range fsys.names {
		if !fs.ValidPath(name) {
			t.Errorf("asked for %q", name)
		}
	}
}

// watched notes the names it is asked for.
type watched struct {
	fs.FS
	names []string
}

func (w *watched) Open(name string) (fs.File, error) {
	w.names = append(w.names, name)
	return w.FS.Open(name)
}

func TestHostile(t *testing.T) {
	deep := strings.Repeat("[", 10000)
	for name, text := range map[string]string{
		"arrays":       simple + "metadata = " + deep,
		"dotted":       simple + strings.Repeat("a.", 10000) + "a = 1",
		"platform":     simple + "[target.'cfg(" + strings.Repeat("not(", 100000) + ")'.dev-dependencies]",
		"requirement":  simple + "[dev-dependencies]\na = '" + strings.Repeat("1,", 100000) + "1'",
		"large":        strings.Repeat("#", 5<<20),
		"inline":       simple + "metadata = " + strings.Repeat("{a=", 10000),
		"empty_tables": simple + strings.Repeat("[[a]]\n", 1<<19),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := manifest.NewTree(mapFS("Cargo.toml", text, "src/lib.rs", "")).Normalize(compat.Rule{}, ".", []string{"src/lib.rs"}); err == nil && name != "empty_tables" {
				t.Error("no error")
			}
		})
	}
}

// TestChain: manifests that each look for their root in the next.
func TestChain(t *testing.T) {
	tree := mapFS()
	for i := range 20000 {
		text := strings.ReplaceAll(simple, `"a"`, `"a`+itoa(i)+`"`) + "workspace = '../" + itoa(i+1) + "'\nlicense.workspace = true\n"
		tree[itoa(i)+"/Cargo.toml"] = &fstest.MapFile{Data: []byte(text)}
		tree[itoa(i)+"/src/lib.rs"] = &fstest.MapFile{}
	}
	limit := (*manifest.LimitError)(nil)
	if _, err := manifest.NewTree(tree).Normalize(compat.Rule{}, itoa(0), nil); !errors.As(err, &limit) {
		t.Errorf("got %v, want a LimitError", err)
	}
}

// TestManyKeys: the time is linear in the number of keys, tables and features.
func TestManyKeys(t *testing.T) {
	var text strings.Builder
	text.WriteString(simple + "[features]\n")
	for i := range 10000 {
		text.WriteString("f" + strings.Repeat("x", i%7) + "_" + itoa(i) + " = []\n")
	}
	text.WriteString("[package.metadata]\n")
	for i := range 10000 {
		text.WriteString("[[package.metadata.a" + itoa(i%100) + "]]\nk" + itoa(i) + " = 1\n")
	}
	got, err := manifest.NewTree(mapFS("Cargo.toml", text.String(), "src/lib.rs", "")).Normalize(compat.Rule{}, ".", []string{"src/lib.rs"})
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(got.Text), "\n"); n < 30000 {
		t.Errorf("lines: got %d", n)
	}
}

func itoa(i int) string {
	return string(rune('a'+i%26)) + strings.Repeat("y", i/26%40) + string(rune('a'+i/1040))
}

func FuzzNormalize(f *testing.F) {
	a, err := txtar.ParseFile(packagesFile)
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range a.Files {
		if strings.HasSuffix(file.Name, "Cargo.toml") {
			f.Add(string(file.Data), "")
		}
	}
	for _, c := range candidates {
		f.Add(usual+c.text, "[workspace]\n[workspace.package]\nlicense = 'MIT'\nreadme = 'x'\n[workspace.dependencies]\na = '1'")
	}
	files := []string{"Cargo.toml", "src/lib.rs", "src/main.rs", "build.rs", "tests/t.rs"}
	f.Fuzz(func(t *testing.T, text, root string) {
		tree := mapFS("p/Cargo.toml", text, "p/src/lib.rs", "", "p/src/main.rs", "", "p/build.rs", "", "p/tests/t.rs", "")
		if root != "" {
			tree["Cargo.toml"] = &fstest.MapFile{Data: []byte(root)}
		}
		got, err := manifest.NewTree(tree).Normalize(compat.Rule{}, "p", files)
		if err != nil {
			if strings.Contains(err.Error(), "the order of its keys is not clear") {
				t.Errorf("the layout does not fit: %v", err)
			}
			return
		}
		var values map[string]any
		if _, err := toml.Decode(string(got.Text), &values); err != nil {
			t.Fatalf("not TOML: %v\n%s", err, got.Text)
		}
		if once(got.Text) {
			return
		}
		tree["p/Cargo.toml"] = &fstest.MapFile{Data: got.Text}
		again, err := manifest.NewTree(tree).Normalize(compat.Rule{}, "p", files)
		if err != nil {
			t.Fatalf("the second time: %v\n%s", err, got.Text)
		}
		if diff := cmp.Diff(string(got.Text), string(again.Text)); diff != "" {
			t.Errorf("-first +second:\n%s", diff)
		}
	})
}

func TestFindMemory(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links")
	}
	// every folder has a link to itself, and dependencies through it
	dir := t.TempDir()
	writeBytes(t, filepath.Join(dir, "p/Cargo.toml"), []byte(simple+"[dependencies]\na = { path = 'l', package = 'a' }\n"))
	writeBytes(t, filepath.Join(dir, "p/src/lib.rs"), nil)
	link(t, ".", filepath.Join(dir, "p/l"))
	f, err := manifest.FindPackage(os.DirFS(dir), "a", "1.0.0")
	if err != nil {
		t.Fatal(err)
	}
	if f.Dir != "p" {
		t.Errorf("got %q, want p", f.Dir)
	}
}
