package usage_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/internal/cargotest"
	"cargohome/internal/usage"
)

// linkAll gives every file of a home a second name outside of it, as a backup does.
func linkAll(t *testing.T, dir, backup string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		to := filepath.Join(backup, rel)
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			return err
		}
		return os.Link(path, to)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// threeCrates makes a home of three archives and their sources, of 100 kB each.
func threeCrates(t *testing.T) (dir string, r *cargotest.Registry) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "home")
	r = cargotest.NewHome(t, dir).Registry(cargotest.CratesIO)
	for _, stem := range []string{"a-1.0.0", "b-1.0.0", "c-1.0.0"} {
		r.AddArchive(stem, []byte(strings.Repeat(stem, 15000)))
		write(t, filepath.Join(r.SourcePath(stem), "x"), strings.Repeat("x", 100_000))
	}
	return dir, r
}

// planned returns the paths that a limit takes of everything.
func planned(t *testing.T, dir string, limit int64) (paths []string, plan *usage.Plan) {
	t.Helper()
	sel := all()
	sel.Kinds, sel.Orphans, sel.Broken, sel.CI = []usage.Kind{usage.Source, usage.Archive}, false, false, false
	sel.UntilSize = limit
	plan = newPlan(t, dir, sel)
	for _, r := range plan.Removals {
		paths = append(paths, filepath.Base(r.Path()))
	}
	return paths, plan
}

// What has names elsewhere is not removed for the sake of the size: it would make room
// nowhere. It does not count as what the home takes either, so that all else stays.
func TestPlan_linked_elsewhere(t *testing.T) {
	cargotest.NotPortable(t, "who shares a file is not known")
	dir, _ := threeCrates(t)
	linkAll(t, dir, filepath.Join(filepath.Dir(dir), "backup"))
	write(t, filepath.Join(dir, "config.toml"), "# stays") // on some file systems folders take nothing
	before := measure(t, dir)
	takes, linked := before.GivesBack(), usage.Size{}
	for _, s := range before.Elsewhere {
		linked.Apparent += s.Apparent
		linked.Allocated += s.Allocated
	}
	if files := int64(3 * (15000*len("a-1.0.0") + 100_000)); linked.Apparent < files || takes.Apparent > before.Total.Apparent-files {
		t.Errorf("of %v, %v count as given back, and %v as linked", before.Total, takes, linked)
	}
	if paths, _ := planned(t, dir, takes.Allocated); len(paths) > 0 {
		t.Errorf("%q go, and give nothing back", paths)
	}
	paths, plan := planned(t, dir, 0)
	for _, path := range paths {
		if strings.HasSuffix(path, ".crate") {
			t.Errorf("%s goes, and gives nothing back", path)
		}
	}
	if plan.Short == 0 && plan.Before.GivesBack().Allocated > 0 {
		t.Error("that the limit is not reached is not said")
	}
}

// One that is linked stays, those beside it go as if it were not there.
func TestPlan_one_linked_elsewhere(t *testing.T) {
	cargotest.NotPortable(t, "who shares a file is not known")
	dir, r := threeCrates(t)
	link(t, filepath.Join(r.SourcePath("a-1.0.0"), "x"), filepath.Join(filepath.Dir(dir), "elsewhere"))
	takes := measure(t, dir).GivesBack().Allocated
	paths, plan := planned(t, dir, takes-150_000)
	if got := strings.Join(without(paths, "a-1.0.0"), " "); got != "b-1.0.0 c-1.0.0" {
		t.Errorf("%q go", got)
	}
	for _, r := range plan.Removals {
		if r.Name == "a-1.0.0" && r.Back.Allocated > 8192 {
			t.Errorf("%s is said to give %v back", r.Name, r.Back)
		}
	}
}

func without(list []string, name string) (rest []string) {
	for _, s := range list {
		if s != name {
			rest = append(rest, s)
		}
	}
	return rest
}

// Files whose names are all in the list go together; if the limit is reached before the
// last, none of them does.
func TestPlan_linked_within(t *testing.T) {
	cargotest.NotPortable(t, "who shares a file is not known")
	dir, r := threeCrates(t)
	link(t, r.ArchivePath("a-1.0.0"), r.ArchivePath("d-1.0.0"))
	if paths, _ := planned(t, dir, 0); len(without(paths, "d-1.0.0.crate")) != 6 || len(paths) != 7 {
		t.Errorf("%q go", paths)
	}
	takes := measure(t, dir).GivesBack().Allocated
	if paths, _ := planned(t, dir, takes-330_000); strings.Join(paths, " ") != "b-1.0.0.crate a-1.0.0 b-1.0.0 c-1.0.0" {
		t.Errorf("%q go", paths)
	}
}
