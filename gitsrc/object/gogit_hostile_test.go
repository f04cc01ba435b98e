//go:build unix

package object

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/storer"
)

// hostile are objects made to harm whoever reads them, in packs whose indexes are as they
// should be, or loose. None is one that could be had.
var hostile = []struct {
	name  string
	write func(t *testing.T, dir string) plumbing.Hash
}{
	{"delta by way of 1 GiB", byWayOf(1 << 30)},
	{"delta on itself", onePack(func() []byte { return packEntry(plumbing.REFDeltaObject, 4, someHash[:], []byte{1, 1, 0x90, 1}) })},
	{"base is missing", onePack(func() []byte { return packEntry(plumbing.REFDeltaObject, 4, make([]byte, 20), []byte{1, 1, 0x90, 1}) })},
	{"20,000 deltas in a row", manyDeltas},
	{"size overflows", onePack(func() []byte { return append([]byte{0xb0}, bytes.Repeat([]byte{0xff}, 20)...) })},
	{"more than it says", onePack(func() []byte { return packEntry(plumbing.BlobObject, 4, nil, make([]byte, 1<<20)) })},
	{"less than it says", onePack(func() []byte { return packEntry(plumbing.BlobObject, 4, nil, []byte{1}) })},
	{"another object", onePack(func() []byte { return packEntry(plumbing.BlobObject, 1, nil, []byte{1}) })},
	{"pack is cut", onePack(func() []byte {
		entry := packEntry(plumbing.BlobObject, 1<<15, nil, bytes.Repeat([]byte("0123456789abcdef"), 1<<11))
		return entry[:len(entry)/2]
	})},
	{"index of 2^31 objects", func(t *testing.T, dir string) plumbing.Hash {
		idx := append([]byte("\xfftOc\x00\x00\x00\x02"), bytes.Repeat([]byte{0x7f, 0xff, 0xff, 0xff}, 256)...)
		writePack(t, dir, append(idx, make([]byte, 4096)...), packHead)
		return someHash
	}},
	{"offset beyond the pack", func(t *testing.T, dir string) plumbing.Hash {
		writeEntries(t, dir, nil, map[plumbing.Hash]int{someHash: 1 << 30})
		return someHash
	}},
	{"loose, another object", loose("blob 1\x00x", 0)},
	{"loose, less than it says", loose("blob 1000000000\x00x", 0)},
	{"loose, a head of 600 MiB", loose("", 600<<20)},
	{"a pipe for a loose object", pipeAt("objects/" + filepath.ToSlash(looseName(someHash)))},
	{"a pipe for an index", pipeAt("objects/pack/" + packName + ".idx")},
	{"a link out of the repository", func(t *testing.T, dir string) plumbing.Hash {
		outside := t.TempDir()
		symlink(t, outside, filepath.Join(dir, "objects"))
		return secret(t, outside)
	}},
	{"alternates out of the home", func(t *testing.T, dir string) plumbing.Hash {
		outside := t.TempDir()
		writeIn(t, dir, "objects/info/alternates", outside+"\n")
		return secret(t, outside)
	}},
}

const (
	packSum  = "0123456789012345678901234567890123456789"
	packName = "pack-" + packSum
)

var packHead = []byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01")

func writePack(t *testing.T, dir string, idx, pack []byte) {
	writeIn(t, dir, "objects/pack/"+packName+".idx", string(idx))
	writeIn(t, dir, "objects/pack/"+packName+".pack", string(pack))
}

// writeEntries writes a pack with its index, in which the entries have names.
func writeEntries(t *testing.T, dir string, entries []byte, at map[plumbing.Hash]int) {
	var w idxfile.Writer
	for name, offset := range at {
		w.Add(name, uint64(offset), 0)
	}
	pack := slices.Concat(packHead, entries, make([]byte, 20))
	var b bytes.Buffer
	err := w.OnFooter(plumbing.NewHash(packSum)) // or go-git takes none of it
	if err == nil {
		idx, _ := w.Index()
		_, err = idxfile.NewEncoder(&b).Encode(idx)
	}
	if err != nil {
		t.Fatal(err)
	}
	writePack(t, dir, b.Bytes(), pack)
}

