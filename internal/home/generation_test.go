package home_test

import (
	"path/filepath"
	"testing"

	"cargohome/crate"
	"cargohome/internal/cargotest"
	"cargohome/internal/home"
)

// Names of spec 2.5, and who calls folders so.
func TestOwners(t *testing.T) {
	dir := t.TempDir()
	c := cargotest.NewHome(t, dir)
	c.Add(cargotest.Crate{Name: "a", Version: "1.0.0"})
	c.AddRepository("dep-48638b2340bb08d7", "https://example.com/dep", map[string][]byte{"f": nil})
	h := home.New(dir)
	defer h.Close()
	known, err := crate.NewRegistrySource("https://example.com/index")
	if err != nil {
		t.Fatal(err)
	}
	o := h.Owners([]crate.SourceID{known})
	for name, want := range map[string]struct {
		generation home.Generation
		under      string // of the other generation
	}{
		cargotest.CratesIO:                 {home.Current, cargotest.CratesIOOld},
		cargotest.CratesIOOld:              {home.Old, cargotest.CratesIO},
		"index.crates.io-e139d0d48fed7772": {home.Nightly, cargotest.CratesIO},
		cargotest.CratesIOGit:              {home.Current, cargotest.CratesIOGitOld},
		cargotest.CratesIOGitOld:           {home.Old, cargotest.CratesIO}, // the sparse index is there
		"example.com-3bab6764c353b068":     {home.Current, "example.com-4b9bc5264e97aa3e"},
		"example.com-4b9bc5264e97aa3e":     {home.Old, "example.com-3bab6764c353b068"},
		"example.com-0123456789abcdef":     {home.UnknownGeneration, ""},
	} {
		check(t, name, o.Registry(name), o, want.generation, want.under)
	}
	check(t, "a repository", o.Repository("dep-48638b2340bb08d7"), o, home.Old, "dep-2cabe8440ae18435")
	check(t, "a shallow one", o.Repository("dep-48638b2340bb08d7-shallow"), o, home.Old, "dep-2cabe8440ae18435-shallow")
	if got := o.Repository(cargotest.CratesIO); got.Generation != home.UnknownGeneration {
		t.Errorf("a registry's folder is the repository of %s", got.Source)
	}
	if got := h.Folders("git/db"); len(got) != 1 || filepath.Base(got[0]) != "dep-48638b2340bb08d7" {
		t.Errorf("folders are %q", got)
	}
}

func check(t *testing.T, name string, owned home.Owned, o *home.Owners, generation home.Generation, under string) {
	t.Helper()
	other := home.Current
	if generation == home.Current {
		other = home.Old
	}
	if got := o.Under(owned, other); owned.Generation != generation || got != under {
		t.Errorf("%s: called so by cargo %q, and %q by others, want %q and %q", name, owned.Generation, got, generation, under)
	}
}
