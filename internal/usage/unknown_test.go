package usage_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cargohome/crate"
	"cargohome/internal/cargotest"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/usage"
)

// unknownHome has repositories and checkouts of which it is not known whether a
// lockfile, which is returned, needs them: the tree of its commit is damaged.
func unknownHome(t *testing.T) (dir string, lock usage.Lock) {
	t.Helper()
	dir = t.TempDir()
	h := cargotest.NewHome(t, dir)
	dep := h.Objects("dep-2cabe8440ae18435", "https://example.com/dep")
	tree := dep.Tree(cargotest.TreeEntry{Mode: "100644", Name: "a", ID: dep.Blob(strings.Repeat("a", 9000))})
	sound, damaged := dep.Commit(tree), dep.Commit(dep.Tree(cargotest.TreeEntry{Mode: "40000", Name: "src", ID: strings.Repeat("1", 40)}))
	dep.Blob(strings.Repeat("of no commit", 9000))
	other := h.AddRepository("other-0123456789abcdef", "https://example.com/other", map[string][]byte{"a": []byte("a")})
	restore(t, dir, "git+https://example.com/dep#"+sound, "git+https://example.com/other#"+other)
	for _, rel := range []string{"dep-2cabe8440ae18435/0123456/half-made", "orphan-0123456789abcdef/0123456/x"} {
		write(t, filepath.Join(dir, "git", "checkouts", rel), rel)
	}
	return dir, lockOf(t, "git+https://example.com/dep#"+sound, "git+https://example.com/dep?rev=x#"+damaged)
}

func lockOf(t *testing.T, sources ...string) usage.Lock {
	t.Helper()
	lock := usage.Lock{Name: "app/Cargo.lock"}
	for i, text := range sources {
		src, err := crate.ParseSourceID(text)
		if err != nil {
			t.Fatal(err)
		}
		lock.Packages = append(lock.Packages, locate.Placed{ID: crate.ID{Name: fmt.Sprint("p", i), Version: "1.0.0", Source: src}, From: src})
	}
	return lock
}

// restore checks sources out.
func restore(t *testing.T, dir string, sources ...string) {
	t.Helper()
	h := home.New(dir)
	defer h.Close()
	var ids []crate.SourceID
	for _, id := range lockOf(t, sources...).Packages {
		ids = append(ids, id.From)
	}
	plan, err := h.Git().Plan(t.Context(), ids, nil)
	if err == nil {
		err = errors.Join(plan.Unavailable(), plan.Restore(t.Context(), nil))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// As long as it is not known what a lockfile needs of git, nothing of git goes,
// whatever is selected.
func TestNewPlan_unknown(t *testing.T) {
	dir, lock := unknownHome(t)
	git := filepath.Join(dir, "git")
	before := tree(t, git)
	for name, change := range map[string]func(*usage.Selection){
		"kinds":        func(s *usage.Selection) { s.Orphans, s.Broken = false, false },
		"broken":       func(s *usage.Selection) { s.Kinds = nil; s.Orphans = false },
		"orphans":      func(s *usage.Selection) { s.Kinds = nil; s.Broken = false },
		"all":          func(*usage.Selection) {},
		"thin":         func(s *usage.Selection) { s.Thin = true },
		"thin_only":    func(s *usage.Selection) { s.Kinds, s.Orphans, s.Broken, s.Thin = nil, false, false, true },
		"ci":           func(s *usage.Selection) { s.CI, s.Thin = true, true },
		"keepVersions": func(s *usage.Selection) { s.KeepVersions = 1 },
		"olderThan":    func(s *usage.Selection) { s.OlderThan = 0 },
		"untilSize":    func(s *usage.Selection) { s.UntilSize = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			sel := all()
			change(sel)
			sel.Keep = needsOf(t, dir, lock)
			if len(sel.Keep.Unknown) != 1 || !strings.HasPrefix(sel.Keep.Unknown[0].Error(), "app/Cargo.lock: https://example.com/dep") {
				t.Fatalf("not known is %v", sel.Keep.Unknown)
			}
			plan, _ := clean(t, dir, sel)
			if after := tree(t, git); after != before {
				t.Errorf("there was\n%s\nand is\n%s", before, after)
			}
			if len(plan.Removals)+len(plan.Thins)+len(plan.Stale) > 0 || len(plan.Spared) == 0 && name != "olderThan" {
				t.Errorf("the plan is %+v", plan)
			}
		})
	}
}

func needsOf(t *testing.T, dir string, locks ...usage.Lock) *usage.Needs {
	t.Helper()
	h := home.New(dir)
	defer h.Close()
	needs, err := usage.NewNeeds(t.Context(), h, locks)
	if err != nil {
		t.Fatal(err)
	}
	return needs
}

// A repository whose objects another needs is not reduced, and does not go.
func TestNewPlan_lender(t *testing.T) {
	dir := t.TempDir()
	h := cargotest.NewHome(t, dir)
	commit := h.AddRepository("dep-2cabe8440ae18435", "https://example.com/dep", map[string][]byte{"a": []byte("a")})
	lender := h.Objects("lender-0123456789abcdef", "https://example.com/lender")
	objects := filepath.Join(dir, "git", "db", "dep-2cabe8440ae18435", "objects")
	if err := errors.Join(os.RemoveAll(filepath.Join(lender.Dir, "objects")), os.Rename(objects, filepath.Join(lender.Dir, "objects"))); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(objects, "info", "alternates"), "../../lender-0123456789abcdef/objects\n")
	other := lender.Commit(lender.Tree(cargotest.TreeEntry{Mode: "100644", Name: "b", ID: lender.Blob("b")}))
	before := tree(t, lender.Dir)
	sel := all()
	sel.Thin = true
	sel.Keep = needsOf(t, dir, lockOf(t, "git+https://example.com/dep#"+commit, "git+https://example.com/lender#"+other))
	clean(t, dir, sel)
	if after := tree(t, lender.Dir); after != before {
		t.Errorf("there was\n%s\nand is\n%s", before, after)
	}
	if needs := needsOf(t, dir, lockOf(t, "git+https://example.com/dep#"+commit)); len(needs.Unknown) > 0 {
		t.Errorf("not known afterwards: %v", needs.Unknown)
	}
}
