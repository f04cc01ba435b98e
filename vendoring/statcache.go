package vendoring

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"cargohome/crate"
	"cargohome/internal/compat"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/staging"
)

// StatCache remembers of the packages in a vendor folder what the file system says of
// them, so that the next run need not read them: types, sizes, modes, inodes, and the
// times of modification and change of every file on record and every folder.
//
// The time of change is the kernel's: programs cannot set it, and a write always
// moves it. What could deceive the cache is a write within the same tick of the
// file system's clock as the last one before the proof. As git does with its index,
// such folders are not remembered: all in one must be older than the run that
// proved it began, by more than a tick.
//
// Of a package that was written is remembered only what was written, and when: to ask the
// file system for the rest would add a twentieth to the time it takes. So the next run
// asks, and believes what it finds if sizes are those of what was written, there is
// nothing else, and nothing of it changed before the writing began or after it ended,
// which is before anything was put in place. What was written in the last tick before
// that is not known.
//
// A package is remembered with what its content depends on: that of a registry with the
// checksum of its archive, that of a repository with its commit, and with what else
// has a say; see [StatCache.memo].
//
// What is not seen is a page of a file that somebody has mapped and writes to: its times
// change when the page is first written to after the system wrote it back, so a second
// write to it shows only with the next writing back, seconds later, or with msync or
// munmap; on tmpfs, which is never written back, not before the mapping is made anew.
// Nobody can ask for that state. Who edits vendored files through mappings has
// --no-stat-cache.
//
// It is safe for concurrent use. One that is nil remembers nothing.
type StatCache struct {
	path      string
	dest      string
	manifests locate.Manifests
	rule      compat.Rule
	old       func() map[string]remembered // by folder, read when it is first asked for

	// By the clock of the vendor folder's file system, in nanoseconds: when this run
	// began, and when all was written and nothing yet in place.
	began, ended int64

	mu    sync.Mutex
	known map[string]known // packages of repositories, by folder
	fresh map[string]noted
}

// memo is what is known of a package and not seen in its folder.
type memo struct {
	key     crate.Checksum // of all that its content depends on
	remarks string         // see [remark]
}

// remembered is a folder as it was when it was proven or written.
type remembered struct {
	memo
	digest   digest // of stats, or of what was written
	from, to int64  // when it was written; zero if it was proven
}

// noted is what is to be remembered of a folder.
type noted struct {
	remembered
	written bool
	settled int64      // when it was, or will be, too old to be changed unseen
	instead remembered // if that was not before this run
}

// OpenStatCache reads what is remembered of the vendor folder dest, which need not
// exist and is made by a rule, in a folder of our own in the Cargo home, which Cargo does not know. What
// another user could have written is as good as nothing, and so is what cannot be read.
// It is nil where the file system does not tell enough.
func OpenStatCache(rule compat.Rule, cargoHome, dest string, manifests locate.Manifests) *StatCache {
	dest = realPath(dest)
	if runtime.GOOS != "linux" || strings.Contains(dest, "\n") || !tellsChanges(cargoHome) {
		return nil
	}
	c := &StatCache{path: statCachePath(cargoHome, dest), dest: dest, manifests: manifests, rule: rule, known: map[string]known{}, fresh: map[string]noted{}}
	c.old = sync.OnceValue(c.read)
	return c
}

func (c *StatCache) read() map[string]remembered {
	text, err := staging.ReadOwn(c.path, maxRecord)
	if err != nil {
		return nil
	}
	return parseStatCache(text, c.dest)
}

// tellsChanges: without the time of change a cache would believe too much.
func tellsChanges(dir string) bool {
	e, err := fsx.Lstat(dir)
	return err == nil && !e.Changed.IsZero()
}

func statCachePath(cargoHome, dest string) string {
	sum := sha256.Sum256([]byte(dest))
	return filepath.Join(cargoHome, home.OwnPath, fmt.Sprintf("vendor-%x.stat", sum[:8]))
}

// realPath follows links, of which the last may lie above what is missing.
func realPath(path string) string {
	real, err := filepath.EvalSymlinks(path)
	switch {
	case err == nil:
		return real
	case errors.Is(err, fs.ErrNotExist) && path != filepath.Dir(path):
		return filepath.Join(realPath(filepath.Dir(path)), filepath.Base(path))
	}
	return path
}

// recall reports whether the folder that p began with is as it was when it was
// remembered, with the same key, and goes on remembering it.
func (c *StatCache) recall(p *prover, folder string, key crate.Checksum, now stats) bool {
	r, ok := c.old()[folder]
	if !ok || r.key != key || !r.isOf(p, now) {
		return false
	}
	c.note(folder, noted{remembered: remembered{memo: r.memo, digest: now.digest}, settled: now.newest + now.tick(), instead: r})
	return true
}

func (r remembered) isOf(p *prover, now stats) bool {
	if r.to == 0 {
		return r.digest == now.digest
	}
	last := max(now.last, now.top.Modified.UnixNano())
	return r.from <= now.first && last+now.tick() < r.to && !now.otherDevice &&
		r.digest == contentOf(p.line[:0], p.files, now.folders) && p.holdsOnTop()
}

// proven takes in a folder that was proven, as it was before the proof began.
func (c *StatCache) proven(s *Step, then stats) {
	if m, ok := c.memo(s); ok {
		c.note(s.Folder, noted{remembered: remembered{memo: m, digest: then.digest}, settled: then.newest + then.tick()})
	}
}

// wrote takes in a folder that was written, by the digest of its content.
func (c *StatCache) wrote(s *Step, content digest) {
	if m, ok := c.memo(s); ok {
		c.note(s.Folder, noted{remembered: remembered{memo: m, digest: content}, written: true})
	}
}

func (c *StatCache) note(folder string, n noted) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fresh[folder] = n
}

// begin reads the clock of the vendor folder's file system, in which stage was just made.
func (c *StatCache) begin(stage *staging.Dir) {
	if c != nil {
		c.began = clock(stage)
	}
}

// end reads it when all was written to stage.
func (c *StatCache) end(stage *staging.Dir) {
	if c != nil {
		c.ended = clock(stage)
	}
}

// clock is 0 if it cannot be read: then nothing new is remembered.
func clock(stage *staging.Dir) int64 {
	now, err := stage.Now()
	if err != nil || now.IsZero() {
		return 0
	}
	return now.UnixNano()
}

// save writes what is remembered, if it differs from what was. It may fail: the
// cache saves time, and nothing rests on it.
func (c *StatCache) save(ctx context.Context) {
	if c == nil {
		return
	}
	next, anew := c.next()
	if !anew && maps.Equal(c.old(), next) {
		staging.SweepOwn(ctx, c.path) // as a run that was killed may have left its half
		return
	}
	_ = staging.Replace(ctx, c.path, statCacheText(c.dest, next))
}

// next is what the next run is to know, and whether any of it was not known before.
func (c *StatCache) next() (next map[string]remembered, anew bool) {
	next = make(map[string]remembered, len(c.fresh))
	for folder, n := range c.fresh {
		r := n.remembered
		switch {
		case n.written && 0 < c.began && c.began < c.ended:
			r.from, r.to, anew = c.began, c.ended, true
		case n.written || n.settled >= c.began:
			r = n.instead
		}
		if r != (remembered{}) {
			next[folder] = r
		}
	}
	return next, anew
}
