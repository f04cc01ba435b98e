package usage_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"cargohome/internal/cargotest"
	"cargohome/internal/home"
	"cargohome/internal/usage"
)

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "123": 123, "123B": 123, "5 kb": 5000, "1mb": 1e6, "5GB": 5e9, "1kib": 1024, "1 MiB": 1 << 20, "1GiB": 1 << 30, "1.5kB": 1500, "1.7b": 1,
	} {
		if got, err := usage.ParseSize(text); got != want || err != nil {
			t.Errorf("ParseSize(%q) = %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "x", "1x", "1 2", "1.5", "+1", "-1", "123  b", "1.55GB", "1TB", strings.Repeat("9", 40) + "GB"} {
		if got, err := usage.ParseSize(text); err == nil {
			t.Errorf("ParseSize(%q) = %d, want an error", text, got)
		}
	}
}

func TestParseAge(t *testing.T) {
	const month = 2_629_746 * time.Second
	for text, want := range map[string]time.Duration{
		"0 seconds": 0, "1second": time.Second, "5 minutes": 5 * time.Minute, "2 hours": 2 * time.Hour, "1 day": 24 * time.Hour, "2 weeks": 14 * 24 * time.Hour,
		"6 months": 6 * month, "30d": 30 * 24 * time.Hour, "2w": 14 * 24 * time.Hour, "12h": 12 * time.Hour, "9s": 9 * time.Second,
	} {
		if got, err := usage.ParseAge(text); got != want || err != nil {
			t.Errorf("ParseAge(%q) = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "1", "second", "+2 seconds", "day", "-1 days", "1.5 days", "1 dayz", "1 day ", " 1 day", "1  second", "3m", "1ds", "99999999999 months"} {
		if got, err := usage.ParseAge(text); err == nil {
			t.Errorf("ParseAge(%q) = %v, want an error", text, got)
		}
	}
}

// all selects everything there is.
func all() *usage.Selection {
	return &usage.Selection{
		Kinds: []usage.Kind{usage.Source, usage.Checkout, usage.Archive, usage.Index, usage.Database}, Orphans: true, Broken: true,
		OlderThan: -1, UntilSize: -1, Now: time.Now(),
	}
}

// clean carries out a selection, and returns the plan.
func clean(t *testing.T, dir string, sel *usage.Selection) (*usage.Plan, *usage.Outcome) {
	t.Helper()
	plan := newPlan(t, dir, sel)
	out, err := plan.Execute(t.Context(), &usage.ExecuteOptions{
		Removed: func(*usage.Removal) {}, Unlock: func() error { return nil }, Leftover: func(err error) { t.Errorf("left over: %v", err) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan, out
}

func newPlan(t *testing.T, dir string, sel *usage.Selection) *usage.Plan {
	t.Helper()
	h := home.New(dir)
	defer h.Close()
	plan, err := usage.NewPlan(t.Context(), h, sel, nil)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func measure(t *testing.T, dir string) *usage.Report {
	t.Helper()
	r, err := usage.Measure(t.Context(), dir, &usage.MeasureOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What is told to be given back is what is given back, also of files with several
// names, of which the last may go or stay.
func TestExecute_gives_back(t *testing.T) {
	dir := t.TempDir()
	h := cargotest.NewHome(t, dir)
	h.Add(cargotest.Crate{Name: "a", Version: "1.0.0"}, cargotest.Crate{Name: "b", Version: "1.0.0"}, cargotest.Crate{Name: "c", Version: "1.0.0"})
	r := h.Registry(cargotest.CratesIO)
	for _, stem := range []string{"a-1.0.0", "b-1.0.0"} {
		write(t, filepath.Join(r.SourcePath(stem), "own"), strings.Repeat("x", 10000))
		for _, name := range []string{"one", "two"} {
			link(t, r.ArchivePath("a-1.0.0"), filepath.Join(r.SourcePath(stem), name))
		}
	}
	link(t, r.ArchivePath("c-1.0.0"), filepath.Join(dir, "other"))
	for _, kinds := range [][]usage.Kind{{usage.Source}, {usage.Source, usage.Archive}} {
		sel := all()
		sel.Kinds, sel.Orphans, sel.Broken = kinds, false, len(kinds) == 1
		before := measure(t, dir)
		_, out := clean(t, dir, sel)
		given := before.Total
		for _, total := range out.Gives {
			given.Allocated -= total.Allocated
			given.Apparent -= total.Apparent
		}
		after := measure(t, dir).Total
		if d := given.Allocated - after.Allocated; d < -8192 || d > 8192 { // folders shrink
			t.Errorf("%v: %v are there, by the outcome %v", kinds, after, given)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Link(from, to); err != nil {
		t.Fatal(err)
	}
}

func symlink(t *testing.T, to, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(to, path); err != nil {
		t.Fatal(err)
	}
}

// Links lead nowhere, whatever has one in its place.
func TestExecute_follows_no_link(t *testing.T) {
	name := cargotest.CratesIO
	for _, place := range []string{
		"registry", "git", "registry/src", "registry/cache", "registry/index", "git/db", "git/checkouts",
		"registry/src/" + name, "registry/cache/" + name, "registry/index/" + name, "git/db/dep-76b49a6ab83d7ca8", "git/checkouts/dep-76b49a6ab83d7ca8",
		"registry/src/" + name + "/a-1.0.0", "registry/cache/" + name + "/a-1.0.0.crate", "git/checkouts/dep-76b49a6ab83d7ca8/0123456",
		"registry/src/" + name + "/b-1.0.0/inner", "git/db/gone-0123456789abcdef/objects", "registry/.cargohome-tmp-123", "bin",
	} {
		t.Run(place, func(t *testing.T) {
			work := t.TempDir()
			dir, outside := filepath.Join(work, "home"), filepath.Join(work, "outside")
			write(t, filepath.Join(outside, "file"), "outside")
			for _, rel := range []string{"src/" + name + "/a-1.0.0/x", "a-1.0.0/x", "a-1.0.0.crate", "0123456/x", name + "/x", "dep-76b49a6ab83d7ca8/HEAD"} {
				write(t, filepath.Join(outside, rel), "outside")
			}
			before := tree(t, outside)
			symlink(t, outside, filepath.Join(dir, filepath.FromSlash(place)))
			symlink(t, "loop", filepath.Join(dir, "loop"))
			clean(t, dir, all())
			if after := tree(t, outside); after != before {
				t.Errorf("outside there was\n%s\nand is\n%s", before, after)
			}
		})
	}
}

func tree(t *testing.T, dir string) string {
	t.Helper()
	text, err := cargotest.Tree(dir)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// What is not Cargo's, and what must stay, stays.
func TestExecute_never(t *testing.T) {
	dir := t.TempDir()
	name := cargotest.CratesIO
	keep := []string{
		"bin/tool", ".crates.toml", ".crates2.json", "config.toml", "config", "credentials.toml", "credentials", "env", "advisory-db/x", "registry/mine/x",
		"registry/src/notes.txt", "registry/src/mine/a-1.0.0/x", "registry/src/" + name + "/a-1.0.0.bak", "registry/src/" + name + "/no-version/x",
		"registry/cache/" + name + "/a-1.0.0.crate/x", "registry/cache/" + name + "/notes", "registry/index/mine/x", "git/db/mine/HEAD", "git/checkouts/mine/0123456/x",
		"git/checkouts/dep-76b49a6ab83d7ca8/feature-branch/x", "registry/src/" + name + "/\x1b[31m-1.0.0/x", "registry/src/" + name + "/a\n-1.0.0/x",
	}
	for _, rel := range keep {
		write(t, filepath.Join(dir, filepath.FromSlash(rel)), rel)
	}
	write(t, filepath.Join(dir, "registry/src", name, "a-1.0.0/x"), "goes")
	_, out := clean(t, dir, all())
	if n := out.Gives[usage.Source].Count; n != 1 || len(out.Failed) > 0 {
		t.Errorf("%d sources went, and %v failed", n, out.Failed)
	}
	for _, rel := range keep {
		if text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(rel))); err != nil || string(text) != rel {
			t.Errorf("%q is gone: %v", rel, err)
		}
	}
}

// Folders nested without end are not entered, and not removed.
func TestMeasure_deep(t *testing.T) {
	dir := t.TempDir()
	at := filepath.Join(dir, "registry", "src", cargotest.CratesIO, "a-1.0.0")
	write(t, filepath.Join(at, ".cargo-ok"), `{"v":1}`)
	if err := os.MkdirAll(at+strings.Repeat("/d", 600), 0o777); err != nil {
		t.Fatal(err)
	}
	plan, _ := clean(t, dir, all())
	if len(plan.Spared) != 1 || !strings.Contains(plan.Spared[0].Why.Error(), "nested") {
		t.Errorf("spared are %v", plan.Spared)
	}
	if r := measure(t, dir); r.Unseen != 1 {
		t.Errorf("problems are %v", r.Problems)
	}
}

// A home that others change meanwhile is summed up without complaint.
func TestMeasure_while_it_changes(t *testing.T) {
	dir := t.TempDir()
	src := filepath.Join(dir, "registry", "src", cargotest.CratesIO)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := 0; ctx.Err() == nil; n++ {
			at := filepath.Join(src, fmt.Sprintf("a-1.0.%d", n%50))
			for i := range 5 {
				_ = os.MkdirAll(filepath.Join(at, fmt.Sprint(i), "x"), 0o777)
			}
			_ = os.RemoveAll(filepath.Join(src, fmt.Sprintf("a-1.0.%d", (n+25)%50)))
		}
	}()
	for range 200 {
		if r := measure(t, dir); r.Unseen > 0 {
			t.Fatalf("problems are %v", r.Problems)
		}
	}
	stop()
	<-done
}

// A hundred thousand archives are summed up in one walk, without keeping them.
func TestMeasure_large(t *testing.T) {
	if testing.Short() {
		t.Skip("a hundred thousand files")
	}
	const count = 100_000
	dir := t.TempDir()
	r := cargotest.NewHome(t, dir).Registry(cargotest.CratesIO)
	data := cargotest.Crate{Name: "a", Version: "1.0.0"}.Archive()
	for n := range count {
		r.AddArchive(fmt.Sprintf("crate-%d-1.0.%d", n/10, n%10), data)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began := time.Now()
	report := measure(t, dir)
	took := time.Since(began)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if n := report.Registries[0].Archives.Count; n != count {
		t.Errorf("%d archives", n)
	}
	t.Logf("%d archives in %v; memory taken from the system %d KiB", count, took, (int64(after.Sys)-int64(before.Sys))>>10)
	if grown := int64(after.Sys) - int64(before.Sys); grown > 32<<20 {
		t.Errorf("memory grew by %d bytes", grown)
	}
}
