package mirror

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
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

func TestObjects_replicas(t *testing.T) { folders(t).replicas(t, 600*time.Millisecond) }

// Beside writers that come and prune two replicas serve nothing but what is there, whole, and
// agree in the end.
func (b *bench) replicas(t *testing.T, long time.Duration) {
	s := b.open(t)
	homes := []int{0, 1, 2}
	if err := b.mirrorInto(t, s, source(t, "shared 1.0.0", "x 1.0.0"), false); err != nil {
		t.Fatal(err)
	}
	var two [2]*registry.Replica
	for i := range two {
		two[i] = b.replica(t, s)
	}
	end := time.Now().Add(long)
	var writers, readers sync.WaitGroup
	var answers, changes atomic.Int64
	for i := range homes {
		from := source(t, "shared 1.0.0", fmt.Sprintf("x 1.%d.0", i), fmt.Sprintf("own%d 1.0.0", i))
		writers.Go(func() {
			for time.Now().Before(end) {
				if err := b.mirrorInto(t, s, from, i == 0); err != nil {
					t.Error(err)
					return
				}
				changes.Add(1)
			}
		})
	}
	ctx, stop := context.WithCancel(t.Context())
	for _, p := range two {
		for _, name := range []string{"shared", "x", "own0", "own1"} {
			readers.Go(func() {
				for ctx.Err() == nil {
					answers.Add(int64(b.ask(t, p, name)))
				}
			})
		}
	}
	writers.Wait()
	stop()
	readers.Wait()
	time.Sleep(2 * b.fresh())
	for _, name := range []string{"shared", "x"} {
		var sums [2]crate.Checksum
		for i, p := range two {
			e, err := p.Entries(t.Context(), "crates-io", entryPath(t, name))
			if err != nil {
				t.Fatal(err)
			}
			sums[i] = e.Sum
		}
		if sums[0] != sums[1] {
			t.Errorf("of %s the tags are %v", name, sums)
		}
	}
	t.Logf("%d answers beside %d runs", answers.Load(), changes.Load())
}

// fresh is how old an answer may be: less than lines are gone before archives.
func (b *bench) fresh() time.Duration { return b.settle / 5 }

