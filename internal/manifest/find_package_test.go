package manifest_test

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"cargohome/internal/manifest"
)

// A findCase is a package that several folders have, and the one that Cargo takes.
type findCase struct {
	name string
	// tree has one entry per line: a folder, and after a space what follows
	// [package] in its manifest, with '|' for line ends; or "path -> target", a
	// symbolic link; or "path =", an empty file. NAME is the package's name.
	tree string
	want string // the folder; "" if there is no such package
	more string // the folders that a warning names
	// unlisted: cargo finds the package, but no file of it, and so cannot vendor it.
	unlisted bool
}

// findCases have their answers from cargo 1.95; the conformance test asks it
// again.
var findCases = []findCase{
	{name: "byte-order", tree: "b\na", want: "a", more: "b"},
	{name: "upper-case", tree: "a\nB", want: "B", more: "a"},
	{name: "shallow", tree: "x\nx/a", want: "x", more: "x/a"},
	{name: "deep-before-next", tree: "x/y/z\ny", want: "x/y/z", more: "y"},
	{name: "three", tree: "a\nb\nc", want: "a", more: "b c"},
	{name: "dot-folder", tree: ".a\nb", want: "b"},
	{name: "dot-folder-only", tree: ".a", want: ""},
	{name: "below-dot-folder", tree: "x/.a/b\nx/c", want: "x/c"},
	{name: "target", tree: "a @other\na/target/p\nb", want: "b"},
	{name: "target-virtual", tree: "a/Cargo.toml =\na/target/p\nb", want: "b"},
	{name: "target-alone", tree: "a/target/p\nb", want: "a/target/p", more: "b"},
	{name: "target-deeper", tree: "a @other\na/x/target/p\nb", want: "a/x/target/p", more: "b"},
	{name: "link", tree: "z\na -> z", want: "z"},
	{name: "link-by-path", tree: "z\na -> z\nA @other|[dependencies]|NAME.path='../a'", want: "a", more: "z", unlisted: true},
	{name: "link-manifest", tree: "z\na/Cargo.toml -> ../z/Cargo.toml\na/src/lib.rs =", want: "a", more: "z"},
	{name: "link-dangling", tree: "z\na/Cargo.toml -> ../q/Cargo.toml", want: "z"},
	{name: "path-first", tree: "a @other|[dependencies]|NAME.path='../z'\nb\nz", want: "z", more: "b"},
	{name: "path-dev", tree: "a @other|[dev-dependencies]|NAME.path='../z'\nb\nz", want: "z", more: "b"},
	{name: "path-build", tree: "a @other|[build-dependencies]|NAME.path='../z'\nb\nz", want: "z", more: "b"},
	{name: "path-platform", tree: "a @other|[target.'cfg(windows)'.dev-dependencies]|NAME.path='../z'\nb\nz", want: "z", more: "b"},
	{name: "path-optional", tree: "a @other|[dependencies]|NAME={path='../z',optional=true}\nb\nz", want: "z", more: "b"},
	{name: "path-order", tree: "a @other|[dev-dependencies]|A={path='../dev',package='NAME'}|[build-dependencies]|B={path='../build',package='NAME'}\nbuild\ndev", want: "build", more: "dev"},
	{name: "path-names", tree: "a @other|[dev-dependencies]|x={path='../z1',package='NAME'}|a={path='../z2',package='NAME'}\nz1\nz2", want: "z2", more: "z1"},
	{name: "path-depth", tree: "a @other|[dev-dependencies]|m.path='../m'|n={path='../n',package='NAME'}\nm @m|[dev-dependencies]|n={path='../deep',package='NAME'}\nn\ndeep", want: "deep", more: "n"},
	{name: "path-cycle", tree: "a @other|[dev-dependencies]|NAME.path='../b'\nb [dev-dependencies]|other.path='../a'", want: "b"},
	{name: "path-to-hidden", tree: "a @other|[dev-dependencies]|NAME.path='../.h'\n.h\nb", want: ".h", more: "b"},
	{name: "path-text", tree: "a @other|[dev-dependencies]|NAME.path='nowhere/../../z/./'\nb\nz", want: "z", more: "b"},
	{name: "path-outside", tree: "a @other|[dev-dependencies]|NAME.path='../../../../../../../../../../../../nowhere'\nb", want: "b"},
	{name: "path-absolute", tree: "a @other|[dev-dependencies]|NAME.path='/nowhere'\nb", want: "b"},
	{name: "path-to-broken", tree: "a @other|[dev-dependencies]|NAME.path='../z'|x={path='../y',package='NAME'}\ny\nz license=1\nb", want: "y", more: "b"},
	{name: "path-of-broken", tree: "a @other|license=1|[dev-dependencies]|NAME.path='../z'\nb\nz", want: "b", more: "z"},
	{name: "path-inherited", tree: "a @other|[dev-dependencies]|NAME.workspace=true|[workspace]|[workspace.dependencies]|NAME.path='../z'\nb\nz", want: "z", more: "b"},
	{name: "path-to-file", tree: "a @other|[dev-dependencies]|NAME.path='src/lib.rs'\nb", want: "b"},
	{name: "broken-first", tree: "a license=1\nb", want: "b"},
	{name: "not-published", tree: "a\nb publish=false\nc publish=[]\nd publish=['x']\ne publish=true", want: "a", more: "e"},
	{name: "not-published-first", tree: "a publish=false\nb", want: "a", more: "b"},
	{name: "inherited-version", tree: "a !version.workspace=true|[workspace]|[workspace.package]|version='1.0.0'\nb", want: "a", more: "b"},
	{name: "inherited-publish", tree: "a\nb publish.workspace=true|[workspace]|[workspace.package]|publish=false", want: "a"},
	{name: "inherited-from-above", tree: "w @w|[workspace]|[workspace.package]|license='MIT'\nw/a license.workspace=true\nz", want: "w/a", more: "z"},
	{name: "inherited-past-excluding", tree: "w @w|[workspace]|exclude=['a']|[workspace.package]|license='MIT'\nw/a license.workspace=true\nz", want: "z"},
	{name: "inherited-over-plain", tree: "w @w|[workspace]|[workspace.package]|license='MIT'\nw/v @v\nw/v/a license.workspace=true\nz", want: "w/v/a", more: "z"},
	{name: "inherited-through-pointer-above", tree: "r @r|[workspace]|[workspace.package]|license='MIT'\nw @w|workspace='../r'\nw/a license.workspace=true\nz", want: "w/a", more: "z"},
	{name: "inherited-through-broken-above", tree: "w @w|license=1\nw/a license.workspace=true\nz", want: "z"},
	{name: "inherited-from-broken-root", tree: "w @w|links='x'|[workspace]|[workspace.package]|license='MIT'\nw/a license.workspace=true\nz", want: "w/a", more: "z"},
	{name: "inherited-by-pointer-from-broken", tree: "w @w|links='x'|[workspace]|[workspace.package]|license='MIT'\na workspace='../w'|license.workspace=true\nz", want: "z"},
	{name: "inherited-by-pointer-from-broken-known", tree: "a/w @w|links='x'|[workspace]|[workspace.package]|license='MIT'\nb workspace='../a/w'|license.workspace=true\nz", want: "b", more: "z"},
	{name: "inherited-by-pointer-from-no-root", tree: "w @w\na workspace='../w'|license.workspace=true\nz", want: "z"},
	{name: "submodule-like", tree: "a @other\nb", want: "b"},
	{name: "manifest-lower-case", tree: "a/cargo.toml =\nb", want: "b"},
	{name: "manifest-is-folder", tree: "a/Cargo.toml/x =\nb", want: "b"},
	{name: "in-src", tree: "a @other\na/src/x\nb", want: "a/src/x", more: "b"},
	{name: "in-tests", tree: "a @other\na/tests/x/y\nb", want: "a/tests/x/y", more: "b"},
	{name: "in-vendor", tree: "vendor/x\nz", want: "vendor/x", more: "z"},
	{name: "excluded-from-workspace", tree: "a @other|[workspace]|exclude=['x']\na/x\nb", want: "a/x", more: "b"},
}

