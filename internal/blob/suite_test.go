package blob_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"

	"cargohome/internal/blob"
)

// testStore is what every store has to do. The store is one that nothing is in.
func testStore(t *testing.T, s blob.Store) {
	for name, test := range map[string]func(t *testing.T, s blob.Store, at string){
		"life": testLife, "conditions": testConditions, "list": testList, "names": testNames,
		"creators": testCreators, "counters": testCounters, "readers": testReaders, "ended": testEnded, "large": testLarge,
	} {
		t.Run(name, func(t *testing.T) { test(t, s, "at/"+name+"/") })
	}
	t.Run("probe", func(t *testing.T) {
		if err := blob.Probe(t.Context(), s, "probe-"); err != nil {
			t.Error(err)
		}
		for info, err := range s.List(t.Context(), "probe-") {
			t.Errorf("the probe leaves %+v (%v)", info, err)
		}
	})
}

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func read(t *testing.T, s blob.Store, name string) string {
	t.Helper()
	data, info, err := blob.ReadAll(t.Context(), s, name, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if info.Name != name || info.Size != int64(len(data)) || info.Tag == "" || info.Modified.IsZero() {
		t.Errorf("of %d bytes is said %+v", len(data), info)
	}
	return string(data)
}

func text(s string) *blob.Content { return blob.Bytes([]byte(s)) }

func testLife(t *testing.T, s blob.Store, at string) {
	name, ctx := at+"deep/er/x.crate", t.Context()
	if _, _, err := s.Open(ctx, name); !errors.Is(err, blob.ErrNotFound) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of what is not there: %v", err)
	}
	if _, err := s.Stat(ctx, name); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("of what is not there: %v", err)
	}
	first := must[string](t)(s.PutNew(ctx, name, text("one")))
	if got := read(t, s, name); got != "one" {
		t.Errorf("it holds %q", got)
	}
	info := must[blob.Info](t)(s.Stat(ctx, name))
	if info.Tag != first || info.Size != 3 {
		t.Errorf("put with tag %q, it is %+v", first, info)
	}
	second := must[string](t)(s.PutIf(ctx, name, first, text("two")))
	if got := read(t, s, name); got != "two" || second == first {
		t.Errorf("it holds %q, of tag %q after %q", got, second, first)
	}
	if err := s.Delete(ctx, name); err != nil {
		t.Error(err)
	}
	if err := s.Delete(ctx, name); err != nil {
		t.Errorf("what is not there is deleted: %v", err)
	}
	if _, err := s.Stat(ctx, name); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("of what was deleted: %v", err)
	}
	must[string](t)(s.PutNew(ctx, name, text("")))
	if got := read(t, s, name); got != "" {
		t.Errorf("it holds %q", got)
	}
}

func testConditions(t *testing.T, s blob.Store, at string) {
	name, ctx := at+"x", t.Context()
	if _, err := s.PutIf(ctx, name, "1-3", text("x")); !errors.Is(err, blob.ErrChanged) {
		t.Errorf("what is not there is replaced: %v", err)
	}
	old := must[string](t)(s.PutNew(ctx, name, text("one")))
	if _, err := s.PutNew(ctx, name, text("two")); !errors.Is(err, blob.ErrExists) {
		t.Errorf("what is there is created: %v", err)
	}
	must[string](t)(s.PutIf(ctx, name, old, text("two")))
	if _, err := s.PutIf(ctx, name, old, text("six")); !errors.Is(err, blob.ErrChanged) {
		t.Errorf("what has changed is replaced: %v", err)
	}
	if got := read(t, s, name); got != "two" {
		t.Errorf("it holds %q", got)
	}
	seen := map[string]bool{}
	for i := range rounds { // of the same length, in the same moment
		info := must[blob.Info](t)(s.Stat(ctx, name))
		seen[must[string](t)(s.PutIf(ctx, name, info.Tag, text(fmt.Sprintf("%03d", i))))] = true
	}
	if len(seen) != rounds {
		t.Errorf("of %d contents there are %d tags", rounds, len(seen))
	}
	damaged := text("new")
	damaged.Sum[0]++
	if _, err := s.PutNew(ctx, at+"y", damaged); !errors.Is(err, blob.ErrContent) {
		t.Errorf("what is not of its sum is put: %v", err)
	}
	if _, err := s.Stat(ctx, at+"y"); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("it is there: %v", err)
	}
}

