package registry_test

import (
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"cargohome/internal/cargotest"
	"cargohome/internal/registry"
)

// What was left out is served when its archive is repaired in place, as Cargo repairs an empty one:
// the file stays the same one, and the folder does not change.
func TestLive_repaired(t *testing.T) {
	h := cargotest.NewHome(t, filepath.Join(t.TempDir(), "home"))
	c := cargotest.Crate{Name: "a", Version: "1.0.0"}
	h.Add(c, cargotest.Crate{Name: "a", Version: "1.1.0"})
	path := h.Registry(cargotest.CratesIO).ArchivePath(c.Stem())
	write := func(data []byte) {
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write(nil)
	l := newLive(t, h, func(int64) {})
	listed := func(want int) {
		t.Helper()
		e, err := l.Entries(t.Context(), "crates-io", "1/a")
		if err != nil {
			t.Fatal(err)
		}
		if got := registry.EntriesOf(e.Text); len(got) != want {
			t.Errorf("%d versions are listed, not %d", len(got), want)
		}
	}
	listed(1)
	write([]byte("half"))
	listed(1)
	write(c.Archive())
	listed(2)
	if o, err := l.Open(t.Context(), "crates-io", "a", c.Stem()+".crate"); err != nil {
		t.Error(err)
	} else if err := o.Close(); err != nil {
		t.Error(err)
	}
}

// That a record cannot be read is said once, however often it is looked at, and again when it was
// readable meanwhile.
func TestLive_record(t *testing.T) {
	dir := t.TempDir()
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(dir, registry.RecordFile), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	sound := string(registry.Record{Layout: registry.Sparse, URL: "https://h"}.Text())
	write(sound)
	var said atomic.Int64
	l, err := registry.NewLive(&registry.LiveOptions{
		Places: []registry.Place{{Mirror: dir}}, Jobs: 1, Read: func(int64) {}, LeftOut: func(registry.LeftOut) { said.Add(1) },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for i, step := range []struct {
		text string
		want int64
	}{{"{", 1}, {"{", 1}, {sound, 1}, {"{", 2}} {
		write(step.text)
		time.Sleep(210 * time.Millisecond) // in which it is not looked at again
		if l.Has("crates-io"); said.Load() != step.want {
			t.Errorf("after step %d it was said %d times, not %d", i, said.Load(), step.want)
		}
	}
}
