package vendoring

import (
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cargohome/crate"
	"cargohome/internal/cargotest"
	"cargohome/internal/compat"
	"cargohome/internal/config"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/lockfile"
)

// gitWorld is a home with a repository, and one for its submodule, and a vendor folder
// of packages from it.
type gitWorld struct {
	dir        string
	repo, data *cargotest.Objects
	manifests  locate.Manifests
	urls       []string          // of sources that have a package each
	filter     *Filter           // of each, nil for none
	asNewOf    map[string]string // what is made of commits
}

const gitURL = "https://example.com/rep"

func newGitWorld(t *testing.T) *gitWorld {
	dir := t.TempDir()
	h := cargotest.NewHome(t, filepath.Join(dir, "home"))
	return &gitWorld{dir: dir, repo: h.Objects("rep-0123456789abcdef", gitURL), data: h.Objects("data-0123456789abcdef", "https://example.com/data"), urls: []string{gitURL}, asNewOf: map[string]string{}}
}

func (w *gitWorld) dest() string { return filepath.Join(w.dir, "vendor") }

func (w *gitWorld) at(path string) string {
	return filepath.Join(w.dest(), "dep", filepath.FromSlash(path))
}

// gitFiles are files of a commit by their paths: the mode, a space, and the content.
type gitFiles map[string]string

// files are those of the repository.
func (w *gitWorld) files() gitFiles {
	return gitFiles{
		".gitmodules":        "100644 [submodule \"data\"]\n\tpath = dep/data\n\turl = https://example.com/data\n",
		".gitattributes":     "100644 crlf.txt eol=crlf\nident.txt ident\n",
		"Cargo.toml":         "100644 [workspace]\nmembers = [\"dep\"]\n[workspace.package]\nversion = \"1.0.0\"\nedition = \"2021\"\n",
		"shared.txt":         "100644 shared\n",
		"dep/Cargo.toml":     "100644 [package]\nname = \"dep\"\nversion.workspace = true\nedition.workspace = true\nexclude = [\"secret\"]\nbuild = \"gone.rs\"\n",
		"dep/src/lib.rs":     "100644 // a library\n",
		"dep/src/deep/er.rs": "100644 // deeper\n",
		"dep/empty":          "100644 ",
		"dep/large":          "100644 " + strings.Repeat("0123456789abcdef", 20<<10),
		"dep/run.sh":         "100755 #!/bin/sh\n",
		"dep/crlf.txt":       "100644 one\ntwo\n",
		"dep/ident.txt":      "100644 $Id$\n",
		"dep/link.txt":       "120000 ../shared.txt",
		"dep/secret":         "100644 secret\n",
		"dep/data":           "160000 " + w.data.Commit(tree(w.data, gitFiles{"text": "100644 from a submodule\n"})),
	}
}

func (w *gitWorld) commit(files gitFiles) string { return w.repo.Commit(tree(w.repo, files)) }

// tree stores files as git does.
func tree(o *cargotest.Objects, files gitFiles) string {
	entries := map[string]cargotest.TreeEntry{}
	below := map[string]gitFiles{}
	for path, file := range files {
		name, rest, deeper := strings.Cut(path, "/")
		if deeper {
			if below[name] == nil {
				below[name] = gitFiles{}
			}
			below[name][rest] = file
			continue
		}
		mode, id, _ := strings.Cut(file, " ")
		if mode != "160000" {
			id = o.Blob(id)
		}
		entries[name] = cargotest.TreeEntry{Mode: mode, Name: name, ID: id}
	}
	for name, files := range below {
		entries[name+"/"] = cargotest.TreeEntry{Mode: "40000", Name: name, ID: tree(o, files)}
	}
	var list []cargotest.TreeEntry
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		list = append(list, entries[key])
	}
	return o.Tree(list...)
}

// gitRun is what came of a run.
type gitRun struct {
	results  map[string]Action // by folder
	warnings []string
	read     bool // a work tree was read
}

