package serve_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"cargohome/internal/cargotest"
	"cargohome/internal/registry"
	"cargohome/internal/serve"
)

// Whoever asks while others change what is held finds no line without its archive, nor half of
// anything: of what is gone when it is asked for, the index does not speak any more.
func TestBeside_writers(t *testing.T) {
	span := 2 * time.Second
	if testing.Short() {
		span = 600 * time.Millisecond
	}
	home := newHeldHome(t)
	replicas := []*site{newLiveSite(t, home), newLiveSite(t, home)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r := home.Registry(cargotest.CratesIO)
		for began, n := time.Now(), 0; time.Since(began) < span; n++ {
			c := cargotest.Crate{Name: "held", Version: "1.2.0", Files: []cargotest.File{{Path: "n", Content: strings.Repeat("n", n%50)}}}
			replace(t, r.ArchivePath(c.Stem()), c.Archive())
			r.AddLine("held", c.IndexLine(""))
			switch n % 3 {
			case 0:
				_ = os.Remove(r.ArchivePath(c.Stem())) // as clean does
			case 1:
				_ = os.Remove(r.ArchivePath(c.Stem()))
				_ = os.WriteFile(r.ArchivePath(c.Stem()), c.Archive()[:20], 0o666) // as a cargo that is killed
			}
			time.Sleep(time.Duration(n%7) * 10 * time.Millisecond)
		}
	}()
	var wg sync.WaitGroup
	for _, s := range replicas {
		for range 2 {
			wg.Go(func() { s.readUntil(t, ended) })
		}
	}
	wg.Wait()
}

// Who asks while an entry file is just being written, by one who was made to wait in the midst
// of it, gets what is written in the end.
func TestBeside_half_written(t *testing.T) {
	home := newHeldHome(t)
	s := newLiveSite(t, home)
	path := home.Registry(cargotest.CratesIO).CachePath("held")
	data, err := os.ReadFile(path)
	if err == nil {
		err = os.Truncate(path, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(100*time.Millisecond, func() {
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Error(err)
		}
	})
	request{path: "index/he/ld/held", status: 200, check: contains(`"vers":"1.0.0"`)}.run(t, s.base)
}

// replace puts a file into place by renaming, as everybody should.
func replace(t *testing.T, path string, data []byte) {
	t.Helper()
	err := os.WriteFile(path+".part", data, 0o666)
	if err == nil {
		err = os.Rename(path+".part", path)
	}
	if err != nil {
		t.Error(err)
	}
}

func (s *site) readUntil(t *testing.T, ended chan struct{}) {
	for n := 0; ; n++ {
		select {
		case <-ended:
			t.Logf("%d reads", n)
			return
		default:
			s.readWhole(t)
		}
	}
}

// readWhole reads the archive that the index lists. Between the two it may have gone, but then
// the index has changed.
func (s *site) readWhole(t *testing.T) {
	t.Helper()
	text, ok := get(t, s.base+"index/he/ld/held")
	if !ok {
		t.Error("the index has nothing of what was never touched")
		return
	}
	for range 20 {
		for line := range strings.Lines(text) {
			var e struct{ Vers, Cksum string }
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				t.Errorf("a line is %q", line)
			}
			if e.Vers != "1.2.0" {
				continue
			}
			data, ok := get(t, s.base+"crates/held/held-1.2.0.crate")
			if ok && cargotest.Checksum([]byte(data)) == e.Cksum {
				return
			}
		}
		now, _ := get(t, s.base+"index/he/ld/held")
		if !strings.Contains(now, `"vers":"1.2.0"`) {
			return
		}
		text = now
	}
	t.Errorf("it lists %q, of which there is no archive", text)
}

func get(t *testing.T, url string) (body string, ok bool) {
	r, err := http.Get(url)
	if err != nil {
		t.Error(err)
		return "", false
	}
	defer r.Body.Close()
	data, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != 200 && r.StatusCode != 404 && r.StatusCode != 503 {
		t.Errorf("%s: status %d (%v)", url, r.StatusCode, err)
	}
	return string(data), r.StatusCode == 200
}

// An archive is read once, and again when it is another file or has changed; what is not right
// is named once.
func TestBeside_read(t *testing.T) {
	home := newHeldHome(t)
	reads, leftOut := 0, 0
	var mu sync.Mutex
	s := newLiveSite(t, home, func(_ *serve.Options, o *registry.LiveOptions) {
		o.Read = func(int64) { mu.Lock(); reads++; mu.Unlock() }
		o.LeftOut = func(registry.LeftOut) { mu.Lock(); leftOut++; mu.Unlock() }
	})
	index, archive := request{path: "index/1/a", status: 200}, request{path: "crates/a/a-1.0.0.crate", status: 200}
	is := func(what string, wantReads, wantLeftOut int) {
		t.Helper()
		if reads != wantReads || leftOut != wantLeftOut {
			t.Errorf("%s: archives were read %d times, and left out %d", what, reads, leftOut)
		}
	}
	for range 3 {
		index.run(t, s.base)
		archive.run(t, s.base)
	}
	is("at first", 1, 0)
	path := home.Registry(cargotest.CratesIO).ArchivePath("a-1.0.0")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	bad := append([]byte(nil), data...)
	bad[len(bad)/2] ^= 1
	if err := os.WriteFile(path, bad, 0o666); err != nil { // the same file, of the same size
		t.Fatal(err)
	}
	if !cargotest.Portable { // where nothing but the times of files is told
		_ = os.Chtimes(path, info.ModTime(), info.ModTime())
	}
	for range 3 {
		request{path: archive.path, status: 404}.run(t, s.base)
		request{path: index.path, status: 404}.run(t, s.base)
	}
	is("when it is damaged", 2, 1)
	replace(t, path, data)
	archive.run(t, s.base)
	index.run(t, s.base)
	is("when it is right again", 3, 1)
}
