package cargotest_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cargohome/internal/cargotest"
)

var sample = cargotest.Crate{
	Name: "a", Version: "1.0.0",
	Deps:  []cargotest.Dep{{Name: "b", Req: "^2", As: "bee", Target: "cfg(windows)", Features: []string{"x"}}, {Name: "c", Kind: "dev"}},
	Files: []cargotest.File{{Path: "tool.sh", Content: "#!/bin/sh\n", Mode: 0o755}, {Path: strings.Repeat("x", 120), MTime: -1}},
}

// entries reads an archive with the standard library.
func entries(t *testing.T, archive []byte) []string {
	z, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return append(lines, "gzip name "+z.Name)
		} else if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("%c %o %d %s %s", h.Typeflag, h.Mode, h.ModTime.Unix(), h.Format, h.Name))
	}
}

func TestCrate_Archive(t *testing.T) {
	want := []string{
		"0 644 1 GNU a-1.0.0/.cargo_vcs_info.json", "0 644 1 GNU a-1.0.0/Cargo.toml",
		"0 644 1153704088 GNU a-1.0.0/Cargo.toml.orig", "0 644 1153704088 GNU a-1.0.0/src/lib.rs",
		"0 755 1153704088 GNU a-1.0.0/tool.sh", "0 644 0 GNU a-1.0.0/" + strings.Repeat("x", 120), "gzip name a-1.0.0.crate",
	}
	archive := sample.Archive()
	if diff := cmp.Diff(want, entries(t, archive)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if !bytes.Equal(archive, sample.Archive()) {
		t.Error("the archive is not the same the second time")
	}
}

func TestBadCRC(t *testing.T) {
	z, err := gzip.NewReader(bytes.NewReader(cargotest.BadCRC(sample.Archive())))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, z); err != gzip.ErrChecksum {
		t.Errorf("reading gives %v, want %v", err, gzip.ErrChecksum)
	}
}

func TestPax(t *testing.T) {
	for _, n := range []int{1, 91, 92, 93, 990, 991, 992, 993} { // where the length gets a digit more
		name := strings.Repeat("n", n)
		data := slices.Concat(cargotest.Pax('x', "path", name), cargotest.Entry(cargotest.Header{Name: "short"}, ""), cargotest.EndOfTar)
		if h, err := tar.NewReader(bytes.NewReader(data)).Next(); err != nil || h.Name != name {
			t.Errorf("a path of %d bytes: %v, %v", n, h, err)
		}
	}
}

func TestIndexLine(t *testing.T) {
	want := `{"name":"a","vers":"1.0.0","deps":[` +
		`{"name":"bee","req":"^2","features":["x"],"optional":false,"default_features":true,"target":"cfg(windows)","kind":"normal","package":"b"},` +
		`{"name":"c","req":"*","features":[],"optional":false,"default_features":true,"target":null,"kind":"dev"}],"cksum":"00","features":{},"yanked":false}`
	if diff := cmp.Diff(want, string(sample.IndexLine("00"))); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestRegistry_Add(t *testing.T) {
	home := cargotest.NewHome(t, t.TempDir())
	r := home.Registry(cargotest.CratesIO)
	one, two := cargotest.Crate{Name: "Abc-d", Version: "1.0.0"}, cargotest.Crate{Name: "Abc-d", Version: "1.1.0"}
	yanked := one
	yanked.Yanked = true
	r.Add(one, two, yanked)
	got, err := os.ReadFile(filepath.Join(home.Dir, "registry", "index", cargotest.CratesIO, ".cache", "ab", "c-", "abc-d"))
	if err != nil {
		t.Fatal(err)
	}
	want := "\x03\x02\x00\x00\x00Unknown\x001.0.0\x00" + string(yanked.IndexLine("")) + "\x001.1.0\x00" + string(two.IndexLine("")) + "\x00"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestCommitIndex_is_deterministic(t *testing.T) {
	commit := func() string {
		r := cargotest.NewHome(t, t.TempDir()).Registry(cargotest.CratesIOGit)
		r.Add(sample, cargotest.Crate{Name: "b", Version: "2.0.0"})
		return r.CommitIndex()
	}
	if a, b := commit(), commit(); a != b {
		t.Errorf("two equal indexes have the commits %s and %s", a, b)
	}
}

func TestLock_chooses(t *testing.T) {
	home := cargotest.NewHome(t, t.TempDir())
	for _, v := range []string{"0.2.9", "0.3.0", "1.2.0", "1.10.0", "2.0.0", "3.0.0-pre"} {
		home.Add(cargotest.Crate{Name: "x", Version: v})
	}
	for req, want := range map[string]string{"": "2.0.0", "1": "1.10.0", "^1.2": "1.10.0", "=1.2.0": "1.2.0", "0.2": "0.2.9", "3.0.0-pre": "3.0.0-pre"} {
		got := home.Lock(cargotest.Project{Name: "p", Deps: []cargotest.Dep{{Name: "x", Req: req}}})[1].Version
		if got != want {
			t.Errorf("%q chooses %s, want %s", req, got, want)
		}
	}
}

func TestTree(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "sub", "file")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := cargotest.Tree(dir)
	if want := "dir      0700 now        sub/\ne3b0c442 0600 now        sub/file\n"; err != nil || got != want {
		t.Errorf("Tree = %q, %v, want %q", got, err, want)
	}
}
