// The portable way has no stat cache: it cannot tell files apart.

//go:build linux && !portable

package vendoring

import (
	"bytes"
	"cargohome/internal/compat"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cargohome/crate"
	"cargohome/internal/cargotest"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/lockfile"
	"cargohome/internal/staging"
)

// cached is a vendor folder of one package with a stat cache.
type cached struct {
	dest, home string
	crates     []cargotest.Crate
}

func newCached(t *testing.T) *cached {
	dir := t.TempDir()
	c := &cached{dest: filepath.Join(dir, "vendor"), home: filepath.Join(dir, "home"), crates: []cargotest.Crate{
		{Name: "a", Version: "1.0.0", Files: []cargotest.File{
			{Path: "src/deep/x", Content: "text"}, {Path: "top", Content: "text"}, {Path: "pot", Content: "TEXT"},
		}},
	}}
	if err := os.Mkdir(c.home, 0o777); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *cached) open() *StatCache {
	return OpenStatCache(compat.Rule{}, c.home, c.dest, locate.Manifests{})
}

// run vendors and returns what became of the package.
func (c *cached) run(t *testing.T) Action {
	t.Helper()
	results, err := plan(t, c.dest, c.crates...).Write(t.Context(), WriteOptions{StatCache: c.open()})
	if err != nil {
		t.Fatal(err)
	}
	return results[0].Action
}

// recalls reports whether the next run will go by the cache.
func (c *cached) recalls(t *testing.T) bool {
	t.Helper()
	p := plan(t, c.dest, c.crates...)
	var prove prover
	if !prove.begin(t.Context(), c.dest, &p.Steps[0]) {
		return false
	}
	defer prove.end()
	looks, ok := prove.look()
	if !ok {
		return false
	}
	res, ok := looks.result(), c.open().recall(&prove, "a", *p.Steps[0].Checksum, looks)
	if files, _ := prove.unchanged(); ok && (res != result(Kept, files) || res.Files != 7 || res.Bytes == 0) {
		t.Errorf("recalled is %+v", res)
	}
	return ok
}

// proven makes the folder and has it remembered.
func (c *cached) proven(t *testing.T) {
	t.Helper()
	c.run(t)
	time.Sleep(40 * time.Millisecond) // more than a tick
	if action := c.run(t); action != Kept || !c.recalls(t) {
		t.Fatalf("a folder that is %s, and proven later, is not remembered", action)
	}
}

// written makes the folder, and has it remembered as it was written: something else is
// written more than a tick later.
func (c *cached) written(t *testing.T) {
	t.Helper()
	wait := func(s Step, _ Result) { time.Sleep(40 * time.Millisecond) }
	if _, err := plan(t, c.dest, c.crates...).Write(t.Context(), WriteOptions{StatCache: c.open(), Observe: wait}); err != nil {
		t.Fatal(err)
	}
	if !c.recalls(t) {
		t.Fatal("a folder that was written is not remembered")
	}
}

// stepOf is a step of an archive, the folder of which is "a".
func stepOf(sum crate.Checksum) *Step {
	return &Step{Package: locate.Package{Package: lockfile.Package{Checksum: &sum}, Archives: make([]home.Archive, 1)}, Folder: "a"}
}

// What was written a moment before the run is not remembered: it could change within
// the same tick.
func TestStatCache_racy(t *testing.T) {
	const began = int64(1e18)
	for age, want := range map[time.Duration][2]bool{ // with fractions of seconds, and without
		-time.Millisecond:     {false, false},
		10 * time.Millisecond: {false, false},
		30 * time.Millisecond: {true, false},
		2 * time.Second:       {true, false},
		3 * time.Second:       {true, true},
	} {
		for i, fine := range []bool{true, false} {
			c := &StatCache{began: began, fresh: map[string]noted{}}
			c.proven(stepOf(crate.Checksum{1}), stats{newest: began - int64(age), fine: fine})
			if next, _ := c.next(); (len(next) == 1) != want[i] {
				t.Errorf("written %v before, with fine times %v: remembered are %v", age, fine, next)
			}
		}
	}
}

// at is a path in the folder of the package.
func (c *cached) at(path string) string {
	return filepath.Join(c.dest, "a", filepath.FromSlash(path))
}