func (c findCase) pkg() string { return "n-" + c.name }

// writeFindCases makes one tree of all cases, each in a folder of its own.
func writeFindCases(t *testing.T, dir string) {
	t.Helper()
	for i, c := range findCases {
		for line := range strings.Lines(c.tree) {
			c.write(t, filepath.Join(dir, c.name), strings.TrimSpace(line), i)
		}
	}
	writePackage(t, filepath.Join(dir, "zz"), "[package]\nname = \"zz\"\nversion = \"1.0.0\"\n", "")
}

func (c findCase) write(t *testing.T, dir, line string, i int) {
	t.Helper()
	if path, target, ok := strings.Cut(line, " -> "); ok {
		link(t, target, filepath.Join(dir, path))
		return
	}
	if path, ok := strings.CutSuffix(line, " ="); ok {
		writeBytes(t, filepath.Join(dir, path), nil)
		return
	}
	folder, text, _ := strings.Cut(line, " ")
	name, version := "NAME", "version = \"1.0.0\"\n"
	if rest, ok := strings.CutPrefix(text, "@"); ok {
		name, text, _ = strings.Cut(rest, "|")
		name += "-" + itoa(i)
	}
	if rest, ok := strings.CutPrefix(text, "!"); ok {
		text, version = rest, ""
	}
	text = "[package]\nname = \"" + name + "\"\n" + version + "description = \"" + folder + "\"\n" +
		strings.ReplaceAll(text, "|", "\n") + "\n"
	writePackage(t, filepath.Join(dir, folder), strings.ReplaceAll(text, "NAME", c.pkg()), "")
}

