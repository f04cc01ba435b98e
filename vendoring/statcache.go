package vendoring

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"cargohome/crate"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/staging"
)

// statCache remembers of folders that were proven unchanged what the file system
// says of them, so that the next run need not read them: types, sizes, modes, inodes,
// and the times of modification and change of every file on record and every folder.
// It is a file of text:
//
//	cargohome stat cache 2
//	/path/of/the/vendor/folder
//	serde ARCHIVE-SHA256 DIGEST
//	…
//	SHA256 of the lines above
//
// The time of change is the kernel's: programs cannot set it, and a write always
// moves it. What could deceive the cache is a write within the same tick of the
// file system's clock as the last one before the proof. As git does with its index,
// such folders are not remembered: all in one must be older than the run that
// proved it began, by more than a tick.
//
// What is not seen is a page of a file that somebody has mapped and writes to: its times
// change when the page is first written to after the system wrote it back, so a second
// write to it shows only with the next writing back, seconds later, or with msync or
// munmap; on tmpfs, which is never written back, not before the mapping is made anew.
// Nobody can ask for that state. Who edits vendored files through mappings has
// --no-stat-cache.
//
// It is safe for concurrent use.
type statCache struct {
	path  string
	dest  string
	began int64 // by the clock of the vendor folder's file system, in nanoseconds

	old map[string]remembered // by folder, as it was read

	mu    sync.Mutex
	fresh map[string]remembered
}

// remembered is a folder as it was when it was proven.
type remembered struct {
	archive crate.Checksum
	digest  digest
}

// digest is the SHA-256 of what the file system says of a folder.
type digest [sha256.Size]byte

const statCacheHead = "cargohome stat cache 2\n"

// openStatCache reads the cache of the vendor folder dest, in which stage was just
// made. One that another user could have written is as good as none. A cache that cannot be read is an empty one. It is nil, which is
// none, if path is "".
func openStatCache(path, dest string, stage *staging.Dir) *statCache {
	if path == "" || runtime.GOOS != "linux" || strings.Contains(dest, "\n") {
		return nil
	}
	began, err := stage.Made()
	if err != nil || began.IsZero() { // without the time of change a cache would believe too much
		return nil
	}
	c := &statCache{path: path, dest: dest, began: began.UnixNano(), fresh: map[string]remembered{}}
	if text, err := staging.ReadOwn(path, maxRecord); err == nil {
		c.old = parseStatCache(text, dest)
	}
	return c
}

// parseStatCache returns nothing for a text that is damaged, or for another folder.
func parseStatCache(text []byte, dest string) map[string]remembered {
	const sumLine = 2*sha256.Size + 1
	if len(text) < sumLine {
		return nil
	}
	body, sum := text[:len(text)-sumLine], text[len(text)-sumLine:]
	rest, ok := bytes.CutPrefix(body, []byte(statCacheHead+dest+"\n"))
	if !ok || string(sum) != sumText(body) {
		return nil
	}
	all := map[string]remembered{}
	for line := range bytes.Lines(rest) {
		folder, r, ok := parseRemembered(string(line))
		if !ok {
			return nil
		}
		all[folder] = r
	}
	return all
}

func sumText(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:]) + "\n"
}

func parseRemembered(line string) (folder string, r remembered, ok bool) {
	var archive, stat string
	if n, err := fmt.Sscanf(line, "%s %64s %64s\n", &folder, &archive, &stat); n != 3 || err != nil {
		return "", r, false
	}
	sum, err := crate.ParseChecksum(archive)
	if err != nil || len(stat) != 2*len(r.digest) {
		return "", r, false
	}
	_, err = hex.Decode(r.digest[:], []byte(stat))
	r.archive = sum
	return folder, r, err == nil
}

