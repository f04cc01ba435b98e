package vendoring_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"cargohome/crate"
	"cargohome/internal/cargotest"
	"cargohome/internal/config"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/lockfile"
	"cargohome/vendoring"
)

// fatal fails an example.
type fatal struct{}

func (fatal) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// From the packages of a lockfile to a vendor folder: where they go, where they are, what
// their folders will hold, what will be done about what is there already.
func ExamplePlan_Write() {
	dir := must(os.MkdirTemp("", "example"))
	defer os.RemoveAll(dir)
	fixture, source := cargotest.NewHome(fatal{}, filepath.Join(dir, "home")), must(crate.ParseSourceID(cargotest.CratesIOSource))
	var packages []lockfile.Package // as package lockfile reads them
	for _, version := range []string{"0.9.0", "1.0.0"} {
		c := cargotest.Crate{Name: "leaf", Version: version}
		fixture.Add(c)
		sum := must(crate.ParseChecksum(c.Checksum()))
		packages = append(packages, lockfile.Package{ID: crate.ID{Name: c.Name, Version: version, Source: source}, Checksum: &sum})
	}
	h := home.New(fixture.Dir)
	defer h.Close()

	ctx := context.Background()
	arranged := must(vendoring.Arrange(packages, false))
	sources := locate.NewSources(h, &config.SourceMap{}, locate.Manifests{}) // no configuration replaces any
	found := must(locate.Find(ctx, 0, arranged.Packages, sources))
	steps := must(vendoring.NewSteps(ctx, 0, arranged, found, nil))
	plan := must(vendoring.NewPlan(steps, vendoring.Target{Dest: filepath.Join(dir, "vendor"), Home: h.Dir()}))
	for i, result := range must(plan.Write(ctx, vendoring.WriteOptions{})) {
		s := plan.Steps[i]
		fmt.Printf("%s %s to %s, %d files\n", s.ID, result.Action, s.Folder, result.Files)
	}
	// Output:
	// leaf v0.9.0 vendored to leaf-0.9.0, 4 files
	// leaf v1.0.0 vendored to leaf, 4 files
}