// named are names of entries that are nothing's.
func named(i int) plumbing.Hash { return plumbing.ComputeHash(plumbing.TagObject, fmt.Append(nil, i)) }

func onePack(entry func() []byte) func(*testing.T, string) plumbing.Hash {
	return func(t *testing.T, dir string) plumbing.Hash {
		writeEntries(t, dir, entry(), map[plumbing.Hash]int{someHash: len(packHead)})
		return someHash
	}
}

// byWayOf is an object of 100 bytes that is made of one of size, as growing is.
func byWayOf(size int) func(*testing.T, string) plumbing.Hash {
	return func(t *testing.T, dir string) plumbing.Hash {
		_, pack, h := growing(size)
		at := map[plumbing.Hash]int{}
		for i, offset := range entriesOf(t, pack) {
			at[named(i)] = offset
			if i == 2 {
				delete(at, named(i))
				at[h] = offset
			}
		}
		writeEntries(t, dir, pack[len(packHead):], at)
		return h
	}
}

// entriesOf returns where the entries of a pack begin.
func entriesOf(t *testing.T, pack []byte) (at []int) {
	s := packfile.NewScanner(bytes.NewReader(pack))
	for range 3 {
		h, err := s.NextObjectHeader()
		if err != nil {
			t.Fatal(err)
		}
		at = append(at, int(h.Offset))
	}
	return at
}

// manyDeltas is an object that is its base with nothing changed, again and again.
func manyDeltas(t *testing.T, dir string) plumbing.Hash {
	pack := bytes.Clone(packHead)
	at := map[plumbing.Hash]int{named(0): len(pack)}
	last := len(pack)
	pack = append(pack, packEntry(plumbing.BlobObject, 1, nil, []byte("x"))...)
	same := deflate([]byte{1, 1, 0x90, 1})
	for i := range 20_000 {
		at[named(i+1)] = len(pack)
		pack = append(pack, byte(plumbing.OFSDeltaObject)<<4|4)
		pack = append(append(pack, baseOffset(at[named(i+1)]-last)...), same...)
		last = at[named(i+1)]
	}
	h := plumbing.ComputeHash(plumbing.BlobObject, []byte("x"))
	delete(at, named(20_000))
	at[h] = last
	writeEntries(t, dir, pack[len(packHead):], at)
	return h
}

// loose is a loose object of a text, and so many bytes more.
func loose(text string, more int) func(*testing.T, string) plumbing.Hash {
	return func(t *testing.T, dir string) plumbing.Hash {
		var b bytes.Buffer
		z, err := zlib.NewWriterLevel(&b, zlib.BestSpeed)
		if err != nil {
			t.Fatal(err)
		}
		z.Write([]byte(text))
		for part := bytes.Repeat([]byte{'b'}, 1<<20); more > 0; more -= len(part) {
			z.Write(part)
		}
		z.Close()
		writeIn(t, dir, "objects/"+filepath.ToSlash(looseName(someHash)), b.String())
		return someHash
	}
}

// secret is an object in a folder that is nobody's repository.
func secret(t *testing.T, objects string) plumbing.Hash {
	h := plumbing.ComputeHash(plumbing.BlobObject, []byte("secret"))
	writeIn(t, objects, filepath.ToSlash(looseName(h)), string(deflate([]byte("blob 6\x00secret"))))
	return h
}

func pipeAt(name string) func(*testing.T, string) plumbing.Hash {
	return func(t *testing.T, dir string) plumbing.Hash {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), syscall.Mkfifo(path, 0o666)); err != nil {
			t.Skip(err)
		}
		return someHash
	}
}

// Each is refused, soon and with little memory. What go-git makes of it is logged, for the
// table of the package comment.
func TestHostile(t *testing.T) {
	for _, h := range hostile {
		t.Run(strings.ReplaceAll(h.name, " ", "_"), func(t *testing.T) {
			dir := t.TempDir()
			writeIn(t, dir, "HEAD", "ref: refs/heads/master\n")
			name := h.write(t, dir)
			before, start := allocated(), time.Now()
			db, err := OpenDB(dir, dir, NewBudget())
			if err == nil {
				defer db.Close()
				_, err = db.Read(t.Context(), name, plumbing.BlobObject, 64<<10)
			}
			if took := allocated() - before; err == nil || took > 32<<20 || time.Since(start) > 5*time.Second {
				t.Errorf("%v, %d bytes allocated, %v", err, took, time.Since(start))
			}
			if testing.Verbose() {
				t.Logf("here: %v\ngo-git: %s", err, besideIt(t, dir, name))
			}
		})
	}
}

