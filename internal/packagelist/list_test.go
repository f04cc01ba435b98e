package packagelist

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"cargohome/crate/archive"
	"cargohome/internal/compat"
	"cargohome/internal/filelist"

	"github.com/google/go-cmp/cmp"
)

// entryList is a work tree made of text.
type entryList struct {
	entries []filelist.Entry
	texts   map[string]string
	steps   int64 // that may still be spent
}

var errNoSteps = errors.New("no steps are left")

func (l *entryList) Spend(steps int64) error {
	if l.steps -= steps; l.steps < 0 {
		return errNoSteps
	}
	return nil
}

// entriesOf reads lines: a path, "path *" for an executable, "path -> target"
// for a link, "path =" for a submodule, "path: text" for a file with content.
func entriesOf(text string) *entryList {
	l := &entryList{texts: make(map[string]string), steps: 4 << 30}
	for line := range strings.Lines(text) {
		path, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		e := filelist.Entry{Path: path}
		switch {
		case path == "":
			continue
		case strings.HasSuffix(path, ":"):
			e.Path = strings.TrimSuffix(path, ":")
			l.texts[e.Path] = rest
		case rest == "*":
			e.Kind = filelist.Executable
		case rest == "=":
			e.Kind = filelist.Submodule
		case strings.HasPrefix(rest, "->"):
			e.Kind, e.Target = filelist.Symlink, strings.TrimSpace(rest[2:])
		}
		l.entries = append(l.entries, e)
	}
	slices.SortFunc(l.entries, func(a, b filelist.Entry) int { return strings.Compare(a.Path, b.Path) })
	return l
}

func (l *entryList) Entries() []filelist.Entry { return l.entries }

func (l *entryList) ReadFile(path string) ([]byte, error) {
	text, ok := l.texts[path]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return []byte(text), nil
}