// changes are what may happen to a folder between two runs.
var changes = map[string]func(c *cached) error{
	"content": func(c *cached) error {
		info, err := os.Stat(c.at("src/deep/x"))
		if err == nil {
			err = os.WriteFile(c.at("src/deep/x"), []byte("evil"), 0o666)
		}
		if err == nil {
			err = os.Chtimes(c.at("src/deep/x"), info.ModTime(), info.ModTime())
		}
		return err
	},
	"content_on_top": func(c *cached) error {
		err := os.WriteFile(c.at("top"), []byte("evil"), 0o666)
		if err == nil {
			err = os.Chtimes(c.at("top"), time.Unix(1, 0), time.Unix(1, 0))
		}
		return err
	},
	"exchanged": func(c *cached) error {
		return errors.Join(os.Rename(c.at("top"), c.at("x")), os.Rename(c.at("pot"), c.at("top")), os.Rename(c.at("x"), c.at("pot")))
	},
	"file_more_on_top": func(c *cached) error {
		return errors.Join(os.WriteFile(c.at("more"), nil, 0o666), os.Chtimes(c.at("."), time.Unix(1, 0), time.Unix(1, 0)))
	},
	"file_less_on_top": func(c *cached) error { return os.Remove(c.at("top")) },
	"record": func(c *cached) error {
		return os.WriteFile(c.at(crate.ChecksumFile), []byte(`{"files":{},"package":null}`), 0o666)
	},
	"file_more":   func(c *cached) error { return os.WriteFile(c.at("src/deep/y"), nil, 0o666) },
	"folder_more": func(c *cached) error { return os.Mkdir(c.at("empty"), 0o777) },
	"file_less":   func(c *cached) error { return os.Remove(c.at("src/lib.rs")) },
	"renamed":     func(c *cached) error { return os.Rename(c.at("src/lib.rs"), c.at("src/lib.ry")) },
	"mode":        func(c *cached) error { return os.Chmod(c.at("src/lib.rs"), 0o755) },
	"swapped": func(c *cached) error {
		copied := c.at("../.copy")
		data, err := os.ReadFile(c.at("src/deep/x"))
		if err == nil {
			err = os.WriteFile(copied, data, 0o666)
		}
		if err == nil {
			err = os.Rename(copied, c.at("src/deep/x"))
		}
		return err
	},
}

// Whatever is done to a folder that is remembered is noticed, also if size and time
// of modification are put back.
func TestStatCache_notices(t *testing.T) {
	for name, change := range changes {
		for how, prepare := range map[string]func(*cached, *testing.T){"proven": (*cached).proven, "written": (*cached).written} {
			t.Run(name+"/"+how, func(t *testing.T) {
				c := newCached(t)
				prepare(c, t)
				if err := change(c); err != nil {
					t.Fatal(err)
				}
				if c.recalls(t) {
					t.Error("not noticed")
				}
				want := Written
				if name == "mode" || name == "swapped" {
					want = Kept // the content is as it was
				}
				if got := c.run(t); got != want {
					t.Errorf("the package is %s, want %s", got, want)
				}
			})
		}
	}
}

// What was written is known if nothing of it changed before or after the writing, by the
// clock, and there are no more folders than were made.
func TestStatCache_written(t *testing.T) {
	c := newCached(t)
	c.run(t)
	c.crates = append(c.crates, cargotest.Crate{Name: "b", Version: "1.0.0"}) // into what exists
	c.crates[0].Files[0].Content = "other"
	c.written(t)
	was := c.open().old()["a"]
	for name, change := range map[string]func(r *remembered, s *stats){
		"nothing":        func(r *remembered, s *stats) {},
		"later":          func(r *remembered, s *stats) { s.last = r.to },
		"just_now":       func(r *remembered, s *stats) { s.last = r.to - s.tick() },
		"before":         func(r *remembered, s *stats) { s.first = r.from - 1 },
		"modified_later": func(r *remembered, s *stats) { s.top.Modified = time.Unix(0, r.to) },
		"another_device": func(r *remembered, s *stats) { s.otherDevice = true },
		"another_folder": func(r *remembered, s *stats) { s.folders++ },
		"other_content":  func(r *remembered, s *stats) { r.digest[0]++ },
	} {
		var prove prover
		p := plan(t, c.dest, c.crates...)
		if !prove.begin(t.Context(), c.dest, &p.Steps[0]) {
			t.Fatal("it has no record")
		}
		looks, _ := prove.look()
		r := was
		change(&r, &looks)
		if got := r.isOf(&prove, looks); got != (name == "nothing") {
			t.Errorf("%s: known is %v", name, got)
		}
		prove.end()
	}
	if was.to == 0 {
		t.Error("it was proven")
	}
}

