package gitsrc_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cargohome/crate"
	"cargohome/gitsrc"
	"cargohome/internal/cargotest"

	"github.com/google/go-cmp/cmp"
)

const subName = "sub-0123456789abcdef"

// needsHome has a repository with a submodule, each in git/db.
type needsHome struct {
	*testing.T
	dir      string
	dep, sub *cargotest.Objects
	subID    string // the commit of the submodule
}

func newNeedsHome(t *testing.T) *needsHome {
	t.Helper()
	dir := t.TempDir()
	h := cargotest.NewHome(t, dir)
	n := &needsHome{T: t, dir: dir, dep: h.Objects(thinName, "https://example.com/dep"), sub: h.Objects(subName, "https://example.com/sub")}
	n.subID = n.sub.Commit(n.sub.Tree(cargotest.TreeEntry{Mode: "100644", Name: "s", ID: n.sub.Blob("s")}))
	return n
}

// commit makes one with a file, the submodule and what a .gitmodules says.
func (n *needsHome) commit(modules string, more ...cargotest.TreeEntry) string {
	entries := append([]cargotest.TreeEntry{
		{Mode: "100644", Name: ".gitmodules", ID: n.dep.Blob(modules)},
		{Mode: "100644", Name: "a", ID: n.dep.Blob("a")},
		{Mode: "160000", Name: "in", ID: n.subID},
	}, more...)
	return n.dep.Commit(n.dep.Tree(entries...))
}

const oneModule = "[submodule \"s\"]\n\tpath = in\n\turl = ../sub\n"

// source is that of a commit.
func (n *needsHome) source(commit string) crate.SourceID {
	n.Helper()
	src, err := crate.ParseSourceID("git+https://example.com/dep#" + commit)
	if err != nil {
		n.Fatal(err)
	}
	return src
}

// folder is a git folder that knows nothing yet.
func (n *needsHome) folder() *gitsrc.Folder {
	return gitsrc.NewFolder(n.dir, func(src crate.SourceID) []string {
		return []string{filepath.Base(src.URL()) + "-0123456789abcdef"}
	})
}

// needs finds them out anew.
func (n *needsHome) needs(commit string) *gitsrc.Need {
	n.Helper()
	f := n.folder()
	defer f.Close()
	need, err := f.Needs(n.Context(), n.source(commit))
	if err != nil {
		n.Fatal(err)
	}
	return need
}

func (n *needsHome) write(path, text string) {
	n.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		n.Fatal(err)
	}
	_ = os.Remove(path) // it may be for reading only
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		n.Fatal(err)
	}
}

func (n *needsHome) rename(from, to string) {
	n.Helper()
	if err := os.Rename(from, to); err != nil {
		n.Fatal(err)
	}
}

func (n *needsHome) symlink(to, path string) {
	n.Helper()
	if err := os.Symlink(to, path); err != nil {
		n.Skipf("no links here: %v", err)
	}
}

