package registry

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/index"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
)

// kept is what is known of a crate: what is held of it, and of what that was found out.
type kept struct {
	mu    sync.Mutex // for all that follows
	shelf *shelf     // that it was found on; nil if it is to be found out again
	from  []watched  // folders of archives, archives that are left out, and
	index []watched  // files of the index, that it was found in
	read  *shelf     // by which those files were read last; nil if they were not
	until time.Time  // when versions that are hidden may not be any more; zero if none are

	verdicts map[string]verdict // on archives, by path
	done     []func()           // to be called when archives that were made are open, or not wanted
	versions []Version
	leftOut  string // what was said of what is not held

	entries  *Entries       // nil if they are to be looked up again
	sum      crate.Checksum // of their text
	modified time.Time      // when that became what it is
	used     time.Time      // when they were asked for last
}

// verdict is what came of reading an archive.
type verdict struct {
	seen stamp
	sum  crate.Checksum // that it was to have
	file File
	err  error
}

// Entries is an entry file of an index as it is served: whoever has it keeps it.
type Entries struct {
	Text     []byte         // the lines, each with a line feed
	Sum      crate.Checksum // of the text
	Modified time.Time      // in full seconds: when the text became what it is, or later

	gzip func() []byte
}

// Gzip returns the text as gzip, made once.
func (e *Entries) Gzip() []byte { return e.gzip() }

// NewEntries returns a text as it is served, of which the sum is known.
func NewEntries(text []byte, sum crate.Checksum, modified time.Time) *Entries {
	return &Entries{text, sum, modified, sync.OnceValue(func() []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write(text) // into memory
		_ = z.Close()
		return b.Bytes()
	})}
}

// Opened is an archive that is open for reading, and was found to be what its checksum says.
type Opened struct {
	*os.File
	Version
	Modified time.Time // as the file says
}

// errStale ends the use of what is not as it was.
var errStale = errors.New("stale")

// hideFor is how long what is hidden for its age stays so, at most, when it is old enough.
const hideFor = time.Minute

// bringUp finds out what is held of a crate, if that is not known. With renew nothing is
// found out before all that is remembered of indexes is forgotten.
func (k *kept) bringUp(ctx context.Context, s *shelf, name string) (renew bool, err error) {
	switch {
	case k.isStale(s):
		return true, ErrChanged
	case k.isKnown(s):
		if len(k.versions) == 0 {
			return false, notHeld(name)
		}
		return false, nil
	}
	k.shelf = nil
	if err := k.findSettled(ctx, s, name); err != nil {
		return errors.Is(err, ErrChanged), err
	}
	k.shelf = s
	if len(k.versions) == 0 {
		return false, notHeld(name)
	}
	return false, nil
}

// isStale reports whether indexes have changed of which something may be remembered, and forgets
// what was found in them.
func (k *kept) isStale(s *shelf) bool {
	if k.read != s || allSame(k.index) {
		return false
	}
	k.shelf, k.read = nil, nil
	return true
}

// isKnown reports whether what was found out holds. The index is as it was.
func (k *kept) isKnown(s *shelf) bool {
	return k.shelf == s && allSame(k.from) && (k.until.IsZero() || time.Now().Before(k.until))
}

// settleWithin is how long what is not as it should be may be one that is just being written: a
// writer on a busy machine stands still for many times a tick.
const settleWithin = 500 * time.Millisecond

// findSettled is find, again after a moment while something is not as it should be that may be
// just being written: Cargo writes archives and index files in place (cargo 1.95: download.rs,
// CacheManager::put).
func (k *kept) findSettled(ctx context.Context, s *shelf, name string) error {
	var leftOut []LeftOut
	for range settleWithin / tick {
		var fresh bool
		var err error
		if leftOut, fresh, err = k.find(ctx, s, name); err != nil {
			return err
		}
		if len(leftOut) == 0 || !fresh {
			break
		}
		time.Sleep(tick)
	}
	if err := k.leaveOut(s, leftOut); err != nil {
		return err
	}
	return k.look(s.live)
}

