package registry_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"cargohome/internal/cargotest"
	"cargohome/internal/registry"
)

func newLive(t *testing.T, h *cargotest.Home, read func(int64)) *registry.Live {
	t.Helper()
	l, err := registry.NewLive(&registry.LiveOptions{Places: []registry.Place{{Home: h.Dir}}, Jobs: 2, Read: read, LeftOut: func(registry.LeftOut) {}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// dependents asks who depends on a crate until all is known.
func dependents(t *testing.T, l *registry.Live, name string) (found []string) {
	t.Helper()
	for range 100 {
		list, all, err := l.Dependents(t.Context(), "crates-io", name)
		if err != nil {
			t.Fatal(err)
		}
		found = nil
		for _, d := range list {
			found = append(found, fmt.Sprint(d.Registry, " ", d.Name, " ", d.Kinds))
		}
		if all {
			return found
		}
	}
	t.Fatal("it is never known")
	return nil
}

// Who depends on a crate is seen when it comes, in whatever version, and not any more when it goes;
// and nothing is read for that but indexes.
func TestLive_Dependents(t *testing.T) {
	h := cargotest.NewHome(t, filepath.Join(t.TempDir(), "home"))
	user := cargotest.Crate{Name: "User", Version: "1.0.0", Deps: []cargotest.Dep{{Name: "leaf"}, {Name: "leaf", As: "again", Kind: "dev"}}}
	h.Add(
		cargotest.Crate{Name: "leaf", Version: "1.0.0"}, user, cargotest.Crate{Name: "User", Version: "2.0.0"},
		cargotest.Crate{Name: "builder", Version: "1.0.0", Deps: []cargotest.Dep{{Name: "Leaf", Kind: "build"}}},
	)
	h.Registry(cargotest.CratesIO).AddLine("gone", cargotest.Crate{Name: "gone", Version: "1.0.0", Deps: []cargotest.Dep{{Name: "leaf"}}}.IndexLine(""))
	h.Registry("other-0123456789abcdef").Add(
		cargotest.Crate{Name: "apart", Version: "1.0.0", Deps: []cargotest.Dep{{Name: "leaf"}}},
		cargotest.Crate{Name: "across", Version: "1.0.0", Deps: []cargotest.Dep{{Name: "leaf", Registry: "https://github.com/rust-lang/crates.io-index"}}},
	)
	l := newLive(t, h, func(int64) { t.Errorf("an archive is read") })
	want := []string{"other-0123456789abcdef across [normal]", "crates-io builder [build]", "crates-io User [normal dev]"}
	if got := dependents(t, l, "LEAF"); !slices.Equal(got, want) {
		t.Errorf("they are %q, not %q", got, want)
	}
	if got := dependents(t, l, "nobody"); got != nil {
		t.Errorf("they are %q", got)
	}
	h.Add(cargotest.Crate{Name: "builder", Version: "2.0.0", Deps: []cargotest.Dep{{Name: "leaf"}}})
	if err := os.Remove(h.Registry(cargotest.CratesIO).ArchivePath(user.Stem())); err != nil {
		t.Fatal(err)
	}
	want = []string{"other-0123456789abcdef across [normal]", "crates-io builder [normal build]"}
	var got []string
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end) && !slices.Equal(got, want); time.Sleep(10 * time.Millisecond) {
		got = dependents(t, l, "leaf")
	}
	if !slices.Equal(got, want) {
		t.Errorf("later they are %q, not %q", got, want)
	}
}

// A search reads an archive of each crate that is shown, the one that is shown, as long as no other
// is asked for; and none that an index does not list, or that is not what it says.
func TestLive_Search_reads(t *testing.T) {
	h := cargotest.NewHome(t, filepath.Join(t.TempDir(), "home"))
	yanked := cargotest.Crate{Name: "a", Version: "3.0.0", Yanked: true}
	h.Add(
		cargotest.Crate{Name: "a", Version: "1.0.0"}, cargotest.Crate{Name: "a", Version: "2.0.0"}, yanked, cargotest.Crate{Name: "a", Version: "2.1.0-rc"},
		cargotest.Crate{Name: "ab", Version: "1.0.0", Yanked: true}, cargotest.Crate{Name: "other", Version: "1.0.0"},
		cargotest.Crate{Name: "corrupt-a", Version: "1.0.0"}, cargotest.Crate{Name: "corrupt-a", Version: "1.1.0"},
	)
	cache := filepath.Dir(h.Registry(cargotest.CratesIO).ArchivePath("x"))
	for _, file := range []string{"a-9.0.0.crate", "unlisted-a-1.0.0.crate", "corrupt-a-1.1.0.crate"} {
		if err := os.WriteFile(filepath.Join(cache, file), []byte("x"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	reads := make(chan int64, 100)
	l := newLive(t, h, func(bytes int64) { reads <- bytes })
	search := func(want string, read int) {
		t.Helper()
		hits, total, err := l.Search(t.Context(), &registry.Query{Text: "A", Count: 10})
		var got []string
		for _, hit := range hits {
			got = append(got, fmt.Sprintf("%s %s of %d", hit.ID.Name, hit.ID.Version, hit.Archives))
		}
		if fmt.Sprint(got) != want || total != len(got) || err != nil || len(reads) != read {
			t.Errorf("found are %q, in all %d (%v), with %d reads; not %q", got, total, err, len(reads), want)
		}
	}
	search("[a 2.0.0 of 4 ab 1.0.0 of 1 corrupt-a 1.0.0 of 2]", 4)
	search("[a 2.0.0 of 4 ab 1.0.0 of 1 corrupt-a 1.0.0 of 2]", 4)
	c, err := l.Crate(t.Context(), &registry.Wanted{Registry: "crates-io", Name: "A"})
	if err != nil || len(c.Versions) != 4 || c.Shown.Version != "2.0.0" || c.Versions[0].Version != "3.0.0" || len(reads) != 4+3 {
		t.Errorf("the crate is %+v (%v), with %d reads", c, err, len(reads))
	}
	h.Add(cargotest.Crate{Name: "a", Version: "2.0.1"})
	search("[a 2.0.1 of 5 ab 1.0.0 of 1 corrupt-a 1.0.0 of 2]", 8)
	if _, _, err := l.Search(t.Context(), &registry.Query{Registry: "nowhere"}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of no registry there is %v", err)
	}
}