func TestNeeds(t *testing.T) {
	n := newNeedsHome(t)
	commit := n.commit(oneModule)
	want := &gitsrc.Need{
		Databases: []string{thinName, subName},
		Commits:   map[string][]string{thinName: {commit}, subName: {n.subID}},
	}
	if diff := cmp.Diff(want, n.needs(commit)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	n.write(filepath.Join(n.dep.Dir, "config"), "[core]\n\tbare = true\n[extensions]\n\trefstorage = reftable\n")
	if diff := cmp.Diff(want, n.needs(commit)); diff != "" {
		t.Errorf("references of another kind say nothing of objects (-want +got):\n%s", diff)
	}
}

// unknownNeeds are the ways not to find out what a commit needs, with what is said.
var unknownNeeds = []struct {
	name, says string
	spoil      func(n *needsHome, commit string) string // returns the commit
}{
	{"no_repository", "its repository is not in the Cargo home", func(n *needsHome, commit string) string {
		n.rename(n.dep.Dir, filepath.Join(n.dir, "gone"))
		return commit
	}},
	{"no_commit", "is not in", func(*needsHome, string) string { return strings.Repeat("1", 40) }},
	{"no_full_id", "not the full id of a commit", func(*needsHome, string) string { return "1234567" }},
	{"file_for_a_repository", "not a folder", func(n *needsHome, commit string) string {
		n.rename(n.dep.Dir, filepath.Join(n.dir, "gone"))
		n.write(n.dep.Dir, "")
		return commit
	}},
	{"links_in_a_circle", "too many", func(n *needsHome, commit string) string {
		n.rename(n.dep.Dir, filepath.Join(n.dir, "gone"))
		n.symlink(filepath.Base(n.dep.Dir), n.dep.Dir)
		return commit
	}},
	{"objects_behind_a_link", "escapes", func(n *needsHome, commit string) string {
		lent := filepath.Join(n.TempDir(), "objects")
		n.rename(filepath.Join(n.dep.Dir, "objects"), lent)
		n.symlink(lent, filepath.Join(n.dep.Dir, "objects"))
		return commit
	}},
	{"loose_objects_behind_a_link", "escapes", func(n *needsHome, commit string) string {
		dir := filepath.Dir(n.dep.Path(commit))
		n.rename(dir, filepath.Join(n.dir, "objects"))
		n.symlink(filepath.Join(n.dir, "objects"), dir)
		return commit
	}},
	{"objects_lent_from_outside", "lies outside the Cargo home", func(n *needsHome, commit string) string {
		n.lend(n.dep, filepath.Join(n.TempDir(), "objects"))
		return commit
	}},
	{"tree_lent_from_outside", "lies outside the Cargo home", func(n *needsHome, commit string) string {
		lent := filepath.Join(n.TempDir(), "objects")
		n.lend(n.dep, lent)
		path := n.dep.Path(commit)
		n.write(path, n.read(strings.Replace(path, filepath.Join(n.dep.Dir, "objects"), lent, 1)))
		return commit
	}},
	{"objects_lent_and_gone", "which is not there", func(n *needsHome, commit string) string {
		n.lend(n.dep, filepath.Join(n.dir, "objects"))
		n.rename(filepath.Join(n.dir, "objects"), filepath.Join(n.dir, "gone"))
		return commit
	}},
	{"objects_of_SHA-256", "sha256", func(n *needsHome, commit string) string {
		n.rename(filepath.Dir(n.dep.Path(commit)), filepath.Join(n.dir, "gone"))
		n.write(filepath.Join(n.dep.Dir, "config"), "[core]\n\tbare = true\n[extensions]\n\tobjectFormat = sha256\n")
		return commit
	}},
	{"pack_index_of_version_3", "not an index of version 1 or 2", func(n *needsHome, commit string) string {
		n.write(filepath.Join(n.dep.Dir, "objects", "pack", "pack-1.idx"), "\xfftOc\x00\x00\x00\x03"+string(make([]byte, 4*256+24+40)))
		return commit
	}},
	{"pack_index_torn", "malformed pack", func(n *needsHome, commit string) string {
		n.write(filepath.Join(n.sub.Dir, "objects", "pack", "pack-1.idx"), "\xfftOc")
		return commit
	}},
	{"commit_emptied", "", func(n *needsHome, commit string) string {
		n.write(n.dep.Path(commit), "")
		return commit
	}},
	{"tree_emptied", "damaged", func(n *needsHome, _ string) string {
		tree := n.dep.Tree(cargotest.TreeEntry{Mode: "100644", Name: "b", ID: n.dep.Blob("b")})
		commit := n.commit(oneModule, cargotest.TreeEntry{Mode: "40000", Name: "src", ID: tree})
		n.write(n.dep.Path(tree), "")
		return commit
	}},
	{"tree_missing", "it is missing", func(n *needsHome, _ string) string {
		return n.commit(oneModule, cargotest.TreeEntry{Mode: "40000", Name: "src", ID: strings.Repeat("1", 40)})
	}},
	{"tree_of_another_name", "another hash", func(n *needsHome, _ string) string {
		tree := n.dep.Tree(cargotest.TreeEntry{Mode: "100644", Name: "b", ID: n.dep.Blob("b")})
		other := n.dep.Tree(cargotest.TreeEntry{Mode: "100644", Name: "c", ID: n.dep.Blob("b")})
		n.write(n.dep.Path(tree), n.read(n.dep.Path(other)))
		return n.commit(oneModule, cargotest.TreeEntry{Mode: "40000", Name: "src", ID: tree})
	}},
	{"name_refused", "a name that is not checked out", func(n *needsHome, _ string) string {
		return n.commit(oneModule, cargotest.TreeEntry{Mode: "100644", Name: ".g\u200cit", ID: n.dep.Blob("")})
	}},
	{"mode_of_nothing", "which no entry has", func(n *needsHome, _ string) string {
		return n.commit(oneModule, cargotest.TreeEntry{Mode: "10644", Name: "odd", ID: n.dep.Blob("")})
	}},
	{"path_too_long", "bytes in a path", func(n *needsHome, _ string) string {
		id := n.dep.Tree(cargotest.TreeEntry{Mode: "100644", Name: "b", ID: n.dep.Blob("b")})
		for range 20 {
			id = n.dep.Tree(cargotest.TreeEntry{Mode: "40000", Name: strings.Repeat("d", 250), ID: id})
		}
		return n.commit(oneModule, cargotest.TreeEntry{Mode: "40000", Name: "src", ID: id})
	}},
	{"too_deep", "folders within another", func(n *needsHome, _ string) string {
		id := n.dep.Tree(cargotest.TreeEntry{Mode: "100644", Name: "b", ID: n.dep.Blob("b")})
		for range 300 {
			id = n.dep.Tree(cargotest.TreeEntry{Mode: "40000", Name: "d", ID: id})
		}
		return n.commit(oneModule, cargotest.TreeEntry{Mode: "40000", Name: "src", ID: id})
	}},
	{"modules_that_do_not_parse", "invalid .gitmodules", func(n *needsHome, _ string) string { return n.commit("[submodule") }},
	{"modules_that_include", "includes other files", func(n *needsHome, _ string) string {
		return n.commit("[include]\n\tpath = x\n" + oneModule)
	}},
	{"no_modules", "has no URL", func(n *needsHome, _ string) string { return n.commit("") }},
	{"module_without_URL", "has no URL", func(n *needsHome, _ string) string {
		return n.commit("[submodule \"s\"]\n\tpath = in\n")
	}},
	{"module_elsewhere", "where there is none", func(n *needsHome, _ string) string {
		return n.commit("[submodule \"in\"]\n\tpath = out\n\turl = ../sub\n")
	}},
	{"modules_missing", "it is missing", func(n *needsHome, commit string) string {
		n.rename(n.dep.Path(n.dep.Blob(oneModule)), filepath.Join(n.dir, "gone"))
		return commit
	}},
	{"no_submodule", `submodule "in"`, func(n *needsHome, commit string) string {
		n.rename(n.sub.Dir, filepath.Join(n.dir, "gone"))
		return commit
	}},
	{"no_commit_of_submodule", `submodule "in"`, func(n *needsHome, commit string) string {
		n.rename(n.sub.Path(n.subID), filepath.Join(n.dir, "gone"))
		return commit
	}},
	{"submodule_lent_from_outside", "lies outside the Cargo home", func(n *needsHome, commit string) string {
		n.lend(n.sub, filepath.Join(n.TempDir(), "objects"))
		return commit
	}},
}

// lend moves the objects of a repository and has it read them there.
func (n *needsHome) lend(from *cargotest.Objects, to string) {
	n.Helper()
	objects := filepath.Join(from.Dir, "objects")
	n.rename(objects, to)
	n.write(filepath.Join(objects, "info", "alternates"), to+"\n")
}

func (n *needsHome) read(path string) string {
	n.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		n.Fatal(err)
	}
	return string(data)
}