// What was written a moment ago is not known: it could change within the same tick.
func TestStatCache_just_written(t *testing.T) {
	c := newCached(t)
	began := time.Now()
	c.run(t)
	if took := time.Since(began); c.recalls(t) && took < 15*time.Millisecond {
		t.Errorf("remembered after %v", took)
	}
}

// What is remembered is of one folder, one archive, and not damaged.
func TestStatCache_is_of_one_folder(t *testing.T) {
	c := newCached(t)
	c.proven(t)
	text, err := os.ReadFile(statCachePath(c.home, c.dest))
	if err != nil {
		t.Fatal(err)
	}
	if got := parseStatCache(text, c.dest+"2"); len(got) > 0 {
		t.Errorf("for another folder: %v", got)
	}
	for i := range text {
		damaged := bytes.Clone(text)
		damaged[i] ^= 1
		if got := parseStatCache(damaged, c.dest); len(got) > 0 {
			t.Errorf("damaged at %d: %v", i, got)
		}
	}
	c.crates[0].Files[0].Content = "another archive"
	if c.recalls(t) {
		t.Error("recalled for another archive")
	}
	if got := c.run(t); got != Written {
		t.Errorf("another archive is %s", got)
	}
}

// What a run left that was killed while it wrote the cache goes with the next, also if
// that has nothing to write.
func TestStatCache_sweeps(t *testing.T) {
	c := newCached(t)
	c.proven(t)
	left := filepath.Join(filepath.Dir(statCachePath(c.home, c.dest)), staging.Prefix+"1")
	if err := os.WriteFile(left, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c.run(t)
	if _, err := os.Lstat(left); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is there still (%v)", err)
	}
}

// Where the cache cannot be written nothing else suffers.
func TestStatCache_cannot_be_written(t *testing.T) {
	c := newCached(t)
	if err := os.WriteFile(filepath.Join(c.home, "cargohome"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	c.run(t)
	time.Sleep(40 * time.Millisecond)
	if got := c.run(t); got != Kept {
		t.Errorf("the package is %s, want kept", got)
	}
}

// No counts that are printed are believed of the cache; a text of another form, as were
// earlier ones, is none.
func TestParseStatCache_counts(t *testing.T) {
	zeros := strings.Repeat("0", 64)
	for line, want := range map[string]int{
		"a " + zeros + " " + zeros + " 0 0\n":                            1,
		"a " + zeros + " " + zeros + " 1 9223372036854775807\n":          1,
		"a " + zeros + " " + zeros + " 0 0 +\"x\" -\"y\" !\"a \\n b\"\n": 1,
		"a " + zeros + " " + zeros + "\n":                                0,
		"a " + zeros + " " + zeros + " 2 1\n":                            0,
		"a " + zeros + " " + zeros + " -5 9223372036854775807\n":         0,
		"a " + zeros + " " + zeros + " 0 0 \n":                           0,
		"a " + zeros + " " + zeros + " 0 0 x\n":                          0,
		"a " + zeros + " " + zeros + " 0 0 !\"x\n":                       0,
		" " + zeros + " " + zeros + " 0 0\n":                             0,
	} {
		body := []byte(statCacheHead + "/x\n" + line)
		if got := parseStatCache(append(body, sumText(body)...), "/x"); len(got) != want {
			t.Errorf("%q reads as %v", line, got)
		}
	}
}

func FuzzParseStatCache(f *testing.F) {
	const line = "a 0000000000000000000000000000000000000000000000000000000000000000 0000000000000000000000000000000000000000000000000000000000000000 0 0\n"
	f.Add([]byte(line), "/x")
	f.Add([]byte(line+"b"+line[1:len(line)-4]+"7 8 !\"\\u2028\"\n"), "")
	f.Fuzz(func(t *testing.T, lines []byte, dest string) {
		body := append([]byte(statCacheHead+dest+"\n"), lines...)
		read := parseStatCache(append(body, sumText(body)...), dest)
		if len(read) == 0 || strings.Contains(dest, "\n") {
			return
		}
		if again := parseStatCache(statCacheText(dest, read), dest); !maps.Equal(again, read) {
			t.Errorf("%v reads back as %v", read, again)
		}
	})
}