// recall returns what is remembered of the folder of s, if that is as it was.
func (c *statCache) recall(s *Step, now stats) (Result, bool) {
	r, ok := c.old[s.Folder]
	if !ok || r.archive != *s.Checksum || r.digest != now.digest {
		return Result{}, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fresh[s.Folder] = r
	return Result{Kept, now.files, now.bytes}, true
}

// remember takes in a folder that was proven, as it was before the proof began.
func (c *statCache) remember(s *Step, then stats) {
	if then.newest+then.tick() >= c.began {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fresh[s.Folder] = remembered{*s.Checksum, then.digest}
}

// save writes what is remembered, if it differs from what was. It may fail: the
// cache saves time, and nothing rests on it.
func (c *statCache) save(ctx context.Context) {
	if c != nil && !maps.Equal(c.old, c.fresh) {
		_ = staging.Replace(ctx, c.path, c.text())
	}
}

func (c *statCache) text() []byte {
	var b bytes.Buffer
	b.WriteString(statCacheHead + c.dest + "\n")
	for _, folder := range slices.Sorted(maps.Keys(c.fresh)) {
		r := c.fresh[folder]
		fmt.Fprintf(&b, "%s %s %x\n", folder, r.archive, r.digest)
	}
	b.WriteString(sumText(b.Bytes()))
	return b.Bytes()
}

// StatCachePath is where the stat cache of the vendor folder dest is in a Cargo home:
// in a folder of our own, which Cargo does not know.
func StatCachePath(cargoHome, dest string) string {
	sum := sha256.Sum256([]byte(dest))
	return filepath.Join(cargoHome, home.OwnPath, fmt.Sprintf("vendor-%x.stat", sum[:8]))
}

// stats is what the file system says of all that is in a folder.
type stats struct {
	digest digest
	newest int64 // the latest time of change or modification, in nanoseconds
	fine   bool  // times have fractions of a second
	files  int   // on record
	bytes  int64 // of those files
}

// tick is more than the least time between two times that the file system tells
// apart: the kernel's clock ticks at least 100 times a second, and some file systems
// know whole or even seconds only.
func (s stats) tick() int64 {
	if s.fine {
		return int64(20 * time.Millisecond)
	}
	return int64(2100 * time.Millisecond)
}

// look returns the stats of the folder that p began with. It goes by the record: of a
// folder that was proven, all files are on record, and one that is added or removed
// moves the times of the folder it is in.
func (p *prover) look() (stats, bool) {
	var s stats
	p.sum.Reset()
	ok := p.lookAt(&s, ".") && p.lookAt(&s, crate.ChecksumFile)
	before := ""
	for i := 0; i < len(p.files) && ok; i++ {
		path := p.files[i].Path
		for end := range path {
			if path[end] == '/' && !strings.HasPrefix(before, path[:end+1]) { // a folder not seen yet
				ok = ok && p.lookAt(&s, path[:end])
			}
		}
		ok = ok && p.lookAtFile(&s, path)
		before = path
	}
	p.sum.Sum(s.digest[:0])
	return s, ok
}

// lookAtFile takes in a file on record, and counts it: the size is known here, and need
// not be believed of the cache.
func (p *prover) lookAtFile(s *stats, path string) bool {
	one, ok := p.takeIn(s, path)
	s.files++
	s.bytes += one.Size
	return ok
}

// lookAt takes in one file or folder.
func (p *prover) lookAt(s *stats, path string) bool {
	_, ok := p.takeIn(s, path)
	return ok
}

func (p *prover) takeIn(s *stats, path string) (fsx.Entry, bool) {
	e, err := p.root.StatBelow(path)
	mtime, ctime := e.Modified.UnixNano(), e.Changed.UnixNano()
	b := append(append(p.line[:0], path...), 0)
	for _, v := range []uint64{uint64(e.Size), uint64(mtime), uint64(ctime), e.Ino, e.Dev, uint64(e.Mode)} {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	p.sum.Write(b)
	p.line = b
	s.newest = max(s.newest, ctime, mtime)
	s.fine = s.fine || ctime%int64(time.Second) != 0
	return e, err == nil
}
