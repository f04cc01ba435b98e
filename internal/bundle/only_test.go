package bundle_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"cargohome/internal/bundle"
	"cargohome/internal/cargotest"
	"cargohome/internal/redeflate"
)

// several has archives of more than one group.
func several() contents { return maps.Clone(madeSeveral()) }

var madeSeveral = sync.OnceValue(func() contents {
	c := sample()
	for i := range 4 {
		noise := make([]byte, 1<<20+i)
		rand.NewChaCha8([32]byte{}).Read(noise) // which never fails
		files := []cargotest.File{{Path: "x", Content: string(noise)}}
		name := "group" + string('a'+rune(i))
		c[cache+name+"-1.0.0.crate"] = string(cargotest.Crate{Name: name, Version: "1.0.0", Encoder: redeflate.ZlibRs06, Files: files}.Archive())
	}
	return c
})

// watched counts what is read of a bundle, some of it ahead.
type watched struct {
	*bytes.Reader
	n atomic.Int64
}

func (w *watched) ReadAt(p []byte, at int64) (int, error) {
	n, err := w.Reader.ReadAt(p, at)
	w.n.Add(int64(n))
	return n, err
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	w.n.Add(int64(n))
	return n, err
}

// readOnly reads the entries whose paths have a text in them.
func readOnly(data []byte, in string, seekable bool) (got contents, read int64, err error) {
	file := &watched{Reader: bytes.NewReader(data)}
	r, err := bundle.NewReader(file, nil)
	if err != nil {
		return nil, 0, err
	}
	defer r.Close()
	var at io.ReaderAt
	if seekable {
		at = file
	}
	r.Only(at, int64(len(data)), func(e *bundle.Entry) bool { return strings.Contains(e.Path, in) })
	got = contents{}
	for {
		e, err := r.Next()
		if err == io.EOF {
			return got, file.n.Load(), nil
		}
		if err != nil {
			return got, file.n.Load(), err
		}
		text, err := io.ReadAll(r)
		if err != nil {
			return got, file.n.Load(), err
		}
		got[e.Path] = string(text)
	}
}

// What is asked for is what all of the bundle has of it, and little else is read.
func TestReader_only(t *testing.T) {
	c := several()
	data := write(t, c, archivesOf(c), small(0))
	_, whole, err := readAll(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []string{"groupa", "groupd", "group", "config.json", "a-1.0.0", "none", "", "empty"} {
		for _, seekable := range []bool{true, false} {
			got, read, err := readOnly(data, in, seekable)
			if err != nil {
				t.Errorf("%q: %v", in, err)
			}
			for path, text := range whole {
				if have, found := got[path]; found != strings.Contains(path, in) || found && have != text {
					t.Errorf("%q: %s is found: %v", in, path, found)
				}
			}
			if n := int64(len(data)); seekable && (in == "groupd" || in == "config.json") && read > n/2 {
				t.Errorf("%q: %d bytes of %d were read", in, read, n)
			}
		}
	}
}

// eachLie calls try with a bundle whose table lies, each time otherwise.
func eachLie(t *testing.T, sound []byte, try func(name string, data []byte)) {
	count := int(binary.LittleEndian.Uint32(sound[len(sound)-9:]))
	table := len(sound) - 9 - 8*count
	for at := range count {
		if testing.Short() && at%4 != 0 {
			continue
		}
		for _, field := range []int{0, 4} {
			for _, n := range []uint32{0, 1 << 20, 1<<32 - 1} {
				data := slices.Clone(sound)
				binary.LittleEndian.PutUint32(data[table+8*at+field:], n)
				try(fmt.Sprintf("frame %d, field %d, %d", at, field, n), data)
			}
		}
	}
	for _, n := range []uint32{0, 1, uint32(count - 1), uint32(count + 1), 1<<32 - 1} {
		data := slices.Clone(sound)
		binary.LittleEndian.PutUint32(data[len(data)-9:], n)
		try(fmt.Sprintf("%d frames", n), data)
	}
}

// A table that lies is refused by the entry that is not there, or not used at all.
func TestReader_only_hostile(t *testing.T) {
	c := several()
	sound := write(t, c, archivesOf(c), small(0))
	_, whole, err := readAll(sound, nil)
	if err != nil {
		t.Fatal(err)
	}
	eachLie(t, sound, func(name string, data []byte) { isReadOrRefused(t, name, data, whole) })
}

// isReadOrRefused reads an archive of a bundle, which is the right one, or not handed on.
func isReadOrRefused(t *testing.T, name string, data []byte, want contents) {
	t.Helper()
	got, _, err := readOnly(data, "groupc", true)
	if err != nil {
		if !strings.Contains(err.Error(), "groupc-1.0.0.crate") {
			t.Errorf("%s: %v", name, err)
		}
		return
	}
	if path := cache + "groupc-1.0.0.crate"; len(got) != 1 || got[path] != want[path] {
		t.Errorf("%s: %d entries, or another content", name, len(got))
	}
}