// What cannot be found out is said, not taken for nothing.
func TestNeeds_unknown(t *testing.T) {
	for _, u := range unknownNeeds {
		t.Run(u.name, func(t *testing.T) {
			n := newNeedsHome(t)
			need := n.needs(u.spoil(n, n.commit(oneModule)))
			if need.Unknown == nil || !strings.Contains(need.Unknown.Error(), u.says) {
				t.Errorf("not known is %v, want %q in it", need.Unknown, u.says)
			}
			if need.Unknown != nil && !strings.Contains(need.Unknown.Error(), "https://example.com/") {
				t.Errorf("%q does not name the source", need.Unknown)
			}
		})
	}
}

// A repository that lends objects to one that is needed is needed as it is, also if
// links lead to it.
func TestNeeds_lenders(t *testing.T) {
	for _, place := range []string{"git/db/lender-0123456789abcdef", "git/checkouts/lender-0123456789abcdef/0123456/.git"} {
		n := newNeedsHome(t)
		commit := n.commit(oneModule)
		n.write(filepath.Join(n.dir, filepath.FromSlash(place), "HEAD"), "ref: refs/heads/master\n")
		n.lend(n.dep, filepath.Join(n.dir, filepath.FromSlash(place), "objects"))
		real := filepath.Join(n.TempDir(), "git")
		n.rename(filepath.Join(n.dir, "git"), real)
		n.symlink(real, filepath.Join(n.dir, "git"))
		need := n.needs(commit)
		if need.Unknown != nil {
			t.Fatalf("%s: not known: %v", place, need.Unknown)
		}
		name := strings.Split(place, "/")[2]
		if inDB := strings.HasPrefix(place, "git/db"); slices.Contains(need.Lenders, name) != inDB || slices.Contains(need.Databases, name) != inDB ||
			slices.Contains(need.Checkouts, name+"/0123456") == inDB {
			t.Errorf("%s: needed are %+v", place, need)
		}
		if got := need.Commits[thinName]; !slices.Equal(got, []string{commit}) {
			t.Errorf("%s: of the borrower are needed %q", place, got)
		}
	}
}
