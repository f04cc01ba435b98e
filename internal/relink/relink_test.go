package relink_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/crate"
	"cargohome/index"
	"cargohome/internal/cargotest"
	"cargohome/internal/home"
	"cargohome/internal/relink"
)

// bring carries out a plan, and returns it.
func bring(t *testing.T, dir string, to home.Generation) *relink.Plan {
	t.Helper()
	h := home.New(dir)
	defer h.Close()
	plan, err := relink.NewPlan(t.Context(), h, &relink.Options{For: to})
	if err != nil {
		t.Fatal(err)
	}
	record, err := plan.Execute(t.Context(), &relink.ExecuteOptions{Leftover: func(err error) { t.Error(err) }})
	if record != nil || err != nil {
		t.Fatal(record, err)
	}
	return plan
}

func sameFile(t *testing.T, a, b string) bool {
	t.Helper()
	first, err := os.Stat(a)
	if err != nil {
		t.Fatal(err)
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// Archives take no space under their other name; a damaged one has none.
func TestPlan_archives(t *testing.T) {
	dir := t.TempDir()
	old := cargotest.NewHome(t, dir).Registry(cargotest.CratesIOOld)
	old.Add(cargotest.Crate{Name: "a", Version: "1.0.0"}, cargotest.Crate{Name: "bad", Version: "1.0.0"}, cargotest.Crate{Name: "none", Version: "1.0.0"})
	old.AddArchive("bad-1.0.0", []byte("damaged"))
	old.AddArchive("none-1.0.0", nil)
	plan := bring(t, dir, home.Current)
	var failed []string
	for _, l := range plan.Links {
		if l.Err != nil {
			failed = append(failed, l.From+": "+l.Err.Error())
		}
	}
	if len(failed) != 1 || !strings.Contains(failed[0], "bad-1.0.0.crate: its checksum is ") {
		t.Errorf("refused are %q", failed)
	}
	current := cargotest.NewHome(t, dir).Registry(cargotest.CratesIO)
	if !sameFile(t, old.ArchivePath("a-1.0.0"), current.ArchivePath("a-1.0.0")) {
		t.Error("the archive is no hard link")
	}
	if sameFile(t, old.CachePath("a"), current.CachePath("a")) {
		t.Error("an index entry is shared, which Cargo writes to")
	}
	for _, stem := range []string{"bad-1.0.0", "none-1.0.0"} {
		if _, err := os.Stat(current.ArchivePath(stem)); err == nil {
			t.Errorf("%s is brought", stem)
		}
	}
}

// An index that is there keeps what it has, and gets what it lacks of archives.
func TestPlan_lines(t *testing.T) {
	dir := t.TempDir()
	h := cargotest.NewHome(t, dir)
	h.Registry(cargotest.CratesIOOld).Add(cargotest.Crate{Name: "a", Version: "1.0.0"}, cargotest.Crate{Name: "a", Version: "2.0.0"})
	h.Add(cargotest.Crate{Name: "a", Version: "1.0.0", Yanked: true}, cargotest.Crate{Name: "a", Version: "3.0.0"})
	bring(t, dir, home.Current)
	x := index.Sparse(h.Registry(cargotest.CratesIO).IndexDir())
	for _, version := range []string{"1.0.0", "2.0.0", "3.0.0"} {
		if e, err := x.Lookup("a", version); err != nil || e.Yanked != (version == "1.0.0") {
			t.Errorf("%s: yanked %v, %v", version, e.Yanked, err)
		}
	}
}

// So does an archive that a run has brought which was killed before the index.
func TestPlan_lines_of_what_is_there(t *testing.T) {
	dir := t.TempDir()
	h := cargotest.NewHome(t, dir)
	two := cargotest.Crate{Name: "a", Version: "2.0.0"}
	h.Registry(cargotest.CratesIOOld).Add(two)
	h.Add(cargotest.Crate{Name: "a", Version: "1.0.0"})
	h.Registry(cargotest.CratesIO).AddArchive(two.Stem(), two.Archive())
	bring(t, dir, home.Current)
	if _, err := index.Sparse(h.Registry(cargotest.CratesIO).IndexDir()).Lookup("a", "2.0.0"); err != nil {
		t.Error(err)
	}
}

// An index in git is brought with its commits, and one that is there stays as it is.
func TestPlan_git_index(t *testing.T) {
	dir := t.TempDir()
	old := cargotest.NewHome(t, dir).Registry(cargotest.CratesIOGitOld)
	old.Add(cargotest.Crate{Name: "a", Version: "1.0.0"})
	old.CommitIndex()
	bring(t, dir, home.Current)
	x := index.Git(filepath.Join(dir, "registry", "index", cargotest.CratesIOGit))
	defer x.Close()
	if _, err := x.Lookup("a", "1.0.0"); err != nil {
		t.Error(err)
	}
	if plan := bring(t, dir, home.Current); len(plan.Links) != 0 || plan.There != 2 {
		t.Errorf("%d things are brought once more, %d are there", len(plan.Links), plan.There)
	}
}

// A repository that lacks commits gets their objects, and keeps its own.
func TestPlan_repository(t *testing.T) {
	const old, current, url = "dep-48638b2340bb08d7", "dep-2cabe8440ae18435", "https://example.com/dep"
	dir := t.TempDir()
	h := cargotest.NewHome(t, dir)
	mine := h.AddRepository(current, url, map[string][]byte{"mine": []byte("x")})
	theirs := h.AddRepository(old, url, map[string][]byte{"theirs": []byte("y")})
	bring(t, dir, home.Current)
	view := home.New(dir)
	defer view.Close()
	src, err := crate.NewGitSource(url, crate.GitRef{Kind: crate.DefaultBranch})
	if err != nil {
		t.Fatal(err)
	}
	for _, commit := range []string{mine, theirs} {
		db, err := view.Git().DB(src, commit)
		if err != nil || filepath.Base(db.Dir()) != current {
			t.Errorf("commit %s is not in %s: %v", commit, current, err)
		}
	}
	if err := view.Git().HasAllOf(t.Context(), current, old); err != nil {
		t.Error(err)
	}
	if err := view.Git().HasAllOf(t.Context(), old, current); err == nil {
		t.Error("the old repository has all of the new one")
	}
}