// hostileHeads are what HEAD may be in place of a reference.
var hostileHeads = []struct {
	name  string
	write func(t *testing.T, dir string)
}{
	{"a pipe", func(t *testing.T, dir string) { pipeAt("HEAD")(t, dir) }},
	{"600 MiB", func(t *testing.T, dir string) {
		writeIn(t, dir, "HEAD", "x")
		if err := os.Truncate(filepath.Join(dir, "HEAD"), 600<<20); err != nil {
			t.Skip(err)
		}
	}},
	{"itself", func(t *testing.T, dir string) { writeIn(t, dir, "HEAD", "ref: HEAD\n") }},
	{"a name that climbs", func(t *testing.T, dir string) {
		writeIn(t, dir, "../outside", someHash.String())
		writeIn(t, dir, "HEAD", "ref: refs/../../outside\n")
	}},
	{"a file that is none", func(t *testing.T, dir string) {
		writeIn(t, dir, "config", someHash.String())
		writeIn(t, dir, "HEAD", "ref: config\n")
	}},
	{"a link out", func(t *testing.T, dir string) {
		writeIn(t, dir, "../outside", someHash.String())
		symlink(t, "../outside", filepath.Join(dir, "HEAD"))
	}},
	{"no name of an object", func(t *testing.T, dir string) { writeIn(t, dir, "HEAD", strings.Repeat("g", 40)) }},
}

// No HEAD is one that leads elsewhere, or is waited for.
func TestHostileHeads(t *testing.T) {
	for _, h := range hostileHeads {
		t.Run(strings.ReplaceAll(h.name, " ", "_"), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "git")
			writeIn(t, dir, "objects/info/x", "")
			h.write(t, dir)
			got, err := HeadOf(dir)
			if err == nil {
				t.Errorf("HEAD is %s", got)
			}
			if testing.Verbose() {
				t.Logf("here: %v\ngo-git: %s", err, besideIt(t, dir, plumbing.ZeroHash))
			}
		})
	}
}

// What a reader of its own ends with.
const (
	exitRefused = 10 + iota
	exitWrong
	exitMemory
)

// besideIt has go-git read an object, or HEAD for none, in a process of its own, and says how
// that ended.
func besideIt(t *testing.T, dir string, h plumbing.Hash) string {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestGoGitReads$")
	cmd.Env = append(os.Environ(), goGitReads+"="+dir+" "+h.String())
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		return err.Error()
	}
	switch code := cmd.ProcessState.ExitCode(); {
	case ctx.Err() != nil:
		return "waits"
	case code == 0:
		return "reads it"
	case code == exitRefused:
		return fmt.Sprintf("refuses it: %s", bytes.TrimSpace(out))
	case code == exitWrong:
		return "gives another object"
	case code == exitMemory:
		return "takes more than 512 MiB"
	}
	first, _, _ := bytes.Cut(out, []byte("\n\n"))
	return fmt.Sprintf("crashes: %.120s", first)
}

const goGitReads = "CARGOHOME_GOGIT_READS"

// TestGoGitReads is what besideIt runs.
func TestGoGitReads(t *testing.T) {
	dir, name, ok := strings.Cut(os.Getenv(goGitReads), " ")
	if !ok {
		t.Skip("for TestHostile alone")
	}
	debug.SetMaxStack(64 << 20)
	go func() {
		var m runtime.MemStats
		for ; m.Sys < 512<<20; time.Sleep(time.Millisecond) {
			runtime.ReadMemStats(&m)
		}
		os.Exit(exitMemory)
	}()
	s, h := benchRepo{dir: dir}.storage(), plumbing.NewHash(name)
	var err error
	if h.IsZero() {
		_, err = storer.ResolveReference(s, plumbing.HEAD)
	} else {
		err = hashGoGit(s, h)
	}
	switch {
	case errors.Is(err, errWrong):
		os.Exit(exitWrong)
	case err != nil:
		fmt.Println(err)
		os.Exit(exitRefused)
	}
	os.Exit(0)
}
