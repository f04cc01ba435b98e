package vendoring

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/cargotest"
	"cargohome/internal/config"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/lockfile"
)

// fixture is a home with crates, arranged.
func fixture(t testing.TB, crates ...cargotest.Crate) (*Arrangement, *locate.Sources) {
	t.Helper()
	dir := t.TempDir()
	cargotest.NewHome(t, dir).Add(crates...)
	source, err := crate.ParseSourceID(cargotest.CratesIOSource)
	if err != nil {
		t.Fatal(err)
	}
	var packages []lockfile.Package
	for _, c := range crates {
		sum, err := crate.ParseChecksum(c.Checksum())
		if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, lockfile.Package{ID: crate.ID{Name: c.Name, Version: c.Version, Source: source}, Checksum: &sum})
	}
	arranged, err := Arrange(packages, false)
	if err != nil {
		t.Fatal(err)
	}
	h := home.New(dir)
	t.Cleanup(func() { h.Close() })
	return arranged, locate.NewSources(h, &config.SourceMap{}, locate.Manifests{})
}

func plan(t *testing.T, dest string, crates ...cargotest.Crate) *Plan {
	t.Helper()
	arranged, sources := fixture(t, crates...)
	return planOf(t, dest, arranged, sources)
}

func planOf(t testing.TB, dest string, arranged *Arrangement, sources *locate.Sources) *Plan {
	t.Helper()
	found, err := locate.Find(t.Context(), 0, arranged.Packages, sources)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := NewSteps(t.Context(), 0, arranged, found, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPlan(steps, Target{Dest: dest})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestArrange_folders(t *testing.T) {
	version := func(v string) cargotest.Crate { return cargotest.Crate{Name: "a", Version: v} }
	arranged, _ := fixture(t, version("1.0.0-rc.1"), version("0.9.0"), version("1.0.0"), version("1.0.0+build"), cargotest.Crate{Name: "b", Version: "2.0.0-pre"})
	got := map[string]string{}
	for i, p := range arranged.Packages {
		got[p.ID.Version] = arranged.Folders[i]
	}
	want := map[string]string{"1.0.0-rc.1": "a-1.0.0-rc.1", "0.9.0": "a-0.9.0", "1.0.0": "a-1.0.0", "1.0.0+build": "a", "2.0.0-pre": "b"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("folders (-want +got):\n%s", diff)
	}
}

// One worker and many make the same tree.
func TestWrite_any_number_of_jobs(t *testing.T) {
	var crates []cargotest.Crate
	for _, name := range strings.Split("abcdefghij", "") {
		crates = append(crates, cargotest.Crate{Name: name, Version: "1.0.0", Files: []cargotest.File{{Path: "data/" + name, Content: strings.Repeat(name, 700_000)}}})
	}
	var trees []string
	for _, jobs := range []int{1, 8} {
		dest := filepath.Join(t.TempDir(), "vendor")
		results, err := plan(t, dest, crates...).Write(t.Context(), WriteOptions{Jobs: jobs})
		if err != nil {
			t.Fatal(err)
		}
		if len(results) != len(crates) || results[0].Files != 5 {
			t.Errorf("results are %v", results)
		}
		tree, err := cargotest.Tree(dest)
		if err != nil {
			t.Fatal(err)
		}
		trees = append(trees, tree)
	}
	if trees[0] != trees[1] {
		t.Errorf("trees differ:\n%s", cmp.Diff(trees[0], trees[1]))
	}
}

// A run that is interrupted leaves what was there, and nothing else.
func TestWrite_cancelled(t *testing.T) {
	for _, existing := range []bool{false, true} {
		parent := t.TempDir()
		dest := filepath.Join(parent, "vendor")
		if existing {
			if err := os.MkdirAll(filepath.Join(dest, "old"), 0o777); err != nil {
				t.Fatal(err)
			}
		}
		p := plan(t, dest, cargotest.Crate{Name: "a", Version: "1.0.0"}, cargotest.Crate{Name: "b", Version: "1.0.0"})
		before, err := cargotest.Tree(parent)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		_, err = p.Write(ctx, WriteOptions{Jobs: 1, Observe: func(Step, Result) { cancel() }})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error is %v, want context.Canceled", err)
		}
		after, err := cargotest.Tree(parent)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("existing %v (-before +after):\n%s", existing, diff)
		}
	}
}

