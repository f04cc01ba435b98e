package home

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cargohome/crate"
	"cargohome/index"
)

const (
	sparseNew     = "index.crates.io-1949cf8c6b5b557f"
	sparseOld     = "index.crates.io-6f17d22bba15001f"
	sparseNightly = "index.crates.io-e139d0d48fed7772"
	gitNew        = "github.com-25cdd57fae9f0462"
	gitOld        = "github.com-1ecc6299db9ec823"
)

func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

func mustID(t testing.TB, name, version, source string) crate.ID {
	t.Helper()
	id, err := crate.NewID(name, version, mustSource(t, source))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

const cratesIOSource = "registry+" + crate.CratesIOGit

// homeOf builds a home: archives are "FOLDER/FILE", cache files are "FOLDER/NAME"
// with one version 1.0.0 each, whose checksum text is the folder.
func homeOf(t *testing.T, archives, listed []string) *Home {
	dir := t.TempDir()
	for _, a := range archives {
		write(t, filepath.Join(dir, "registry/cache", a), "archive")
	}
	for _, l := range listed {
		folder, name, _ := strings.Cut(l, "/")
		path, err := index.Path(name)
		if err != nil {
			t.Fatal(err)
		}
		line := fmt.Sprintf(`{"name":%q,"vers":"1.0.0","deps":[],"cksum":%q}`, name, folder)
		write(t, filepath.Join(dir, "registry/index", folder, ".cache", path), "\x03\x02\x00\x00\x00Unknown\x001.0.0\x00"+line+"\x00")
	}
	return New(dir)
}

// places are the archives as FOLDER, with a '?' if found by looking.
func places(t *testing.T, h *Home, id crate.ID) (got []string) {
	for a, err := range h.Archives(id) {
		if err != nil {
			t.Error(err)
		}
		mark := "?"
		if a.Trusted {
			mark = ""
		}
		if want := filepath.Join(h.Dir(), "registry", "cache", a.Registry, id.Stem()+".crate"); a.Path != want || a.Size != 7 {
			t.Errorf("archive %+v, want %q of 7 bytes", a, want)
		}
		got = append(got, a.Registry+mark)
	}
	return got
}

func TestArchives(t *testing.T) {
	const file = "/Foo-1.0.0.crate"
	for _, tt := range []struct {
		name, source string
		archives     []string
		want         []string
	}{
		{"one", cratesIOSource, []string{sparseNew + file}, []string{sparseNew}},
		{"sparse_source", crate.CratesIOSparse, []string{gitOld + file}, []string{gitOld}},
		{"order", cratesIOSource,
			[]string{gitOld + file, gitNew + file, sparseNightly + file, sparseOld + file, sparseNew + file, "a-0" + file},
			[]string{sparseNew, sparseOld, sparseNightly, gitNew, gitOld, "a-0?"}},
		{"folder_without_it", cratesIOSource, []string{sparseNew + "/Foo-1.0.1.crate", gitNew + file}, []string{gitNew}},
		{"by_looking", cratesIOSource, []string{"z-1" + file, "b-1" + file, "c-1/foo-1.0.1.crate"}, []string{"b-1?", "z-1?"}},
		{"dot_folder", cratesIOSource, []string{".x" + file}, nil},
		{"other_registry", "sparse+https://example.com/index/", []string{"example.com-baca101d629c921a" + file, sparseNew + file}, []string{"example.com-baca101d629c921a", sparseNew + "?"}},
		{"shallow", "registry+https://example.com/index", []string{"example.com-3bab6764c353b068-shallow" + file}, []string{"example.com-3bab6764c353b068-shallow"}},
		{"none", cratesIOSource, nil, nil},
		{"git_source", "git+https://h/x#0123", []string{sparseNew + file}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := homeOf(t, tt.archives, nil)
			id := mustID(t, "Foo", "1.0.0", tt.source)
			if diff := cmp.Diff(tt.want, places(t, h, id)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A caller content with what a computed name has must not pay for a listing.
func TestArchives_lazy(t *testing.T) {
	h := homeOf(t, []string{sparseNew + "/a-1.0.0.crate", "b/a-1.0.0.crate"}, []string{sparseNew + "/a"})
	listed := false
	h.cacheNames = func() []string { listed = true; return nil }
	h.indexNames = func() []string { listed = true; return nil }
	id := mustID(t, "a", "1.0.0", cratesIOSource)
	for range h.Archives(id) {
		break
	}
	if _, err := h.Lookup(id); err != nil || listed {
		t.Errorf("Lookup: %v; listed: %v", err, listed)
	}
	for range h.Archives(id) {
	}
	if !listed {
		t.Error("asking for all archives listed nothing")
	}
}

func TestArchives_odd(t *testing.T) {
	h := homeOf(t, []string{sparseNew + "/empty-1.0.0.crate", "elsewhere/x"}, nil)
	cache := filepath.Join(h.Dir(), "registry", "cache", sparseNew)
	write(t, filepath.Join(cache, "empty-1.0.0.crate"), "")
	if err := os.MkdirAll(filepath.Join(cache, "folder-1.0.0.crate"), 0o777); err != nil {
		t.Fatal(err)
	}
	symlinkOrSkip(t, filepath.Join(h.Dir(), "registry/cache/elsewhere/x"), filepath.Join(cache, "link-1.0.0.crate"))
	symlinkOrSkip(t, "nowhere", filepath.Join(cache, "dangling-1.0.0.crate"))
	for name, want := range map[string]struct {
		size int64
		err  error
		n    int
	}{"empty": {0, nil, 1}, "folder": {0, ErrNotRegular, 1}, "link": {7, nil, 1}, "dangling": {n: 0}} {
		n := 0
		for a, err := range h.Archives(mustID(t, name, "1.0.0", cratesIOSource)) {
			if n++; a.Size != want.size || !errors.Is(err, want.err) || a.Path == "" {
				t.Errorf("%s: %+v, %v", name, a, err)
			}
		}
		if n != want.n {
			t.Errorf("%s: %d archives, want %d", name, n, want.n)
		}
	}
}

func symlinkOrSkip(t *testing.T, target, link string) {
	t.Helper()
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
}

// The folder of a registry may be a symbolic link, as people have it whose home
// is on another disk.
func TestHome_linkedFolders(t *testing.T) {
	real := homeOf(t, []string{sparseNew + "/a-1.0.0.crate"}, []string{sparseNew + "/a"})
	dir := t.TempDir()
	for _, kind := range []string{"cache", "index"} {
		for _, name := range []string{sparseNew, "index.crates.io-0123456789abcdef"} {
			if err := os.MkdirAll(filepath.Join(dir, "registry", kind), 0o777); err != nil {
				t.Fatal(err)
			}
			symlinkOrSkip(t, filepath.Join(real.Dir(), "registry", kind, sparseNew), filepath.Join(dir, "registry", kind, name))
		}
		h, id := New(dir), mustID(t, "a", "1.0.0", cratesIOSource)
		if _, err := h.Lookup(id); kind == "index" && err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{sparseNew, "index.crates.io-0123456789abcdef?"}, places(t, h, id)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestArchives_badID(t *testing.T) {
	h := homeOf(t, nil, nil)
	local := NewLocalRegistry(t.TempDir())
	for _, id := range []crate.ID{{Name: "../x", Version: "1.0.0"}, {Name: "x", Version: "../1"}, {Name: "x", Version: "1.0.0/../.."}, {}} {
		id.Source = mustSource(t, cratesIOSource)
		for a, err := range h.Archives(id) {
			if err == nil {
				t.Errorf("archive %+v of %q", a, id)
			}
		}
		for a, err := range local.Archives(id) {
			if err == nil {
				t.Errorf("archive %+v of %q", a, id)
			}
		}
		if _, err := h.Lookup(id); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Lookup of %q: %v", id, err)
		}
	}
}

func TestLookup(t *testing.T) {
	const odd = "index.crates.io-0123456789abcdef"
	for _, tt := range []struct {
		name, source string
		listed       []string
		want         string // the folder
		err          error
	}{
		{"one", cratesIOSource, []string{sparseNew + "/a"}, sparseNew, nil},
		{"first_of_many", cratesIOSource, []string{gitNew + "/a", sparseOld + "/a", odd + "/a"}, sparseOld, nil},
		{"first_that_lists_it", cratesIOSource, []string{sparseNew + "/b", gitNew + "/a"}, gitNew, nil},
		{"sparse_source_in_git", crate.CratesIOSparse, []string{gitOld + "/a"}, gitOld, nil},
		{"by_host", cratesIOSource, []string{odd + "/a", "index.crates.io-0/a"}, odd, nil},
		{"by_host_only_for_crates_io", "sparse+https://example.com/index/", []string{"example.com-0123456789abcdef/a"}, "", index.ErrNoIndex},
		{"crates_io_by_host_not_for_others", "sparse+https://example.com/index/", []string{odd + "/a"}, "", index.ErrNoIndex},
		{"not_of_other_registries", cratesIOSource, []string{"example.com-0123456789abcdef/a"}, "", index.ErrNoIndex},
		{"no_crate", cratesIOSource, []string{sparseNew + "/b"}, "", index.ErrNoCrate},
		{"none", cratesIOSource, nil, "", index.ErrNoIndex},
		{"git_source", "git+https://h/x", []string{sparseNew + "/a"}, "", index.ErrNoIndex},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := homeOf(t, nil, tt.listed)
			defer h.Close()
			e, err := h.Lookup(mustID(t, "a", "1.0.0", tt.source))
			if e.ChecksumText != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("Lookup = %+v, %v, want that of %q, %v", e, err, tt.want, tt.err)
			}
			var none *NoIndexError
			if errors.As(err, &none) != (tt.err == index.ErrNoIndex) {
				t.Errorf("error is a *NoIndexError: %v", err)
			}
		})
	}
}

// Of several indexes without an answer, the error of the one that says most.
func TestLookup_errors(t *testing.T) {
	h := homeOf(t, nil, []string{sparseNew + "/b", sparseOld + "/a", gitNew + "/c"})
	if _, err := h.Lookup(mustID(t, "a", "2.0.0", cratesIOSource)); !errors.Is(err, index.ErrNoVersion) {
		t.Errorf("a version that is not listed: %v", err)
	}
	write(t, filepath.Join(h.Dir(), "registry/index", sparseNightly, ".cache/1/a"), "\x03\x02\x00\x00\x00")
	h = New(h.Dir())
	var corrupt *index.CorruptError
	if _, err := h.Lookup(mustID(t, "a", "2.0.0", cratesIOSource)); !errors.As(err, &corrupt) {
		t.Errorf("a damaged file: %v", err)
	}
	if _, err := h.Lookup(mustID(t, "a", "1.0.0", cratesIOSource)); err != nil {
		t.Errorf("a damaged file beside a good one: %v", err)
	}
}

// The archive under the name of one hash, the index entry under that of the other.
func TestHome_mixedNames(t *testing.T) {
	for _, tt := range [][2]string{{sparseOld, sparseNew}, {sparseNew, sparseOld}, {gitOld, sparseNew}} {
		h := homeOf(t, []string{tt[0] + "/a-1.0.0.crate"}, []string{tt[1] + "/a", tt[0] + "/b"})
		id := mustID(t, "a", "1.0.0", cratesIOSource)
		if e, err := h.Lookup(id); err != nil || e.ChecksumText != tt[1] {
			t.Errorf("Lookup = %+v, %v, want that of %s", e, err, tt[1])
		}
		if diff := cmp.Diff([]string{tt[0]}, places(t, h, id)); diff != "" {
			t.Error(diff)
		}
	}
}

// An index in git whose name is unknown is found by the URL it was fetched from.
func TestLookup_byRemote(t *testing.T) {
	for source, fetchHead := range map[string]string{
		"registry+https://example.com/index":  "0123\t\thttps://example.com/index\n",
		"registry+https://example.com/index/": "0123\t\tbranch 'm' of https://example.com/index.git\n",
		cratesIOSource:                        "0123\t\thttps://github.com/rust-lang/crates.io-index\n",
		crate.CratesIOSparse:                  "0123\t\thttps://github.com/rust-lang/crates.io-index\n",
	} {
		h := homeOf(t, nil, []string{"odd/a", "other/a"})
		write(t, filepath.Join(h.Dir(), "registry/index/odd/.git/FETCH_HEAD"), fetchHead)
		write(t, filepath.Join(h.Dir(), "registry/index/other/.git/FETCH_HEAD"), "0123\t\thttps://example.org/index\n")
		if e, err := h.Lookup(mustID(t, "a", "1.0.0", source)); err != nil || e.ChecksumText != "odd" {
			t.Errorf("%s: Lookup = %+v, %v, want that of odd", source, e, err)
		}
	}
}

func TestLocalRegistry(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "Foo-1.0.0.crate"), "archive")
	write(t, filepath.Join(dir, "index/3/f/foo"), `{"name":"Foo","vers":"1.0.0","deps":[],"cksum":"x"}`)
	l := NewLocalRegistry(dir)
	id := mustID(t, "Foo", "1.0.0", cratesIOSource)
	if e, err := l.Lookup(id); err != nil || e.ChecksumText != "x" {
		t.Errorf("Lookup = %+v, %v", e, err)
	}
	var got []Archive
	for a, err := range l.Archives(id) {
		if err != nil {
			t.Error(err)
		}
		got = append(got, a)
	}
	if diff := cmp.Diff([]Archive{{Path: filepath.Join(dir, "Foo-1.0.0.crate"), Size: 7, Trusted: true}}, got); diff != "" {
		t.Error(diff)
	}
	if _, err := l.Lookup(mustID(t, "Bar", "1.0.0", cratesIOSource)); !errors.Is(err, index.ErrNoCrate) {
		t.Errorf("Lookup of another: %v", err)
	}
	var none *NoIndexError
	if _, err := NewLocalRegistry(t.TempDir()).Lookup(id); !errors.As(err, &none) {
		t.Errorf("Lookup without index: %v", err)
	}
}

// One home, many goroutines: run with -race.
func TestHome_concurrent(t *testing.T) {
	h := homeOf(t, []string{"x/a-1.0.0.crate"}, []string{sparseNew + "/a", "index.crates.io-0123456789abcdef/b"})
	defer h.Close()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, source := range []string{cratesIOSource, crate.CratesIOSparse} {
				for _, name := range []string{"a", "b"} {
					if _, err := h.Lookup(mustID(t, name, "1.0.0", source)); err != nil {
						t.Error(err)
					}
				}
				for _, err := range h.Archives(mustID(t, "a", "1.0.0", source)) {
					if err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
}