// find finds out what is held of a crate, anew, and what is left out; and whether any of that
// is fresh.
func (k *kept) find(ctx context.Context, s *shelf, name string) (leftOut []LeftOut, fresh bool, err error) {
	if err := k.watchIndex(s, name); err != nil {
		return nil, false, err
	}
	candidates, err := k.candidates(ctx, s, name)
	if err != nil {
		return nil, false, err
	}
	g, look := s.gatheringFor(k), lookups{}
	k.versions, k.until = nil, time.Time{}
	for i := range candidates {
		c := g.choose(ctx, look, &candidates[i])
		switch {
		case c.hidden:
			k.until = time.Now().Add(hideFor)
		case c.version != nil:
			k.versions = append(k.versions, *c.version)
		}
		leftOut = append(leftOut, c.leftOut...)
		k.watchLeftOut(&candidates[i], c.leftOut)
	}
	k.forget(candidates)
	return leftOut, isAnyFresh(k.index, candidates), nil
}

// watchLeftOut has archives be looked at again that are left out, when they are others: Cargo
// repairs an empty one in place (cargo 1.95: download.rs, finish_download), of which the folder tells
// nothing. What is packed never changes.
func (k *kept) watchLeftOut(c *candidate, leftOut []LeftOut) {
	for _, at := range c.copies {
		if at.store.packed == nil && slices.ContainsFunc(leftOut, func(l LeftOut) bool { return l.Path == at.Path }) {
			k.from = append(k.from, watched{at.Path, at.seen, at.young})
		}
	}
}

// watchIndex looks at the files of the index: before they are read.
func (k *kept) watchIndex(s *shelf, name string) error {
	path, err := index.Path(name)
	if err != nil {
		return err
	}
	k.index, k.read = nil, s
	for _, store := range s.stores {
		for _, file := range store.entries(path) {
			k.index = append(k.index, watch(file))
		}
	}
	return nil
}

func isAnyFresh(index []watched, candidates []candidate) bool {
	return slices.ContainsFunc(index, func(w watched) bool { return w.isFresh() }) ||
		slices.ContainsFunc(candidates, func(c candidate) bool {
			return slices.ContainsFunc(c.copies, func(h held) bool { return h.seen.isFresh() })
		})
}

// candidates lists what may be held of a crate.
func (k *kept) candidates(ctx context.Context, s *shelf, name string) (all []candidate, err error) {
	k.from = nil
	for i, at := range s.listings {
		paths, from, err := at.archives(name)
		k.from = append(k.from, from...)
		if err != nil {
			return nil, err
		}
		var wrong map[string]error
		if at.packed != nil {
			var done func()
			wrong, done = at.packed.make(ctx, paths)
			k.done = append(k.done, done)
		}
		for _, path := range paths {
			all = addCandidate(all, s.stores[i], path, wrong[path])
		}
	}
	slices.SortFunc(all, func(a, b candidate) int { return a.compare(b.key) })
	return all, nil
}