// If putting one folder in place fails, those before it are put back.
func TestWrite_publishing_fails(t *testing.T) {
	dest := filepath.Join(t.TempDir(), "vendor")
	crates := []cargotest.Crate{{Name: "a", Version: "1.0.0"}, {Name: "b", Version: "1.0.0"}}
	if err := os.MkdirAll(filepath.Join(dest, "a"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dest, "a", crate.ChecksumFile), []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	p := plan(t, dest, crates...)
	before, err := cargotest.Tree(dest)
	if err != nil {
		t.Fatal(err)
	}
	sabotage := func(s Step, _ Result) {
		made, err := filepath.Glob(filepath.Join(dest, ".cargohome-tmp-*", "new", "b"))
		if err == nil && s.ID.Name == "b" {
			err = os.RemoveAll(strings.Join(made, ""))
		}
		if err != nil {
			t.Error(err)
		}
	}
	if _, err := p.Write(t.Context(), WriteOptions{Jobs: 1, Observe: sabotage}); err == nil {
		t.Fatal("no error")
	}
	after, err := cargotest.Tree(dest)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

// An archive that changes after it was located is found out.
func TestWrite_archive_changes(t *testing.T) {
	dest := filepath.Join(t.TempDir(), "vendor")
	p := plan(t, dest, cargotest.Crate{Name: "a", Version: "1.0.0"}, cargotest.Crate{Name: "b", Version: "1.0.0"})
	for _, s := range p.Steps {
		if err := os.WriteFile(s.Archives[0].Path, []byte("something else"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	_, err := p.Write(t.Context(), WriteOptions{})
	gaps, ok := errors.AsType[*GapsError](err)
	if !ok || len(gaps.Gaps) != 2 || gaps.Gaps[0].Reason != locate.Corrupt || gaps.Gaps[0].ID.Name != "a" {
		t.Errorf("error is %v, want both archives in a GapsError", err)
	}
	if _, err := os.Lstat(dest); err == nil {
		t.Error("the folder was made")
	}
}

// What is written as JSON reads back, whatever the paths hold.
func FuzzChecksumFile(f *testing.F) {
	f.Add("src/lib.rs", "a\"b\\c")
	f.Add("\x00\x01\b\f\n\r\t\x1f\x7f", "é\u2028<&>")
	f.Fuzz(func(t *testing.T, a, b string) {
		if a >= b || !validPath(a) || !validPath(b) {
			return
		}
		sum := crate.Checksum{1, 2, 3}
		text := appendChecksumFile(nil, []archive.File{{Path: a, Sum: sum}, {Path: b, Sum: sum}}, &sum, false)
		if !json.Valid(text) {
			t.Fatalf("%s is not JSON", text)
		}
		read, err := locate.ParseRecord(text)
		if err != nil {
			t.Fatal(err)
		}
		if len(read.Files) != 2 || read.Files[a] != sum.String() || read.Files[b] != sum.String() || *read.Package != sum.String() {
			t.Fatalf("%s reads as %v", text, read)
		}
		files, _, ok := readCanonical(text, nil, &sum)
		if escaped := strings.ContainsFunc(a+b, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' }); ok == escaped {
			t.Fatalf("%s is canonical: %v", text, ok)
		}
		if ok && (len(files) != 2 || files[0].Path != a || files[1].Path != b || files[1].Sum != sum) {
			t.Fatalf("%s reads as %v", text, files)
		}
	})
}

// What is taken for canonical is, to the byte, what would be written.
func FuzzReadCanonical(f *testing.F) {
	const sum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	f.Add([]byte(`{"files":{"a":"` + sum + `"},"package":"0000000000000000000000000000000000000000000000000000000000000000"}`))
	f.Add([]byte(`{"files":{"a":"` + sum + `","b":"` + sum + `"},"package":null}`))
	f.Add([]byte(`{"$comment":"x","files":{}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, sum := range []*crate.Checksum{nil, {}, {0xab, 1}} {
			text := append(bytes.TrimSuffix(data, appendTail(nil, nil)), appendTail(nil, sum)...)
			if files, noted, ok := readCanonical(text, nil, sum); ok && !bytes.Equal(appendChecksumFile(nil, files, sum, noted), text) {
				t.Fatalf("%q is taken for %v", text, files)
			}
		}
		_, _ = locate.ParseRecord(data)
	})
}

func TestVendored(t *testing.T) {
	for path, want := range map[string]bool{
		"src/lib.rs": true, ".github/x": true, ".gitmodules": true, "target/x": true, ".cargo/config.toml": true, "x.orig": true,
		".git": false, ".git/config": false, "a/.git/b": false, ".gitignore": false, "a/.gitignore": false, "a/b/.gitattributes": false,
		".cargo-ok": false, "a/.cargo-ok": true, ".gitignore/x": true, "": true,
	} {
		if got := archive.Vendored(path); got != want {
			t.Errorf("vendored(%q) = %v, want %v", path, got, want)
		}
	}
}

func BenchmarkVendor(b *testing.B) {
	var crates []cargotest.Crate
	for _, name := range strings.Split("abcdefghijklmnop", "") {
		crates = append(crates, cargotest.Crate{Name: name, Version: "1.0.0", Files: []cargotest.File{{Path: "data", Content: strings.Repeat("some text of "+name+"\n", 20_000)}}})
	}
	arranged, sources := fixture(b, crates...)
	b.ReportAllocs()
	for b.Loop() {
		results, err := planOf(b, filepath.Join(b.TempDir(), "vendor"), arranged, sources).Write(b.Context(), WriteOptions{})
		if err != nil {
			b.Fatal(err)
		}
		var bytes int64
		for _, r := range results {
			bytes += r.Bytes
		}
		b.SetBytes(bytes)
	}
}

// The steps that are proven are those that were written, whoever proves them.
func TestUnchanged(t *testing.T) {
	dest := filepath.Join(t.TempDir(), "vendor")
	p := plan(t, dest, cargotest.Crate{Name: "a", Version: "1.0.0"})
	if _, err := p.Write(t.Context(), WriteOptions{Jobs: 1}); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(dest, "a")
	record, err := os.ReadFile(filepath.Join(dir, crate.ChecksumFile))
	if err != nil {
		t.Fatal(err)
	}
	proven := func() bool {
		var prove prover
		if !prove.begin(t.Context(), dest, &p.Steps[0]) {
			return false
		}
		defer prove.end()
		_, ok := prove.unchanged()
		return ok
	}
	if !proven() {
		t.Fatal("just written, and not proven")
	}
	for name, change := range map[string]string{
		"comment":     strings.Replace(string(record), `{"files"`, `{"$comment":"x","files"`, 1),
		"spaces":      strings.Replace(string(record), `,"package"`, `, "package"`, 1),
		"upper_case":  strings.Replace(string(record), `":"`, `":"A`, 1),
		"no_package":  `{"files":{}}`,
		"not_json":    "{",
		"other_crate": strings.Replace(string(record), p.Steps[0].Checksum.String(), strings.Repeat("0", 64), 1),
		"climbing":    strings.Replace(string(record), `"files":{`, `"files":{"../sentinel":"`+strings.Repeat("0", 64)+`",`, 1),
	} {
		if err := os.WriteFile(filepath.Join(dir, crate.ChecksumFile), []byte(change), 0o666); err != nil {
			t.Fatal(err)
		}
		if proven() {
			t.Errorf("%s: proven unchanged", name)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, crate.ChecksumFile), record, 0o666); err != nil {
		t.Fatal(err)
	}
	lib := filepath.Join(dir, "src", "lib.rs")
	if err := os.Truncate(lib, 1<<40); err != nil { // it takes no space, and an hour to hash
		t.Fatal(err)
	}
	if began := time.Now(); proven() || time.Since(began) > 20*time.Second {
		t.Error("a file of a terabyte: proven unchanged, or read to its end")
	}
	if err := os.Symlink("lib.rs", filepath.Join(dir, "src", "link")); err != nil {
		t.Fatal(err)
	}
	if proven() {
		t.Error("a link more: proven unchanged")
	}
}

// What was still to be hashed of a folder that turned out to be changed is not held against
// the next one.
func TestUnchanged_after_changed(t *testing.T) {
	dest := filepath.Join(t.TempDir(), "vendor")
	p := plan(t, dest, cargotest.Crate{Name: "a", Version: "1.0.0"}, cargotest.Crate{Name: "b", Version: "1.0.0"})
	if _, err := p.Write(t.Context(), WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("src", filepath.Join(dest, "a", "link")); err != nil {
		t.Fatal(err)
	}
	var prove prover
	for i, want := range []bool{false, true} {
		if !prove.begin(t.Context(), dest, &p.Steps[i]) {
			t.Fatal("it has no record")
		}
		if !want && !prove.hasSum(prove.root, "Cargo.toml", 1) { // whatever order the folder is listed in
			t.Error("what is to be told later is told")
		}
		if _, ok := prove.unchanged(); ok != want {
			t.Errorf("package %d is proven unchanged: %t", i, ok)
		}
		prove.end()
	}
}
