package mirror

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cargohome/crate"
	"cargohome/internal/blob"
	"cargohome/internal/cargotest"
	"cargohome/internal/home"
	"cargohome/internal/registry"
)

// bench is a kind of store to try things on.
type bench struct {
	open   func(t *testing.T) blob.Store // one that nothing is in
	period time.Duration                 // of leases: longer than the store's clock takes to tell
	settle time.Duration                 // before archives go
	stride int                           // how many faults are passed over
}

func folders(t *testing.T) *bench {
	t.Parallel()
	cargotest.NotPortable(t, "folders are not locked, so nothing can be replaced")
	stride := 1
	if testing.Short() {
		stride = 5
	}
	return &bench{func(t *testing.T) blob.Store {
		s, err := blob.Open("file://"+filepath.ToSlash(t.TempDir()), func(string) string { return "" })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}, 2 * time.Second, 50 * time.Millisecond, stride}
}

func TestObjects_faults(t *testing.T)   { folders(t).faults(t) }
func TestObjects_at_once(t *testing.T)  { folders(t).atOnce(t, 400*time.Millisecond) }
func TestObjects_together(t *testing.T) { folders(t).together(t) }
func TestObjects_recorded(t *testing.T) { folders(t).recordedMeanwhile(t) }
func TestObjects_leases(t *testing.T)   { folders(t).leases(t) }
func TestObjects_suspend(t *testing.T)  { folders(t).suspended(t) }

// source is a home to mirror from.
func source(t *testing.T, crates ...string) *home.Home {
	t.Helper()
	dir := t.TempDir()
	made := cargotest.NewHome(t, dir)
	for _, c := range crates {
		name, version, _ := strings.Cut(c, " ")
		made.Add(cargotest.Crate{Name: name, Version: version})
	}
	h := home.New(dir)
	t.Cleanup(func() { _ = h.Close() })
	return h
}

// mirrorInto is one run of the command.
func (b *bench) mirrorInto(t *testing.T, s blob.Store, from *home.Home, prune bool) (err error) {
	o := &ObjectsOptions{Dir: t.TempDir(), Settle: b.settle, period: b.period}
	m, ctx, err := OpenObjects(t.Context(), s, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.Close(t.Context())) }()
	gather := &registry.Options{Begin: func(int64) {}, Read: func(int64) {}, Prune: prune, Only: prune}
	gather.Names.Record, _ = m.Remote.Record()
	stores := registry.HomeStores(from, gather.Names.Known([]crate.SourceID{sourceID(t, otherRegistry)}, nil))
	if prune { // what is in the home is what the lockfile names
		for _, store := range stores {
			for id := range store.IDs() {
				id.Source = store.Source
				gather.Locked = append(gather.Locked, registry.Locked{ID: id})
			}
		}
	}
	set, err := registry.Gather(ctx, append(stores, m.Remote.Stores(true)...), gather)
	if err != nil {
		return err
	}
	p, err := New(ctx, set, &Options{Objects: m, Old: gather.Names.Record, Layout: registry.Objects, URL: "https://h", Prune: prune})
	if err != nil {
		return err
	}
	return p.Write(ctx, &WriteOptions{Leftover: func(error) {}})
}

