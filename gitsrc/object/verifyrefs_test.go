package object

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cargohome/internal/cargotest"

	"github.com/go-git/go-git/v5/plumbing"
)

// refsRepo is a repository with references of every form, as git, libgit2 and Cargo write
// them. Names of objects are "@" in it.
var refsRepo = map[string]string{
	"HEAD":                     "ref: refs/heads/master\n",
	"FETCH_HEAD":               "@\t\thttps://example.com/x\n",
	"config":                   "[core]\n\tbare = true\n\trepositoryformatversion = 0\n\tfilemode = true\n",
	"packed-refs":              "# pack-refs with: peeled fully-peeled sorted \n@ refs/tags/a\n^@\n1111111111111111111111111111111111111111 refs/tags/b\n^1111111111111111111111111111111111111111\n@ refs/tags/c\n",
	"refs/heads/feature/x":     "@\n",
	"refs/heads/x.lock":        "",
	"refs/remotes/origin/HEAD": "ref: refs/tags/c\n",
	"refs/tags/b":              "@\n",
	"shallow":                  "@\n",
}

// What git writes is sound; of the rest of a repository nobody knows.
func TestDB_VerifyRefs(t *testing.T) {
	const none = "1111111111111111111111111111111111111111"
	missing := func(err error) bool { return errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ErrDamaged) }
	damaged := func(err error) bool { return errors.Is(err, ErrDamaged) }
	for name, c := range map[string]struct {
		file, text string // "-" for none
		fault      func(error) bool
		untold     bool // no fault, and not sound
	}{
		"as_it_was":           {"HEAD", refsRepo["HEAD"], nil, false},
		"detached":            {"HEAD", "@\n", nil, false},
		"detached_nowhere":    {"HEAD", none + "\n", damaged, false},
		"no_head":             {"HEAD", "-", missing, false},
		"head_outside":        {"HEAD", "ref: ../x\n", damaged, false},
		"head_no_name":        {"HEAD", "ref: refs/heads/a..b\n", damaged, false},
		"head_empty":          {"HEAD", "", damaged, false},
		"head_to_nowhere":     {"HEAD", "ref: refs/tags/d\n", nil, false},
		"ref_to_nowhere":      {"refs/heads/y", "ref: refs/tags/d\n", damaged, false},
		"ref_to_itself":       {"refs/heads/y", "ref: refs/heads/y\n", damaged, false},
		"ref_dangling":        {"refs/tags/b", none + "\n", damaged, false},
		"ref_cut":             {"refs/tags/b", "11111111\n", damaged, false},
		"ref_without_end":     {"refs/tags/b", "@", damaged, false},
		"ref_large":           {"refs/tags/b", strings.Repeat("@", maxRefSize), damaged, false},
		"packed_dangling":     {"packed-refs", "@ refs/tags/c\n" + none + " refs/tags/e\n", damaged, false},
		"packed_peeled":       {"packed-refs", "@ refs/tags/c\n^" + none + "\n", damaged, false},
		"packed_forgotten":    {"packed-refs", none + " refs/tags/b\n@ refs/tags/c\n", nil, false},
		"packed_no_name":      {"packed-refs", "@ x\n@ refs/tags/c\n", damaged, false},
		"packed_blank":        {"packed-refs", "\n@ refs/tags/c\n", damaged, false},
		"packed_peels_none":   {"packed-refs", "^@\n@ refs/tags/c\n", damaged, false},
		"shallow_nothing":     {"shallow", "x\n", damaged, false},
		"config_broken":       {"config", "[core\n", damaged, false},
		"config_other_layout": {"config", "[core]\nrepositoryformatversion = 2\n", damaged, false},
		"config_more":         {"config", "[core]\nbare = true\nfsmonitor = x\n", nil, true},
		"config_none":         {"config", "-", nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "repo")
			r := cargotest.NewRepo(t, map[string]string{"a": "a\n"})
			r.Write(dir, true)
			write := func(file, text string) { writeIn(t, dir, file, strings.ReplaceAll(text, "@", r.Commit.String())) }
			for file, text := range refsRepo {
				write(file, text)
			}
			if write(c.file, c.text); c.text == "-" {
				if err := os.Remove(filepath.Join(dir, c.file)); err != nil {
					t.Fatal(err)
				}
			}
			db, err := OpenDB(dir, dir, NewBudget())
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			faults, sound, err := db.VerifyRefs(t.Context(), false)
			if err != nil {
				t.Fatal(err)
			}
			if c.fault == nil && len(faults) > 0 || c.fault != nil && (len(faults) != 1 || faults[0].File != c.file || !c.fault(faults[0].Err)) {
				t.Errorf("faults are %v", faults)
			}
			if isSound := slices.Contains(sound, c.file); isSound != (c.fault == nil && !c.untold) {
				t.Errorf("sound are %q", sound)
			}
			if slices.Contains(sound, "FETCH_HEAD") || slices.Contains(sound, "refs/heads/x.lock") {
				t.Errorf("nobody vouches for what is said to be sound: %q", sound)
			}
		})
	}
}

// All that a reference leads to must be there, but for parents of shallow commits and commits
// of submodules.
func TestDB_VerifyRefs_lacking(t *testing.T) {
	const none = "1111111111111111111111111111111111111111"
	r := cargotest.NewRepo(t, map[string]string{"a": "a\n", "b/c": "c\n", "b/sub": "@ " + none})
	commit := func(parent string) string {
		tree := r.Tree(map[string]string{"a": "a\n", "d": "d\n"})
		return r.Object(plumbing.CommitObject, []byte("tree "+tree.String()+"\nparent "+parent+"\n\nparent "+none+"\n")).String()
	}
	second := commit(r.Commit.String())
	tag := r.Object(plumbing.TagObject, []byte("object "+second+"\ntype commit\ntag v1\n\nx\n")).String()
	first := commit(none)
	dir := filepath.Join(t.TempDir(), "repo")
	r.Write(dir, false)
	writeIn(t, dir, "HEAD", "ref: refs/heads/master\n")
	writeIn(t, dir, "refs/tags/v1", tag+"\n")
	lacking := func(want ...string) {
		t.Helper()
		db, err := OpenDB(dir, dir, NewBudget())
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		_, closed, err := Verify(t.Context(), dir, 1)
		if err != nil {
			t.Fatal(err)
		}
		faults, _, err := db.VerifyRefs(t.Context(), closed)
		var got []string
		for _, f := range faults {
			if got = append(got, f.File); !errors.Is(f.Err, fs.ErrNotExist) {
				t.Errorf("%s: %v", f.File, f.Err)
			}
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("lacking are %q, not %q; %v", got, want, err)
		}
	}
	lacking()
	files, err := filepath.Glob(filepath.Join(dir, "objects/??/*"))
	if err != nil || len(files) != 10 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		name, _ := filepath.Rel(dir, file)
		if id := strings.ReplaceAll(strings.TrimPrefix(name, "objects/"), "/", ""); id == tag || id == first {
			continue // a reference names the one, and none leads to the other
		}
		if err := os.Rename(file, file+"~"); err != nil {
			t.Fatal(err)
		}
		lacking(filepath.ToSlash(name))
		if err := os.Rename(file+"~", file); err != nil {
			t.Fatal(err)
		}
	}
	writeIn(t, dir, "refs/heads/x", first+"\n")
	lacking("objects/" + LooseName(none))
	writeIn(t, dir, "shallow", first+"\n")
	lacking()
}