func testList(t *testing.T, s blob.Store, at string) {
	var want []string
	for _, name := range []string{"a", "a-b/x", "a/b", "a/b-c", "a/b/c", "b/" + strings.Repeat("n", 100), "b+1%20 ü", "B"} {
		if name == "a" || name == "a/b" { // of a file and a folder of one name a folder has one
			continue
		}
		must[string](t)(s.PutNew(t.Context(), at+name, text(name)))
		want = append(want, at+name)
	}
	slices.Sort(want)
	for prefix, want := range map[string][]string{at: want, at + "a": want[1:4], at + "a/b/": want[3:4], at + "nothing": nil} {
		var got []string
		for info, err := range s.List(t.Context(), prefix) {
			if err != nil {
				t.Fatal(err)
			}
			if there := must[blob.Info](t)(s.Stat(t.Context(), info.Name)); there.Tag != info.Tag || there.Size != info.Size {
				t.Errorf("listed is %+v, there is %+v", info, there)
			}
			got = append(got, info.Name)
		}
		if prefix == at+"a" {
			slices.Sort(want)
		}
		if !slices.Equal(got, want) {
			t.Errorf("with %q begin\n%q, not\n%q", prefix, got, want)
		}
	}
	for range s.List(t.Context(), at) {
		break // who has seen enough ends it
	}
}

func testNames(t *testing.T, s blob.Store, at string) {
	for _, name := range []string{"", ".", "..", "../x", "a/../../x", "/x", "a//b", "a/", `a\b`, "a:b", ".cargohome-tmp-1", "a/.cargohome-tmp-1/x", "a\x00", "\xff", strings.Repeat("n", 1000)} {
		if _, err := s.PutNew(t.Context(), name, text("x")); !errors.Is(err, blob.ErrName) {
			t.Errorf("an object is called %q: %v", name, err)
		}
		if _, err := s.Stat(t.Context(), name); !errors.Is(err, blob.ErrName) {
			t.Errorf("an object is called %q: %v", name, err)
		}
	}
}

// Of several that create an object one does, and what it put is there.
func testCreators(t *testing.T, s blob.Store, at string) {
	for round := range rounds {
		name := fmt.Sprintf("%s%d", at, round)
		var wg sync.WaitGroup
		errs := make([]error, 16)
		for i := range errs {
			wg.Go(func() { _, errs[i] = s.PutNew(t.Context(), name, text(fmt.Sprint(i))) })
		}
		wg.Wait()
		winner := slices.Index(errs, nil)
		for i, err := range errs {
			if i != winner && !errors.Is(err, blob.ErrExists) {
				t.Errorf("beside %d another has %v", winner, err)
			}
		}
		if got := read(t, s, name); got != fmt.Sprint(winner) {
			t.Errorf("%d wins, and %q is there", winner, got)
		}
	}
}

// Of several that count nobody's count is lost.
func testCounters(t *testing.T, s blob.Store, at string) {
	name := at + "count"
	must[string](t)(s.PutNew(t.Context(), name, text("")))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for done := 0; done < rounds; {
				data, info, err := blob.ReadAll(t.Context(), s, name, 1<<20)
				if err == nil {
					_, err = s.PutIf(t.Context(), name, info.Tag, blob.Bytes(append(data, 'x')))
				}
				switch {
				case err == nil:
					done++
				case !errors.Is(err, blob.ErrChanged):
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if got := len(read(t, s, name)); got != 4*rounds {
		t.Errorf("%d of %d are counted", got, 4*rounds)
	}
}

// Who reads while others replace has the one or the other.
func testReaders(t *testing.T, s blob.Store, at string) {
	name := at + "x"
	content := func(i int) string { return strings.Repeat(fmt.Sprint(i%10), 30_000) }
	tag := must[string](t)(s.PutNew(t.Context(), name, text(content(0))))
	ctx, end := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for ctx.Err() == nil {
				data, _, err := blob.ReadAll(t.Context(), s, name, 1<<20)
				if err != nil || len(data) != 30_000 || strings.Trim(string(data), string(data[:1])) != "" {
					t.Errorf("%d bytes are read (%v)", len(data), err)
					return
				}
			}
		})
	}
	for i := range rounds {
		tag = must[string](t)(s.PutIf(t.Context(), name, tag, text(content(i))))
	}
	end()
	wg.Wait()
}

func testEnded(t *testing.T, s blob.Store, at string) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, stat := s.Stat(ctx, at+"x")
	_, put := s.PutNew(ctx, at+"x", text("x"))
	_, putIf := s.PutIf(ctx, at+"x", "1-1", text("x"))
	_, _, open := s.Open(ctx, at+"x")
	for what, err := range map[string]error{"stat": stat, "put": put, "put if": putIf, "open": open, "delete": s.Delete(ctx, at+"x")} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := s.Stat(t.Context(), at+"x"); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("an object is there all the same: %v", err)
	}
}

// Large objects come and go in pieces, as files do.
func testLarge(t *testing.T, s blob.Store, at string) {
	data := bytes.Repeat([]byte("0123456789abcdef"), 20<<20/16)
	must[string](t)(s.PutNew(t.Context(), at+"x", blob.Bytes(data)))
	r, info, err := s.Open(t.Context(), at+"x")
	if err != nil || info.Size != int64(len(data)) {
		t.Fatal(info, err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes of %d come (%v)", len(got), len(data), err)
	}
	if _, _, err := blob.ReadAll(t.Context(), s, at+"x", 1<<20); err == nil || !strings.Contains(err.Error(), "may have 1048576") {
		t.Errorf("of a limit: %v", err)
	}
}