// addCandidate adds an archive; wrong is why it could not be made, nil if it could.
func addCandidate(all []candidate, store *Store, path string, wrong error) []candidate {
	id, err := home.ParseArchive(path[strings.LastIndexAny(path, `/\`)+1:])
	seen := watch(path)
	if err != nil || seen.stamp == (stamp{}) && wrong == nil {
		return all
	}
	copied := held{store: store, seen: seen.stamp, young: seen.young, Archive: home.Archive{Path: path, Size: seen.size}}
	switch {
	case wrong != nil:
		copied.Path, copied.err = "", wrong
	case !seen.mode.IsRegular():
		copied.err = &fs.PathError{Op: "read", Path: path, Err: home.ErrNotRegular}
	}
	k := key{id.Name, id.Version}
	i := slices.IndexFunc(all, func(c candidate) bool { return c.key == k })
	if i < 0 {
		return append(all, candidate{k, []held{copied}})
	}
	all[i].copies = append(all[i].copies, copied)
	return all
}

// letGo lets archives be deleted that were made for whoever asked.
func (k *kept) letGo() {
	for _, done := range k.done {
		done()
	}
	k.done = nil
}

// leaveOut says what is not held, unless that was said. The error is one of reading.
func (k *kept) leaveOut(s *shelf, list []LeftOut) error {
	var said strings.Builder
	for _, l := range list {
		if isFailure(l.Err) || errors.Is(l.Err, ErrChanged) {
			return l.Err
		}
		said.WriteString(l.Path + "\x00" + l.Err.Error() + "\n")
	}
	if said.String() != k.leftOut {
		k.leftOut = said.String()
		for _, l := range list {
			s.live.o.LeftOut(l)
		}
	}
	return nil
}

// forget forgets verdicts on what is not there any more.
func (k *kept) forget(candidates []candidate) {
	old := k.verdicts
	k.verdicts = make(map[string]verdict, len(old))
	for _, c := range candidates {
		for _, at := range c.copies {
			if v, ok := old[at.Path]; ok {
				k.verdicts[at.Path] = v
			}
		}
	}
}

// verify reads an archive, if it was not read as it is, or was to be another.
func (k *kept) verify(ctx context.Context, live *Live, at *held, a archive.Archive) error {
	if v, ok := k.verdicts[at.Path]; ok && v.seen == at.seen && v.sum == a.Checksum {
		at.file = v.file
		return v.err
	}
	live.reading <- struct{}{}
	err := a.Verify(ctx)
	<-live.reading
	live.o.Read(at.Size)
	switch {
	case isFailure(err):
		return err
	case stampOf(at.Path) != at.seen:
		return ErrChanged
	}
	if k.verdicts == nil {
		k.verdicts = map[string]verdict{}
	}
	k.verdicts[at.Path] = verdict{at.seen, a.Checksum, at.file, err}
	return err
}

// look looks up the lines of the versions.
func (k *kept) look(live *Live) error {
	text, err := Lines(k.versions)
	if err != nil {
		if !isFailure(err) {
			err = errors.Join(ErrChanged, err)
		}
		return err
	}
	if sum := crate.Sum(text); sum != k.sum || k.modified.IsZero() {
		k.sum, k.modified = sum, k.since()
	}
	k.entries = NewEntries(text, k.sum, k.modified)
	live.texts.add(k, len(text))
	return nil
}

// since is when the text became what it is, as far as files tell; and later than another one
// did. HTTP counts in seconds.
func (k *kept) since() time.Time {
	var last int64
	for _, w := range slices.Concat(k.from, k.index) {
		last = max(last, w.modified)
	}
	for _, v := range k.versions {
		last = max(last, v.File.Modified.UnixNano())
	}
	at, now := time.Unix(0, last).Truncate(time.Second), time.Now().Truncate(time.Second)
	if at.After(now) {
		at = now
	}
	if !k.modified.IsZero() && !at.After(k.modified) {
		at = k.modified.Add(time.Second)
	}
	return at
}

// lines returns the entry file.
func (k *kept) lines(live *Live) (*Entries, error) {
	k.used = time.Now()
	if k.entries == nil {
		if err := k.look(live); err != nil {
			return nil, errStale
		}
	}
	return k.entries, nil
}

// open opens the archive of a version.
func (k *kept) open(id crate.ID) (*Opened, error) {
	i := slices.IndexFunc(k.versions, func(v Version) bool { return v.ID.Name == id.Name && v.ID.Version == id.Version })
	if i < 0 {
		return nil, notHeld(id.Stem())
	}
	return k.openVersion(&k.versions[i])
}

func (k *kept) openVersion(v *Version) (*Opened, error) {
	seen := k.verdicts[v.File.Path].seen
	if stampOf(v.File.Path) != seen {
		return nil, errStale
	}
	file, info, err := fsx.OpenRegular(v.File.Path)
	switch {
	case err != nil && isFailure(err):
		return nil, err
	case err != nil:
		return nil, errStale
	case !seen.isOf(info):
		return nil, errors.Join(errStale, file.Close())
	}
	return &Opened{file, *v, info.ModTime()}, nil
}