// listed reads what a mirror lists, and makes sure that each archive is there.
func listed(t *testing.T, s blob.Store) (all []string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	for info, err := range s.List(ctx, "crates-io/index/") {
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(info.Name, ".json") {
			continue
		}
		text, _, err := blob.ReadAll(ctx, s, info.Name, 1<<20)
		if errors.Is(err, blob.ErrNotFound) {
			continue // it had no lines
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range registry.EntriesOf(text) {
			if !isThere(t, s, e.Checksum) && !wentMeanwhile(t, s, info.Name, e.Checksum) {
				t.Errorf("%s %s is listed, and its archive is not there", e.Name, e.Version)
			}
			all = append(all, e.Name+" "+e.Version)
		}
	}
	slices.Sort(all)
	return all
}

// isThere reports whether an archive is, and what it should be.
func isThere(t *testing.T, s blob.Store, sum crate.Checksum) bool {
	t.Helper()
	name := "crates-io/" + registry.Objects.Archives(crate.ID{}, sum)[0]
	archive, _, err := blob.ReadAll(context.WithoutCancel(t.Context()), s, name, 1<<20)
	return err == nil && crate.Sum(archive) == sum
}

// wentMeanwhile reports whether a line is not there any more, or came again with its archive.
func wentMeanwhile(t *testing.T, s blob.Store, name string, sum crate.Checksum) bool {
	t.Helper()
	text, _, _ := blob.ReadAll(context.WithoutCancel(t.Context()), s, name, 1<<20)
	return !strings.Contains(string(text), sum.String()) || isThere(t, s, sum)
}

// objects returns what is in a store, by name, but for what says that it has changed.
func objects(t *testing.T, s blob.Store) map[string]string {
	t.Helper()
	all := map[string]string{}
	for info, err := range s.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		text, _, err := blob.ReadAll(t.Context(), s, info.Name, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if info.Name != registry.ChangedFile {
			all[info.Name] = string(text)
		}
	}
	return all
}

// broken is a store of which a call fails.
type broken struct {
	blob.Store
	calls  atomic.Int64
	at     int64 // the number of the call, from 1; 0 for none
	after  bool  // it has been done, and its answer is lost
	killed bool  // nothing is done from then on
}

var errBroken = errors.New("broken")

// call counts a call, and does it if it is not to fail before.
func (b *broken) call(ctx context.Context, do func(ctx context.Context) error) error {
	n := b.calls.Add(1)
	fails := b.at > 0 && (n == b.at || b.killed && n > b.at)
	if !fails || b.after && n == b.at {
		if err := do(ctx); err != nil {
			return err
		}
	}
	if fails {
		return &blob.Error{Store: b.String(), Err: errBroken}
	}
	return nil
}

func (b *broken) Open(ctx context.Context, name string) (r io.ReadCloser, info blob.Info, err error) {
	err = b.call(ctx, func(ctx context.Context) error { r, info, err = b.Store.Open(ctx, name); return err })
	if err != nil && r != nil {
		_ = r.Close()
	}
	return r, info, err
}

func (b *broken) Stat(ctx context.Context, name string) (info blob.Info, err error) {
	err = b.call(ctx, func(ctx context.Context) error { info, err = b.Store.Stat(ctx, name); return err })
	return info, err
}

func (b *broken) PutNew(ctx context.Context, name string, c *blob.Content) (tag string, err error) {
	err = b.call(ctx, func(ctx context.Context) error { tag, err = b.Store.PutNew(ctx, name, c); return err })
	return tag, err
}

func (b *broken) PutIf(ctx context.Context, name, tag string, c *blob.Content) (now string, err error) {
	err = b.call(ctx, func(ctx context.Context) error { now, err = b.Store.PutIf(ctx, name, tag, c); return err })
	return now, err
}

func (b *broken) Delete(ctx context.Context, name string) error {
	return b.call(ctx, func(ctx context.Context) error { return b.Store.Delete(ctx, name) })
}

func (b *broken) List(ctx context.Context, prefix string) iter.Seq2[blob.Info, error] {
	return func(yield func(blob.Info, error) bool) {
		if err := b.call(ctx, func(context.Context) error { return nil }); err != nil {
			yield(blob.Info{}, err)
			return
		}
		for info, err := range b.Store.List(ctx, prefix) {
			if !yield(info, err) {
				return
			}
		}
	}
}

// Every call of the store fails once: before it is done, after, and as the last that the run
// makes. What is listed is there, and the next run makes all of it.
func (b *bench) faults(t *testing.T) {
	old := source(t, "a 1.0.0", "b 1.0.0", "gone 1.0.0")
	fresh := source(t, "a 1.0.0", "a 1.1.0", "b 1.0.0", "c 1.0.0")
	begin := func(at int64, after, killed bool) (plain blob.Store, s *broken) {
		plain = b.open(t)
		if err := b.mirrorInto(t, plain, old, false); err != nil {
			t.Fatal(err)
		}
		return plain, &broken{Store: plain, at: at, after: after, killed: killed}
	}
	plain, s := begin(0, false, false)
	before := listed(t, plain)
	if err := b.mirrorInto(t, s, fresh, true); err != nil {
		t.Fatal(err)
	}
	after, calls, faults := listed(t, plain), s.calls.Load(), 0
	whole := objects(t, plain)
	if want := []string{"a 1.0.0", "a 1.1.0", "b 1.0.0", "c 1.0.0"}; !slices.Equal(after, want) || len(whole) != 1+1+3+4 {
		t.Fatalf("listed are %q, and there are %q", after, slices.Sorted(maps.Keys(whole)))
	}
	for n := int64(1); n <= calls; n += int64(b.stride) {
		for _, mode := range []struct{ after, killed bool }{{false, false}, {true, false}, {false, true}, {true, true}} {
			faults++
			plain, s := begin(n, mode.after, mode.killed)
			what := fmt.Sprintf("call %d of %d fails (%+v)", n, calls, mode)
			err := b.mirrorInto(t, s, fresh, true)
			got := listed(t, plain)
			if err == nil && !slices.Equal(got, after) {
				t.Errorf("%s, and of a run that succeeds is listed %q", what, got)
			}
			for _, v := range got {
				if !slices.Contains(before, v) && !slices.Contains(after, v) {
					t.Errorf("%s, and listed is %q", what, got)
				}
			}
			bury(t, plain)
			if err := b.mirrorInto(t, plain, fresh, true); err != nil {
				t.Fatalf("%s, and then: %v", what, err)
			}
			if got := objects(t, plain); !maps.Equal(got, whole) {
				t.Errorf("%s, and after the next run there are %q, not %q", what, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(whole)))
			}
		}
	}
	t.Logf("%d calls, %d faults", calls, faults)
}