func (b *bench) replica(t *testing.T, s blob.Store) *registry.Replica {
	t.Helper()
	p, err := registry.NewReplica(t.Context(), s, t.TempDir(), &registry.ReplicaOptions{
		Limit: 500, Fresh: b.fresh(), LeftOut: func(l registry.LeftOut) { t.Errorf("left out is %+v", l) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func entryPath(t *testing.T, name string) string {
	t.Helper()
	paths, err := registry.Objects.Entries(name)
	if err != nil {
		t.Fatal(err)
	}
	return paths[0]
}

// ask asks for a crate, and for all that is listed of it.
func (b *bench) ask(t *testing.T, p *registry.Replica, name string) (answers int) {
	e, err := p.Entries(t.Context(), "crates-io", entryPath(t, name))
	if errors.Is(err, fs.ErrNotExist) {
		return 1
	}
	if err != nil {
		t.Error(err)
		return 1
	}
	for _, v := range registry.EntriesOf(e.Text) {
		answers++
		var got []byte
		for range 3 { // between the answers it may have gone, and even come again, but not each time
			got, err = fetched(t, p, v.Name, v.Version)
			if !errors.Is(err, blob.ErrNotFound) {
				break
			}
			time.Sleep(b.fresh())
		}
		if err == nil && crate.Sum(got) != v.Checksum || err != nil && (!errors.Is(err, fs.ErrNotExist) || errors.Is(err, blob.ErrNotFound)) {
			t.Errorf("%s %s is listed, and its archive is %q (%v)", v.Name, v.Version, got, err)
		}
	}
	return answers + 1
}

func fetched(t *testing.T, p *registry.Replica, name, version string) ([]byte, error) {
	o, err := p.Open(t.Context(), "crates-io", name, name+"-"+version+".crate")
	if err != nil {
		return nil, err
	}
	defer o.Close()
	return io.ReadAll(o)
}

// counting counts how often archives are fetched.
type counting struct {
	blob.Store
	archives atomic.Int64
}

func (c *counting) Open(ctx context.Context, name string) (io.ReadCloser, blob.Info, error) {
	if strings.HasSuffix(name, ".crate") {
		c.archives.Add(1)
	}
	return c.Store.Open(ctx, name)
}

// What is not of its checksum is not served, and named once.
func TestReplica_corrupt(t *testing.T) {
	b := folders(t)
	s := b.open(t)
	if err := b.mirrorInto(t, s, source(t, "a 1.0.0"), false); err != nil {
		t.Fatal(err)
	}
	for info, err := range s.List(t.Context(), "crates-io/sha256/") {
		if err == nil {
			_, err = s.PutIf(t.Context(), info.Name, info.Tag, blob.Bytes([]byte("corrupt")))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	said, counted := 0, &counting{Store: s}
	p, err := registry.NewReplica(t.Context(), counted, t.TempDir(), &registry.ReplicaOptions{Limit: 1 << 20, LeftOut: func(registry.LeftOut) { said++ }})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got, err := fetched(t, p, "a", "1.0.0"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q is served (%v)", got, err)
		}
	}
	if n := counted.archives.Load(); said != 1 || n != 1 {
		t.Errorf("it is named %d times, and fetched %d times", said, n)
	}
}

// While the store cannot be asked nothing is said of what it has.
func TestReplica_broken(t *testing.T) {
	b := folders(t)
	plain := b.open(t)
	if err := b.mirrorInto(t, plain, source(t, "a 1.0.0"), false); err != nil {
		t.Fatal(err)
	}
	s := &broken{Store: plain}
	p := b.replica(t, s)
	if _, err := fetched(t, p, "a", "1.0.0"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(b.fresh())
	s.killed, s.at = true, 1
	for range 2 {
		if _, err := fetched(t, p, "a", "1.0.0"); !errors.Is(err, errBroken) {
			t.Errorf("%v", err)
		}
	}
	s.at = 0
	time.Sleep(b.fresh()) // in which nobody tries
	if _, err := fetched(t, p, "a", "1.0.0"); err != nil {
		t.Error(err)
	}
}

// failing is a store that takes its time to fail.
type failing struct {
	blob.Store
	fails atomic.Bool
	calls atomic.Int64
}

func (s *failing) Stat(ctx context.Context, name string) (blob.Info, error) {
	if !s.fails.Load() {
		return s.Store.Stat(ctx, name)
	}
	s.calls.Add(1)
	time.Sleep(100 * time.Millisecond)
	return blob.Info{}, &blob.Error{Store: s.String(), Err: errBroken}
}

// Those who wait for a store that cannot be asked do not ask it one after another.
func TestReplica_broken_for_many(t *testing.T) {
	b := folders(t)
	s := &failing{Store: b.open(t)}
	if err := b.mirrorInto(t, s, source(t, "a 1.0.0"), false); err != nil {
		t.Fatal(err)
	}
	p := b.replica(t, s)
	time.Sleep(b.fresh())
	s.fails.Store(true)
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			if _, err := fetched(t, p, "a", "1.0.0"); !errors.Is(err, errBroken) {
				t.Errorf("%v", err)
			}
		})
	}
	wg.Wait()
	if n := s.calls.Load(); n > 4 { // 40 if each tries
		t.Errorf("it was asked %d times", n)
	}
}

// An archive of the copy that somebody deletes is fetched again.
func TestReplica_tidied(t *testing.T) {
	b := folders(t)
	s, dir := b.open(t), t.TempDir()
	if err := b.mirrorInto(t, s, source(t, "a 1.0.0"), false); err != nil {
		t.Fatal(err)
	}
	p, err := registry.NewReplica(t.Context(), s, dir, &registry.ReplicaOptions{Limit: 1 << 20, Fresh: b.fresh()})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := fetched(t, p, "a", "1.0.0"); err != nil {
			t.Error(err)
		}
		if err := os.RemoveAll(filepath.Join(dir, "crates-io")); err != nil {
			t.Fatal(err)
		}
	}
}

// A registry that is not crates.io, and what its folders are called, and so it.
const (
	otherRegistry = "sparse+https://example.com/index/"
	otherName     = "example.com-8efe07b64e46d130"
)

func sourceID(t *testing.T, index string) crate.SourceID {
	t.Helper()
	id, err := crate.NewRegistrySource(index)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// otherSource is a home with a crate "a" of the other registry.
func otherSource(t *testing.T) *home.Home {
	t.Helper()
	dir := t.TempDir()
	cargotest.NewHome(t, dir).Registry(otherName).Add(cargotest.Crate{Name: "a", Version: "1.0.0"})
	h := home.New(dir)
	t.Cleanup(func() { _ = h.Close() })
	return h
}

// A registry that comes is found by who asks for nothing else.
func TestReplica_comes(t *testing.T) {
	b := folders(t)
	s := b.open(t)
	if err := b.mirrorInto(t, s, source(t, "a 1.0.0"), false); err != nil {
		t.Fatal(err)
	}
	p := b.replica(t, s)
	if p.Has(otherName) {
		t.Error("it is there already")
	}
	if err := b.mirrorInto(t, s, otherSource(t), false); err != nil {
		t.Fatal(err)
	}
	time.Sleep(b.fresh())
	if !p.Has(otherName) {
		t.Errorf("it is not seen: there are %v", p.Registries())
	}
}

// What a lockfile names of one registry says nothing of another; and an archive with another
// checksum than it names is not served.
func TestReplica_locked(t *testing.T) {
	b := folders(t)
	s := b.open(t)
	for _, from := range []*home.Home{source(t, "a 1.0.0"), otherSource(t)} {
		if err := b.mirrorInto(t, s, from, false); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		of     crate.SourceID
		listed map[string]bool
	}{
		{crate.SourceID{}, map[string]bool{"crates-io": true, otherName: true}},
		{sourceID(t, otherRegistry), map[string]bool{"crates-io": true, otherName: false}},
		{sourceID(t, cargotest.CratesIOSource), map[string]bool{"crates-io": false, otherName: true}},
	} {
		wrong := crate.Sum([]byte("another"))
		lock := registry.Locked{ID: crate.ID{Name: "a", Version: "1.0.0", Source: c.of}, Checksum: &wrong}
		said := 0
		p, err := registry.NewReplica(t.Context(), s, t.TempDir(), &registry.ReplicaOptions{
			Limit: 1 << 20, Fresh: b.fresh(), Locked: []registry.Locked{lock}, LeftOut: func(registry.LeftOut) { said++ },
		})
		if err != nil {
			t.Fatal(err)
		}
		for reg, listed := range c.listed {
			if _, err := p.Entries(t.Context(), reg, entryPath(t, "a")); (err == nil) != listed {
				t.Errorf("locked is that of %v; of %s: %v", c.of, reg, err)
			}
		}
		if (said == 1) != (c.of != crate.SourceID{}) {
			t.Errorf("locked is that of %v: named %d times", c.of, said)
		}
	}
}
