package reextract

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"cargohome/crate"
	"cargohome/internal/cargotest"
	"cargohome/internal/locate"
	"cargohome/internal/staging"
)

// unpack carries a plan out, in which nothing but items may fail.
func unpack(t *testing.T, p *Plan) []Result {
	t.Helper()
	results, err := p.Unpack(t.Context(), Options{Leftover: func(err error) { t.Errorf("left over: %v", err) }})
	check(t, err)
	return results
}

// one is the result of a plan for one item.
func one(t *testing.T, p *Plan) Result {
	t.Helper()
	results := unpack(t, p)
	if len(results) != 1 {
		t.Fatalf("%d results", len(results))
	}
	return results[0]
}

// listing is what registry/src holds, nil if it is not there.
func listing(t *testing.T, fixture *cargotest.Home) (names []string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(fixture.Dir, "registry", "src", "*"))
	check(t, err)
	for _, path := range found {
		names = append(names, filepath.Base(path))
	}
	return names
}

// A source is published with all that the archive has, by its times, and with the mark
// that Cargo looks for, which is made last.
func TestUnpack(t *testing.T) {
	a := pkg("a")
	a.Files = []cargotest.File{{Path: ".gitignore", Content: "x", MTime: 1_000_000_000}, {Path: "run", Content: "y", Mode: 0o755}}
	h, fixture := newHome(t, a)
	var mu sync.Mutex
	var last string
	defer staging.Inject(func(op staging.Op, path string) error {
		mu.Lock()
		defer mu.Unlock()
		if op == staging.OpOpen {
			last = path
		}
		return nil
	})()
	r := one(t, everything(t, h, nil, false))
	if r.Err != nil || r.Voucher != locate.ByIndex {
		t.Fatalf("%v, vouched for by %q", r.Err, r.Voucher)
	}
	expect(t, "the last file", last, crate.OKFile)
	dir := fixture.Registry(cargotest.CratesIO).SourcePath("a-1.0.0")
	text, err := cargotest.Tree(dir)
	check(t, err)
	for _, want := range []string{"0644 now        .cargo-ok\n", "0644 1000000000 .gitignore\n", "0755 1153704088 run\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("the source is\n%swithout %s", text, want)
		}
	}
	if files := strings.Count(text, "\n") - strings.Count(text, "/\n"); r.Files != files {
		t.Errorf("%d files are counted of\n%s", r.Files, text)
	}
	if names := listing(t, fixture); len(names) != 1 {
		t.Errorf("registry/src holds %q", names)
	}
}

// What is in order is kept as it is, unless it is to be made anew by force; what is
// broken is replaced as a whole.
func TestUnpack_replaces(t *testing.T) {
	h, fixture := newHome(t, pkg("a"))
	dir := fixture.Registry(cargotest.CratesIO).SourcePath("a-1.0.0")
	stray := filepath.Join(dir, "stray")
	one(t, everything(t, h, nil, false))
	check(t, os.WriteFile(stray, nil, 0o666))
	if results := unpack(t, everything(t, h, nil, false)); len(results) != 0 {
		t.Errorf("what was in order comes to %v", results)
	}
	if _, err := os.Stat(stray); err != nil {
		t.Error(err)
	}
	for what, spoil := range map[string]func() error{
		"by force":       func() error { return nil },
		"without a mark": func() error { return os.Remove(filepath.Join(dir, crate.OKFile)) },
		"a file":         func() error { return errors.Join(os.RemoveAll(dir), os.WriteFile(dir, nil, 0o666)) },
	} {
		check(t, spoil())
		if r := one(t, everything(t, h, nil, what == "by force")); r.Err != nil {
			t.Errorf("%s: %v", what, r.Err)
		}
		if _, err := os.Stat(stray); err == nil {
			t.Errorf("%s: what was not in the archive is there", what)
		}
		if state, why := Look(dir); state != Present {
			t.Errorf("%s: it is %s: %s", what, state, why)
		}
		check(t, os.WriteFile(stray, nil, 0o666))
	}
}

// One that is refused leaves what was there, and does not stop the others.
func TestUnpack_refused(t *testing.T) {
	h, fixture := newHome(t, pkg("a"), pkg("bad"), pkg("c"))
	r := fixture.Registry(cargotest.CratesIO)
	check(t, os.Truncate(r.ArchivePath("bad-1.0.0"), 99))
	there := filepath.Join(r.SourcePath("bad-1.0.0"), "there")
	check(t, errors.Join(os.MkdirAll(filepath.Dir(there), 0o777), os.WriteFile(there, nil, 0o666)))
	var mu sync.Mutex
	done := 0
	p := everything(t, h, nil, false)
	results, err := p.Unpack(t.Context(), Options{Jobs: 1, Done: func(Result) { mu.Lock(); done++; mu.Unlock() }})
	if err != nil || len(results) != 3 || done != 3 {
		t.Fatalf("%d results, %d done, %v", len(results), done, err)
	}
	for i, result := range results {
		if result.Item != p.ToUnpack()[i] {
			t.Errorf("result %d is for %s", i, result.Item.ID)
		}
		bad := result.Item.ID.Name == "bad"
		failed, isError := errors.AsType[*Error](result.Err)
		if (result.Err != nil) != bad || bad && (!isError || failed.Archive != r.ArchivePath("bad-1.0.0") || failed.ID.Name != "bad") {
			t.Errorf("%s: %v", result.Item.ID, result.Err)
		}
		if state, _ := Look(result.Item.Dir); (state == Present) == bad {
			t.Errorf("%s is %s", result.Item.ID, state)
		}
	}
	if _, err := os.Stat(there); err != nil {
		t.Error(err)
	}
	if names := listing(t, fixture); len(names) != 1 {
		t.Errorf("registry/src holds %q", names)
	}
}