// bury deletes what runs that ended have left, as others do in a while.
func bury(t *testing.T, s blob.Store) {
	t.Helper()
	for info, err := range s.List(t.Context(), writersFolder) {
		if err == nil {
			err = s.Delete(t.Context(), info.Name)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Several write at once, of which some prune: what is listed is there at any time, and of
// those who do not prune nothing is lost.
func (b *bench) atOnce(t *testing.T, long time.Duration) {
	s := b.open(t)
	var wg sync.WaitGroup
	end := time.Now().Add(long)
	for i := range 3 {
		from := source(t, "shared 1.0.0", fmt.Sprintf("shared 1.%d.0", i+1), fmt.Sprintf("own%d 1.0.0", i))
		wg.Go(func() {
			for n := 0; n == 0 || time.Now().Before(end); n++ {
				if err := b.mirrorInto(t, s, from, i == 0); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	done := make(chan struct{})
	reads := 0
	go func() {
		defer close(done)
		for time.Now().Before(end) {
			reads++
			listed(t, s)
		}
	}()
	wg.Wait()
	<-done
	for i := 1; i < 3; i++ { // nobody prunes any more
		if err := b.mirrorInto(t, s, source(t, fmt.Sprintf("last%d 1.0.0", i)), false); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d reads, in the end %q", reads, listed(t, s))

}

// together: of many who mirror other versions of the same crates nothing is lost.
func (b *bench) together(t *testing.T) {
	s := b.open(t)
	var wg sync.WaitGroup
	var want []string
	for i := range 6 {
		mine := []string{fmt.Sprintf("x 1.%d.0", i), fmt.Sprintf("y 1.%d.0", i)}
		want = append(want, mine...)
		from := source(t, mine...)
		wg.Go(func() {
			if err := b.mirrorInto(t, s, from, false); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	slices.Sort(want)
	if got := listed(t, s); !slices.Equal(got, want) {
		t.Errorf("of %q is listed %q", want, got)
	}
}

// early is a store in which another run is done before the record is put for the first time.
type early struct {
	blob.Store
	other func()
	once  sync.Once
}

func (s *early) PutNew(ctx context.Context, name string, c *blob.Content) (string, error) {
	if name == registry.RecordFile {
		s.once.Do(s.other)
	}
	return s.Store.PutNew(ctx, name, c)
}

// A run that had to put the record again, as another was there first, takes none of the
// other's lines for what it does not want.
func (b *bench) recordedMeanwhile(t *testing.T) {
	s := b.open(t)
	other := func() {
		if err := b.mirrorInto(t, s, source(t, "x 1.0.0", "z 1.0.0"), false); err != nil {
			t.Error(err)
		}
	}
	if err := b.mirrorInto(t, &early{Store: s, other: other}, source(t, "x 1.1.0"), false); err != nil {
		t.Fatal(err)
	}
	if got, want := listed(t, s), []string{"x 1.0.0", "x 1.1.0", "z 1.0.0"}; !slices.Equal(got, want) {
		t.Errorf("of %q is listed %q", want, got)
	}
}

// Nothing is deleted while another run is at work, who comes waits for one that deletes, and
// what the dead left is in nobody's way for long.
func (b *bench) leases(t *testing.T) {
	s := b.open(t)
	if err := b.mirrorInto(t, s, source(t, "a 1.0.0", "b 1.0.0"), false); err != nil {
		t.Fatal(err)
	}
	other, _, err := take(t.Context(), s, writesPrefix, b.period)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.mirrorInto(t, s, source(t, "a 1.0.0"), true); err != nil {
		t.Fatal(err)
	}
	if got, there := listed(t, s), len(objects(t, s)); !slices.Equal(got, []string{"a 1.0.0"}) || there != 1+1+2+2+1 {
		t.Errorf("beside another is listed %q, of %d objects", got, there)
	}
	if err := other.release(t.Context()); err != nil {
		t.Error(err)
	}
	deletes, _, err := take(t.Context(), s, deletesPrefix, b.period)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	time.AfterFunc(b.period/2, func() {
		if err := deletes.release(t.Context()); err != nil {
			t.Error(err)
		}
	})
	if err := b.mirrorInto(t, s, source(t, "a 1.0.0"), true); err != nil || time.Since(began) < b.period/2 {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
	if there := len(objects(t, s)); there != 1+1+1+1 {
		t.Errorf("there are %d objects", there)
	}
	for _, prefix := range []string{writesPrefix, deletesPrefix} { // of runs that were killed
		if _, err := s.PutNew(t.Context(), prefix+"dead", blob.Bytes(nil)); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.mirrorInto(t, s, source(t, "b 1.0.0"), true); err != nil {
		t.Fatal(err)
	}
	if there := len(objects(t, s)); there != 1+1+1+1 {
		t.Errorf("there are %d objects", there)
	}
}

// slow notes when lines were written last, and the first archive deleted.
type slow struct {
	blob.Store
	written, deleted atomic.Int64
}

func (s *slow) PutIf(ctx context.Context, name, tag string, c *blob.Content) (string, error) {
	now, err := s.Store.PutIf(ctx, name, tag, c)
	if strings.Contains(name, "/index/") {
		s.written.Store(time.Now().UnixNano())
	}
	return now, err
}

func (s *slow) Delete(ctx context.Context, name string) error {
	if strings.HasSuffix(name, ".crate") {
		s.deleted.CompareAndSwap(0, time.Now().UnixNano())
	}
	return s.Store.Delete(ctx, name)
}

// Lines are gone for a while before archives go.
func TestObjects_settle(t *testing.T) {
	b := folders(t)
	s := &slow{Store: b.open(t)}
	for _, prune := range []bool{false, true} {
		if err := b.mirrorInto(t, s, source(t, "a 1.0.0", fmt.Sprintf("a 2.0.0-%v", prune)), prune); err != nil {
			t.Fatal(err)
		}
	}
	if waited := time.Duration(s.deleted.Load() - s.written.Load()); waited < b.settle {
		t.Errorf("after %v archives go", waited)
	}
}

// A run whose lease is gone, as that of a machine that was suspended, writes nothing more.
func (b *bench) suspended(t *testing.T) {
	s := b.open(t)
	o := &ObjectsOptions{Dir: t.TempDir(), period: b.period}
	m, ctx, err := OpenObjects(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), m.lease.name); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ctx.Done():
	case <-time.After(10 * b.period):
	}
	if err := Lost(ctx); !errors.Is(err, ErrLeaseLost) {
		t.Errorf("the run ends with %v", err)
	}
	m.lease.renewed = time.Now().Add(-b.period)
	if _, err := m.put(t.Context(), "x", "", blob.Bytes(nil)); !errors.Is(err, ErrLeaseLost) {
		t.Errorf("it goes on: %v", err)
	}
}