// listed writes a listing as one line; files that come from elsewhere say so.
func listed(l *Listing, dir string) string {
	var words []string
	for _, f := range l.Files {
		word := f.Path
		if f.From != filelist.Join(dir, f.Path) {
			word += "<" + f.From
		}
		if f.Executable {
			word += "*"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// The conformance test has the same rules with real Cargo, and many more.
func Test_list(t *testing.T) {
	for _, test := range []struct {
		name, dir, tree  string
		include, exclude string
		want, warn       string
	}{
		{name: "root", tree: "Cargo.toml\n.h\nsrc/lib.rs\nrun *\n.gitignore:\nd/.gitattributes", want: ".h Cargo.toml run* src/lib.rs"},
		{name: "folder", dir: "a", tree: "a/Cargo.toml\na/x\na-b/x\na.b\nab/x", want: "Cargo.toml x"},
		{name: "exclude", tree: "Cargo.toml\nx/a\nx/b\ny", exclude: "x !x/b", want: "Cargo.toml x/b y"},
		{name: "include", tree: "Cargo.toml\nCargo.lock\nx/a\ny\n.h/x\ntarget/x", include: "x", exclude: "x", want: ".h/x Cargo.lock Cargo.toml x/a"},
		{name: "target_tracked", tree: "Cargo.toml\ntarget/a\ntarget/b/c\nd/target/e", want: "Cargo.toml d/target/e target/a target/b/c"},
		{name: "target_links", tree: "Cargo.toml\ntarget/a -> ../d\ntarget/b -> ../d/e\nd/e", want: "Cargo.toml d/e target/b<d/e", warn: `"target/a" is left out`},
		{name: "target_submodule", tree: "Cargo.toml\ntarget =\ntarget/x\ntarget/.cargo-ok", want: "Cargo.toml"},
		{name: "target_below_walked_root", tree: "Cargo.toml\ntarget/a\nd/target/e", include: "*", want: "Cargo.toml d/target/e"},
		{name: "other_package", tree: "Cargo.toml\na/Cargo.toml\na/b/c\nab", exclude: "a/Cargo.toml", want: "Cargo.toml ab"},
		{name: "other_package_link_to_nowhere", tree: "Cargo.toml\na/Cargo.toml -> no\na/b", want: "Cargo.toml"},
		{name: "other_package_link_to_nowhere_walked", tree: "Cargo.toml\na/Cargo.toml -> no\na/b", include: "b", want: "Cargo.toml a/b"},
		{name: "link_to_file", dir: "a", tree: "a/Cargo.toml\na/L -> ../L\nL *", want: "Cargo.toml L<L*"},
		{name: "link_to_folder", dir: "a", tree: "a/Cargo.toml\na/l -> ../b\nb/c/d\nb/.h\nb/e -> c", want: "Cargo.toml l/.h<b/.h l/c/d<b/c/d l/e/d<b/c/d"},
		{name: "link_excluded_by_its_name", tree: "Cargo.toml\nl -> d\nd/x\nd/y", exclude: "d/x l/y", want: "Cargo.toml d/y l/x<d/x"},
		{name: "link_to_package", tree: "Cargo.toml\na/Cargo.toml\na/b\nl -> a", want: "Cargo.toml"},
		{name: "link_back", tree: "Cargo.toml\nl -> d\nd/m -> .\nd/x", exclude: "d/m", want: "Cargo.toml d/x l/x<d/x", warn: "leads back"},
		{name: "link_nowhere", tree: "Cargo.toml\nl -> x/y\nx", want: "Cargo.toml x", warn: `"l" is left out: the link to "x/y" leads nowhere`},
		{name: "link_nowhere_excluded", tree: "Cargo.toml\nl -> no", exclude: "l", want: "Cargo.toml"},
		{name: "link_round", tree: "Cargo.toml\na -> b\nb -> a", exclude: "b", want: "Cargo.toml", warn: `"a" is left out`},
		{name: "link_to_root", dir: "a", tree: "a/Cargo.toml\na/l -> ..\nx", want: "Cargo.toml l/.cargo-ok<.cargo-ok l/x<x"},
		{name: "link_to_root_marker_hidden", dir: "a", tree: "a/Cargo.toml\na/l -> ..\n.gitignore: .*", want: "Cargo.toml"},
		{name: "links_to_root_of_package", tree: "Cargo.toml\na -> .\nb/c -> ..\nd -> .", want: "Cargo.toml"},
		{name: "link_out_of_no_interest", tree: "Cargo.toml\nl -> /etc", exclude: "l", want: "Cargo.toml"},
		{name: "link_out_not_included", tree: "Cargo.toml\nl -> ../..\nx", include: "x", want: "Cargo.toml x", warn: "not followed"},
		{name: "submodule", tree: "Cargo.toml\ns =\ns/.cargo-ok\ns/x\ns/target/y", want: "Cargo.toml s/.cargo-ok s/target/y s/x"},
		{name: "submodule_sorted_apart", tree: "Cargo.toml\ns =\ns-x\ns/.cargo-ok\ns/x", want: "Cargo.toml s-x s/.cargo-ok s/x"},
		{name: "submodule_marker_hidden", tree: "Cargo.toml\n.gitignore: !*\ns =\ns/.cargo-ok\ns/.gitignore: *-ok\ns/t =\ns/t/.cargo-ok", want: "Cargo.toml s/t/.cargo-ok"},
		{name: "submodule_marker_hidden_by_link", tree: "Cargo.toml\ns =\ns/.cargo-ok\ns/.gitignore -> ../rules\nrules: *", want: "Cargo.toml rules"},
		{name: "submodule_package", tree: "Cargo.toml\ns =\ns/.cargo-ok\ns/Cargo.toml\ns/x", want: "Cargo.toml"},
		{name: "submodule_missing", tree: "Cargo.toml\ns =\nl -> s", want: "Cargo.toml"},
		{name: "submodule_is_package", dir: "s", tree: "s =\ns/.cargo-ok\ns/Cargo.toml\ns/.h", want: ".h Cargo.toml"},
		{name: "folder_through_link_into_submodule", dir: "l", tree: "l -> s/a\ns =\ns/.cargo-ok\ns/a/Cargo.toml\ns/a/.h\ns/a/x", want: "Cargo.toml<s/a/Cargo.toml x<s/a/x"},
		{name: "folder_through_link_to_submodule", dir: "l", tree: "l -> s\ns =\ns/.cargo-ok\ns/Cargo.toml\ns/.h", want: ".h<s/.h Cargo.toml<s/Cargo.toml"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := List(compat.Rule{}, entriesOf(test.tree), test.dir, strings.Fields(test.include), strings.Fields(test.exclude))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, listed(got, test.dir)); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
			if warnings := strings.Join(got.Warnings, "\n"); !strings.Contains(warnings, test.warn) || (test.warn == "") != (warnings == "") {
				t.Errorf("warnings %q, want %q", got.Warnings, test.warn)
			}
		})
	}
}

// A link in a repository to its own root is followed as often as gix does it.
func Test_list_of_repository_within_itself(t *testing.T) {
	got, err := List(compat.Rule{}, entriesOf("Cargo.toml\ns =\ns/.cargo-ok\ns/self -> .\ns/x"), "", nil, []string{".cargo-ok"})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Cargo.toml"}
	for n := range maxRepoLinks + 2 {
		want = append(want, "s/"+strings.Repeat("self/", n)+"x")
	}
	var paths []string
	for _, f := range got.Files {
		paths = append(paths, f.Path)
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

// No more links are followed to reach a file than the system follows.
func Test_list_follows_40_links(t *testing.T) {
	tree := "Cargo.toml\nf\nl0 -> f"
	for n := range maxLinks {
		tree += fmt.Sprintf("\nl%d -> l%d", n+1, n)
	}
	got, err := List(compat.Rule{}, entriesOf(tree), "", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Files) != 42 || len(got.Warnings) != 1 || !strings.HasPrefix(got.Warnings[0], `"l40"`) {
		t.Errorf("%d files, want 42; warnings %q, want one for l40", len(got.Files), got.Warnings)
	}
}

func Test_list_refuses_links_out(t *testing.T) {
	for _, target := range []string{"/etc/passwd", "../..", "../../x", "d/../../../x", "../m", "../.git", "../.git/config", "../s/.git/HEAD", "../a/../../x", "../s/..//./../", "/"} {
		for _, include := range [][]string{nil, {"l"}, {"*"}} {
			tree := entriesOf("a/Cargo.toml\na/d/x\nm -> ../out\ns =\ns/.cargo-ok")
			tree.entries = append(tree.entries, filelist.Entry{Path: "a/l", Kind: filelist.Symlink, Target: target})
			slices.SortFunc(tree.entries, func(a, b filelist.Entry) int { return strings.Compare(a.Path, b.Path) })
			_, err := List(compat.Rule{}, tree, "a", include, nil)
			var out *filelist.LinkError
			if !errors.As(err, &out) || out.Path != "a/l" {
				t.Errorf("link to %q, include %q: %v, want a LinkError for a/l", target, include, err)
			}
		}
	}
}

func Test_list_errors(t *testing.T) {
	tree := "a/Cargo.toml\na/f\nl -> a\nm -> ..\nf"
	for _, test := range []struct{ name, tree, dir, include, want string }{
		{"no_folder", tree, "b", "", "no such folder"},
		{"a_file", tree, "f", "", "no such folder"},
		{"below_a_file", tree, "f/x", "", "no such folder"},
		{"not_below", tree, "../a", "", "not a path"},
		{"not_clean", tree, "a/", "", "not a path"},
		{"a_link", tree, "l", "", "through a link"},
		{"a_link_out", tree, "m", "", "leads out"},
		{"pattern", tree, "a", "{", `unclosed "{"`},
		{"name", "Cargo.toml\na\xff", "", "", "not UTF-8"},
		{"ignore_file", "Cargo.toml\ns =\ns/.cargo-ok\ns/.gitignore", "", "", "not exist"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := List(compat.Rule{}, entriesOf(test.tree), test.dir, strings.Fields(test.include), nil); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}

// Links can make a small tree endless to look at, so there is a bound.
func Test_list_is_bounded(t *testing.T) {
	folders := "Cargo.toml\nd0/x\nl -> d30"
	for n := range 30 {
		folders += fmt.Sprintf("\nd%d/a -> ../d%d\nd%d/b -> ../d%d", n+1, n, n+1, n)
	}
	for name, test := range map[string]struct{ tree, want string }{
		"folders":    {folders, "too many times"},
		"repository": {"Cargo.toml\ns =\ns/.cargo-ok\ns/a -> .\ns/b -> .", "too many times"},
		"long_path":  {"Cargo.toml\ns =\ns/.cargo-ok\ns/" + strings.Repeat("a", 200) + " -> .", "bytes in a path"},
	} {
		if _, err := List(compat.Rule{}, entriesOf(test.tree), "", nil, nil); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

func Benchmark_list(b *testing.B) {
	var tree strings.Builder
	tree.WriteString("Cargo.toml\n")
	for i := range 100_000 {
		fmt.Fprintf(&tree, "src/folder%d/below/file%d.rs\n", i/100, i)
	}
	entries := entriesOf(tree.String())
	for b.Loop() {
		if _, err := List(compat.Rule{}, entries, "", nil, []string{"/tests", "*.png", "[Bb]uild*/", "docs/**/*.md"}); err != nil {
			b.Fatal(err)
		}
	}
}

func Fuzz_list(f *testing.F) {
	f.Add("Cargo.toml\nl -> d\nd/x\ns =\ns/.cargo-ok\ns/y -> ../..", "", "", "x")
	f.Add("a/Cargo.toml\na/l -> ..\na/m -> ../a\nb/.git/x\nb/c *", "a", "*", "")
	f.Add("Cargo.toml\nd\nd/x\nd/x/y\n/\n//x\n.\n..\nl -> .\nm -> l/l/l", "", "", "{")
	f.Fuzz(func(t *testing.T, text, dir, include, exclude string) {
		if len(text) > 300 {
			t.Skip()
		}
		tree := entriesOf(text)
		got, err := List(compat.Rule{}, tree, dir, strings.Fields(include), strings.Fields(exclude))
		if err != nil {
			return
		}
		for i, file := range got.Files {
			if i > 0 && got.Files[i-1].Path >= file.Path {
				t.Errorf("%q after %q", file.Path, got.Files[i-1].Path)
			}
			if !utf8.ValidString(file.Path) || !archive.Vendored(file.Path) {
				t.Errorf("file %q listed", file.Path)
			}
			e := workTree{tree.entries}.entry(file.From)
			if e == nil && file.From != ".cargo-ok" || e != nil && (e.Kind == filelist.Symlink || e.Kind == filelist.Submodule) {
				t.Errorf("%q comes from %q, which is no file", file.Path, file.From)
			}
		}
	})
}