// Who vouches for an archive: the lockfile, which the index must not gainsay, or the
// index, or nobody.
func TestUnpack_vouchers(t *testing.T) {
	sum, err := crate.ParseChecksum(pkg("a").Checksum())
	check(t, err)
	other, err := crate.ParseChecksum(strings.Repeat("1", 64))
	check(t, err)
	for name, c := range map[string]struct {
		locked *crate.Checksum
		index  string // "" if there is none
		by     locate.Voucher
		says   string
	}{
		"lockfile":           {&sum, "", locate.ByLockfile, ""},
		"both":               {&sum, sum.String(), locate.ByLockfile, ""},
		"index":              {nil, sum.String(), locate.ByIndex, ""},
		"nobody":             {nil, "", locate.ByNobody, ""},
		"lockfile_of_others": {&other, "", locate.ByLockfile, "the archive has checksum " + sum.String()},
		"index_of_others":    {nil, other.String(), locate.ByIndex, "the archive has checksum " + sum.String()},
		"they_disagree":      {&sum, other.String(), locate.ByNobody, "the lockfile says its checksum is " + sum.String() + `, the index "` + other.String()},
		"index_of_nonsense":  {nil, "nonsense", locate.ByNobody, "nonsense"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newLocked(t)
			r := f.Registry(cargotest.CratesIO)
			r.AddArchive("a-1.0.0", pkg("a").Archive())
			if c.index != "" {
				r.AddLine("a", pkg("a").IndexLine(c.index))
			}
			packages := f.packages("a")
			packages[0].Checksum = c.locked
			result := one(t, f.plan(t, packages))
			if (result.Err == nil) != (c.says == "") || result.Err != nil && !strings.Contains(result.Err.Error(), c.says) {
				t.Errorf("%v; want %q in it", result.Err, c.says)
			}
			if result.Voucher != c.by {
				t.Errorf("vouched for by %q, want %q", result.Voucher, c.by)
			}
		})
	}
}

// Where the file system is full the others would fail as well, and are not begun.
func TestUnpack_full(t *testing.T) {
	h, fixture := newHome(t, pkg("a"), pkg("b"), pkg("c"))
	defer staging.Inject(func(op staging.Op, path string) error {
		if op == staging.OpWrite {
			return &os.PathError{Op: "write", Path: path, Err: syscall.ENOSPC}
		}
		return nil
	})()
	results, err := everything(t, h, nil, false).Unpack(t.Context(), Options{Jobs: 1})
	if !errors.Is(err, syscall.ENOSPC) || len(results) != 3 {
		t.Errorf("%d results, %v", len(results), err)
	}
	for _, r := range results {
		if r.Err == nil {
			t.Errorf("%s is unpacked", r.Item.ID)
		}
	}
	if names := listing(t, fixture); len(names) != 0 {
		t.Errorf("registry/src holds %q", names)
	}
}

func TestUnpack_cancelled(t *testing.T) {
	h, fixture := newHome(t, pkg("a"), pkg("b"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	results, err := everything(t, h, nil, false).Unpack(ctx, Options{})
	if !errors.Is(err, context.Canceled) || len(results) != 2 || results[0].Err == nil || results[1].Item == nil {
		t.Errorf("%v, %v", results, err)
	}
	if names := listing(t, fixture); len(names) != 0 {
		t.Errorf("registry/src holds %q", names)
	}
}

// A temporary folder that stays is told of, and gone after the next run, even one that
// has nothing to do.
func TestUnpack_leftover(t *testing.T) {
	cargotest.NotPortable(t, "folders are not locked, so what a killed run left stays")
	h, fixture := newHome(t, pkg("a"))
	restore := staging.Inject(func(op staging.Op, path string) error {
		if op == staging.OpRemove {
			return &os.PathError{Op: "remove", Path: path, Err: syscall.EIO}
		}
		return nil
	})
	var left error
	_, err := everything(t, h, nil, false).Unpack(t.Context(), Options{Leftover: func(err error) { left = err }})
	restore()
	if err != nil || !errors.Is(left, syscall.EIO) {
		t.Errorf("%v, left over: %v", err, left)
	}
	if len(unpack(t, everything(t, h, nil, false))) != 0 {
		t.Error("what is there is unpacked again")
	}
	if found, _ := filepath.Glob(filepath.Join(fixture.Dir, "registry", "src", ".*")); len(found) != 0 {
		t.Errorf("left are %q", found)
	}
}

// Nothing can be made where registry/src is a file.
func TestUnpack_nowhere(t *testing.T) {
	h, fixture := newHome(t, pkg("a"))
	p := everything(t, h, nil, false)
	check(t, os.WriteFile(filepath.Join(fixture.Dir, "registry", "src"), nil, 0o666))
	if results, err := p.Unpack(t.Context(), Options{}); err == nil {
		t.Errorf("%v", results)
	}
}

// The time of the source's folder is that of its making: Cargo's fingerprints go by the
// times of files, which are those of the archive.
func TestUnpack_times(t *testing.T) {
	h, fixture := newHome(t, pkg("a"))
	before := time.Now().Add(-time.Minute)
	one(t, everything(t, h, nil, false))
	dir := fixture.Registry(cargotest.CratesIO).SourcePath("a-1.0.0")
	for name, isNew := range map[string]bool{".": true, crate.OKFile: true, "src/lib.rs": false, "Cargo.toml": false} {
		info, err := os.Stat(filepath.Join(dir, name))
		check(t, err)
		if info.ModTime().After(before) != isNew {
			t.Errorf("%s is of %v", name, info.ModTime())
		}
	}
}