func TestFindPackage(t *testing.T) {
	dir := t.TempDir()
	writeFindCases(t, dir)
	tree := manifest.NewTree(os.DirFS(dir))
	for _, c := range findCases {
		t.Run(c.name, func(t *testing.T) {
			f, err := tree.Find(c.pkg(), "1.0.0")
			if err != nil {
				f = &manifest.Found{}
			}
			if got := strings.TrimPrefix(f.Dir, c.name+"/"); got != c.want {
				t.Errorf("folder: got %q, want %q", got, c.want)
			}
			var more []string
			for _, d := range f.Duplicates {
				more = append(more, strings.TrimPrefix(d, c.name+"/"))
			}
			if got := strings.Join(more, " "); got != c.more {
				t.Errorf("duplicates: got %q, want %q", got, c.more)
			}
		})
	}
}

func TestFound(t *testing.T) {
	tree := mapFS("Cargo.toml", "[workspace.package]\nexclude = ['e']\ninclude = ['i']",
		"a/Cargo.toml", simple+"exclude.workspace = true\ninclude.workspace = true", "a/src/lib.rs", "",
		"b/Cargo.toml", strings.Replace(simple, `version = "1.0.0"`, `publish = false`, 1), "b/src/lib.rs", "",
		"c/Cargo.toml", simple, "c/src/lib.rs", "", "d/Cargo.toml", simple, "d/src/lib.rs", "")
	got, err := manifest.NewTree(tree).Packages()
	if err != nil {
		t.Fatal(err)
	}
	want := []*manifest.Found{
		{Name: "a", Version: "1.0.0", Dir: "a", Include: []string{"i"}, Exclude: []string{"e"}, Duplicates: []string{"c", "d"},
			Warnings: []string{"skipping duplicate packages `a v1.0.0`:\n  c/Cargo.toml\n  d/Cargo.toml\nin favor of a/Cargo.toml\n"}},
		{Name: "a", Version: "0.0.0", Dir: "b"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestSubmodule: the walk stops at folders with .git, which may be a file; path
// dependencies do not.
func TestSubmodule(t *testing.T) {
	tree := mapFS("a/.git", "gitdir: x", "a/Cargo.toml", simple, "a/src/lib.rs", "",
		"b/.git/HEAD", "", "b/Cargo.toml", strings.Replace(simple, `"a"`, `"b"`, 1), "b/src/lib.rs", "",
		"c/Cargo.toml", strings.Replace(simple, `"a"`, `"c"`, 1)+"[dependencies]\nb.path = '../b'", "c/src/lib.rs", "",
		".git/HEAD", "")
	all, err := manifest.NewTree(tree).Packages()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range all {
		got = append(got, f.Dir)
	}
	if diff := cmp.Diff([]string{"c", "b"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// What is read ahead, by however many, is what is read later, and a manifest that the walk
// does not come to is not read.
func TestReadAhead(t *testing.T) {
	dir := t.TempDir()
	writeFindCases(t, dir)
	var folders []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		if e.Name() == manifest.FileName {
			folders = append(folders, path.Dir(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want, err := manifest.NewTree(os.DirFS(dir)).Packages()
	if err != nil {
		t.Fatal(err)
	}
	for _, jobs := range []int{1, 4} {
		opened := &openedFS{FS: os.DirFS(dir)}
		tree := manifest.NewTree(opened)
		tree.ReadAhead(t.Context(), jobs, folders)
		if n := int(opened.count.Load()); n < len(folders)/2 || opened.hidden.Load() {
			t.Errorf("%d of %d are read, hidden ones: %v", n, len(folders), opened.hidden.Load())
		}
		got, err := tree.Packages()
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%d jobs: %v\n%s", jobs, err, diff)
		}
	}
}

// A manifest counts towards the bound on all when it is asked for, and not before.
func TestReadAhead_bound(t *testing.T) {
	files := fstest.MapFS{}
	var folders []string
	long := simple + strings.Repeat("# "+strings.Repeat("x", 1<<10)+"\n", 60)
	for i := range 300 { // 18 MB
		folders = append(folders, "a/"+itoa(i))
		files["a/"+itoa(i)+"/Cargo.toml"] = &fstest.MapFile{Data: []byte(long)}
	}
	_, want := manifest.NewTree(files).Packages()
	tree := manifest.NewTree(files)
	tree.ReadAhead(t.Context(), 2, folders)
	_, err := tree.Packages()
	if _, limit := errors.AsType[*manifest.LimitError](err); !limit || err.Error() != want.Error() {
		t.Errorf("%v, want %v", err, want)
	}
}

// openedFS counts the manifests that are opened.
type openedFS struct {
	fs.FS
	count  atomic.Int64
	hidden atomic.Bool
}

func (o *openedFS) Open(name string) (fs.File, error) {
	if path.Base(name) == manifest.FileName {
		o.count.Add(1)
		if strings.Contains("/"+name, "/.") || strings.Contains("/"+name, "/target/") {
			o.hidden.Store(true)
		}
	}
	return o.FS.Open(name)
}
