package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cargohome/internal/cargotest"
	"cargohome/internal/lockfile"
)

func TestNewStats(t *testing.T) {
	for _, test := range []struct {
		values []float64
		want   stats
	}{
		{[]float64{3}, stats{3, 3, 3}},
		{[]float64{9, 1, 4}, stats{4, 1, 9}},
		{[]float64{4, 1, 9, 2}, stats{3, 1, 9}},
	} {
		if got := newStats(test.values); got != test.want {
			t.Errorf("%v has %v, want %v", test.values, got, test.want)
		}
	}
}

// sampleReport has what every kind of line can have.
func sampleReport() *report {
	r := &report{Format: 1, Runs: 1, Date: "2026-01-02", Machine: machine{"linux/amd64", "a processor", 2}, Versions: versions{"cargo 1", "cargohome 2", "go3"}}
	r.place(&place{fileSystem: "tmpfs"})
	ours := []sample{{0.5, 0.8, 20 << 20}}
	r.add(&scene{name: "nu"}, work{name: "vendor, cold"}, map[string][]sample{cargo: {{2, 2, 150 << 20}}, floor: {{0.4, 0.7, 1 << 20}}, cargohome: ours})
	r.add(&scene{name: "nu"}, work{name: "vendor --dry-run"}, map[string][]sample{cargohome: {{0.034, 0.0021, 9 << 20}}})
	r.add(&scene{name: "synthetic 1000", crates: 1000}, work{name: "reextract"}, map[string][]sample{cargohome: ours})
	r.place(&place{fileSystem: "ext4"})
	return r
}

const sampleText = `cargo 1; cargohome 2, built by go3; a processor, 2 processors; 2026-01-02

In memory (tmpfs), medians of 1 runs of each program in turn, of more where a run is short:

| project | work | cargo | cargohome | faster | floor | to the floor | CPU¹ | peak memory¹ |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
| nu | vendor, cold | 2.00 s | 0.50 s | 4.0 × | 0.40 s | 1.25 × | 2.00 s / 0.80 s | 150 MiB / 20 MiB |
| nu | vendor --dry-run | – | 34 ms | – | – | – | – / 2.1 ms | – / 9 MiB |

¹ of cargo / of cargohome

| crates | work | time | per crate | CPU | peak memory |
| --- | --- | --- | --- | --- | --- |
| 1000 | reextract | 0.50 s | 500 µs | 0.80 s | 20 MiB |
`

func TestReport(t *testing.T) {
	var out strings.Builder
	file := filepath.Join(t.TempDir(), "report.json")
	if err := sampleReport().write(&out, file); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sampleText, out.String()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var again report
	if err := json.Unmarshal(data, &again); err != nil {
		t.Fatal(err)
	}
	if again.text() != sampleText {
		t.Error("the JSON does not say what the text does")
	}
}

// A home is filled with what the lockfile needs, and no more.
func TestFillHome(t *testing.T) {
	corpus := cargotest.NewHome(t, t.TempDir())
	corpus.Add(cargotest.Crate{Name: "needed", Version: "1.0.0"}, cargotest.Crate{Name: "other", Version: "1.0.0"})
	s, err := newScene(&place{dir: t.TempDir()}, "one project")
	if err != nil {
		t.Fatal(err)
	}
	corpus.WriteProject(s.project, cargotest.Project{Name: "app", Deps: []cargotest.Dep{{Name: "needed"}}})
	if err := s.fillHome(corpus.Dir); err != nil {
		t.Fatal(err)
	}
	got, err := cargotest.Tree(s.home)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"needed-1.0.0.crate": true, ".cache/ne/ed/needed": true, "config.json": true, "other": false} {
		if strings.Contains(got, name) != want {
			t.Errorf("%s is there: %v\n%s", name, !want, got)
		}
	}
	list, err := os.ReadFile(s.archives)
	if want := filepath.Join(s.home, "registry", "cache", cargotest.CratesIO, "needed-1.0.0.crate") + "\n"; err != nil || string(list) != want {
		t.Errorf("archives: %q, %v, want %q", list, err, want)
	}
}

// What is discarded on disk is kept until the end.
func TestDiscard(t *testing.T) {
	for _, fs := range []string{"tmpfs", "ext4"} {
		p, err := newPlace(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		p.fileSystem = fs
		dir := filepath.Join(p.dir, "x")
		for range 2 {
			if err := os.Mkdir(dir, 0o777); err != nil {
				t.Fatal(err)
			}
			if err := p.discard(dir); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.discard(dir); err != nil {
			t.Errorf("%s: discarding nothing: %v", fs, err)
		}
		kept, err := os.ReadDir(filepath.Join(p.dir, "discarded"))
		if want := map[string]int{"tmpfs": 0, "ext4": 2}[fs]; err != nil || len(kept) != want {
			t.Errorf("%s: %d folders are kept, %v, want %d", fs, len(kept), err, want)
		}
		if err := p.close(); err != nil {
			t.Error(err)
		}
	}
}

func TestMakeCrates(t *testing.T) {
	dirs := []string{t.TempDir(), t.TempDir()}
	for _, dir := range dirs {
		locked, err := makeCrates(t.Context(), dir, 3)
		if err != nil || len(locked) != 3 {
			t.Fatalf("%d crates, %v", len(locked), err)
		}
	}
	first, err := cargotest.Tree(dirs[0])
	if err != nil {
		t.Fatal(err)
	}
	second, err := cargotest.Tree(dirs[1])
	if diff := cmp.Diff(first, second); err != nil || diff != "" {
		t.Errorf("the home is not the same the second time: %v\n%s", err, diff)
	}
}

func TestWants(t *testing.T) {
	o := &options{cases: regexp.MustCompile("^nu vendor, (cold|unch)")}
	for name, want := range map[string]bool{"vendor, cold": true, "vendor, unchanged": true, "reextract": false} {
		if got := o.wants("nu", work{name: name}); got != want {
			t.Errorf("nu %s: %v, want %v", name, got, want)
		}
	}
	if o.wantsAny("ripgrep", projectCases) {
		t.Error("ripgrep is wanted")
	}
}

// What is measured with made-up crates is a home and a lockfile that are accepted.
func TestGrowthLock(t *testing.T) {
	locked, err := makeCrates(t.Context(), filepath.Join(t.TempDir(), "home"), 3)
	if err != nil {
		t.Fatal(err)
	}
	lock, err := lockfile.Parse("Cargo.lock", []byte(growthLock(locked)))
	if err != nil || len(lock.Packages) != 4 {
		t.Errorf("%v, %v", lock, err)
	}
}