// plan plans to vendor the package of a commit to dest, with the stat cache or without.
func (w *gitWorld) plan(t *testing.T, dest, commit string, cached bool) (*Plan, *StatCache, error) {
	t.Helper()
	h := home.New(filepath.Join(w.dir, "home"))
	t.Cleanup(func() { h.Close() })
	sources := locate.NewSources(h, &config.SourceMap{}, w.manifests)
	var cache *StatCache
	if cached {
		cache = OpenStatCache(compat.Rule{}, h.Dir(), dest, w.manifests)
	}
	arranged, err := Arrange(w.packages(t, commit), false)
	if err != nil {
		return nil, nil, err
	}
	if w.filter == nil {
		sources.Known = cache.Known(arranged)
	}
	found, err := locate.Find(t.Context(), 1, arranged.Packages, sources)
	if err != nil {
		return nil, nil, err
	}
	steps, err := NewSteps(t.Context(), 1, arranged, found, cache)
	if err != nil {
		return nil, nil, err
	}
	for i := range steps {
		if w.filter != nil {
			steps[i].Leave(*w.filter)
		}
	}
	p, err := NewPlan(steps, Target{Dest: dest, Force: true})
	return p, cache, err
}

// packages are what a lockfile has.
func (w *gitWorld) packages(t *testing.T, commit string) (list []lockfile.Package) {
	t.Helper()
	for _, url := range w.urls {
		source, err := crate.ParseSourceID("git+" + url + "#" + commit)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, lockfile.Package{ID: crate.ID{Name: "dep", Version: "1.0.0", Source: source}})
	}
	return list
}

// vendor carries the plan out.
func (w *gitWorld) vendor(t *testing.T, dest, commit string, cached bool) (r gitRun, err error) {
	t.Helper()
	p, cache, err := w.plan(t, dest, commit, cached)
	if err != nil {
		return r, err
	}
	results, err := p.Write(t.Context(), WriteOptions{StatCache: cache})
	r.results = map[string]Action{}
	for i, result := range results {
		s := p.Steps[i]
		r.results[s.Folder], r.read = result.Action, r.read || s.Commit != nil
		r.warnings = append(r.warnings, s.Warnings...)
	}
	return r, err
}

func (w *gitWorld) mustVendor(t *testing.T, commit string, cached bool) gitRun {
	t.Helper()
	r, err := w.vendor(t, w.dest(), commit, cached)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// settle has a package proven and remembered.
func (w *gitWorld) settle(t *testing.T, commit string, cached bool) {
	t.Helper()
	w.mustVendor(t, commit, cached)
	if cached {
		time.Sleep(40 * time.Millisecond) // more than a tick
	}
	before := stateOf(t, w.dest())
	if r := w.mustVendor(t, commit, cached); r.results["dep"] != Kept {
		t.Fatalf("just written, and %s", r.results["dep"])
	}
	if diff := cmp.Diff(before, stateOf(t, w.dest())); diff != "" {
		t.Fatalf("a run that changes nothing does (-before +after):\n%s", diff)
	}
}

// stateOf lists modes and times of all files and folders but the vendor folder itself,
// and which files they are.
func stateOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	state := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := e.Info()
		if err == nil {
			state[path] = info.Mode().String() + info.ModTime().String() + identity(info)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// asNew compares the vendor folder with one that is made anew.
func (w *gitWorld) asNew(t *testing.T, commit string) {
	t.Helper()
	if w.asNewOf[commit] == "" {
		fresh := filepath.Join(t.TempDir(), "fresh")
		_, err := w.vendor(t, fresh, commit, false)
		if err == nil {
			w.asNewOf[commit], err = cargotest.Tree(fresh)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	got, err := cargotest.Tree(w.dest())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(w.asNewOf[commit], got); diff != "" {
		t.Errorf("not as new (-new +got):\n%s", diff)
	}
}
