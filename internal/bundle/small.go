package bundle

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"sync"

	"cargohome/internal/par"
	"cargohome/internal/tarball"
)

// Archives are put together by the name of their crate, so that versions of it share a
// frame, and small crates by the alphabet, as a frame that is small compresses badly.
const (
	groupSize    = 1 << 20 // bytes of archives that a group ends behind, where the name does
	maxShrinkers = 2       // each takes about 170 MiB
	smallLevel   = 19      // of zstd
)

// Spool keeps what is made before it can be written. Any number of goroutines may use it.
type Spool interface {
	// Put keeps data, and returns where.
	Put(data []byte) (at int64, err error)
	// Open returns what was put there.
	Open(at, size int64) io.ReadCloser
}

// group are archives whose frames have nothing else. What stands before the first of them is
// in the frame before: so a program that keeps less of what it has read than such a frame
// needs comes to see what the format of the manifest is.
type group struct {
	list   []int // their places in the manifest
	head   []byte
	frames []spooled
}

// spooled is a frame that waits in the spool.
type spooled struct {
	at, packed int64
	size       int64 // of what it is made of
}

// archiveGroups returns the archives that are in the tar, of which a group ends behind so many
// bytes.
func (m *Manifest) archiveGroups(size int64) (groups []*group) {
	var now *group
	bytes, last := int64(0), ""
	for i := range m.Entries {
		e := &m.Entries[i]
		if e.Held || e.Kind() != ArchiveEntry {
			continue
		}
		name, _, _ := strings.Cut(e.Package, " ")
		if now == nil || bytes >= size && name != last {
			now, bytes = &group{}, 0
			groups = append(groups, now)
		}
		now.list = append(now.list, i)
		bytes, last = bytes+e.Size, name
	}
	return groups
}

func last(list []int) int { return list[len(list)-1] }

// groupOf returns the group that a piece is, nil if it is none.
func (t *bundleWriter) groupOf(piece []int) *group {
	n, found := slices.BinarySearchFunc(t.groups, piece[0], func(g *group, at int) int { return g.list[0] - at })
	if !found {
		return nil
	}
	return t.groups[n]
}

// shrink makes the frames of all archives, and tells the manifest of what is in them.
func (t *bundleWriter) shrink(m *Manifest) error {
	if !t.o.Seekable {
		return t.shrinkAll(m)
	}
	t.groups = m.archiveGroups(groupSize)
	ctx, stop := context.WithCancel(t.ctx)
	defer stop()
	var first sync.Once
	var failed error
	newShrinker := func() *shrinker { return newShrinker(t, m) }
	par.Do(ctx, min(t.jobs(), maxShrinkers), len(t.groups), newShrinker, func(s *shrinker, n int) error {
		err := s.shrink(ctx, t.groups[n])
		if err != nil {
			first.Do(func() { failed = err })
			stop()
		}
		return err
	})
	if err := cmp.Or(failed, t.ctx.Err()); err != nil {
		return err
	}
	return growth(t.groups)
}

// shrinkAll is shrink for one frame of all archives: while it is made others find out of what
// the next archives are made.
func (t *bundleWriter) shrinkAll(m *Manifest) error {
	t.groups = m.archiveGroups(math.MaxInt64)
	if len(t.groups) == 0 {
		return nil
	}
	s := newShrinker(t, m)
	s.now = t.groups[0]
	free := make(chan *archiveReader, maxShrinkers+1)
	for range cap(free) {
		free <- new(archiveReader)
	}
	ctx, stop := context.WithCancel(t.ctx)
	defer stop()
	var failed error
	none := func() struct{} { return struct{}{} }
	look := func(_ struct{}, n int) (*archiveReader, error) {
		read := <-free
		return read, s.look(read, s.now.list[n])
	}
	par.InOrder(ctx, min(t.jobs(), maxShrinkers), maxShrinkers, len(s.now.list), none, look, func(n int, read *archiveReader, err error) {
		if read != nil {
			err = s.end(read, cmp.Or(failed, err))
			free <- read
		}
		if failed = cmp.Or(failed, err); failed != nil {
			stop()
		}
	})
	if err := cmp.Or(failed, t.ctx.Err(), s.framer.End()); err != nil {
		return err
	}
	return growth(t.groups)
}

// growth refuses what no Reader would read.
func growth(groups []*group) error {
	var size, packed int64
	for _, g := range groups {
		for _, f := range g.frames {
			if size += f.size; size > freeGrowth/2+maxGrowth*packed+tarball.MaxFrame {
				return fmt.Errorf("%w: the content of the archives grows to more than %d times its size; pack with --exact-archives", ErrLimit, maxGrowth)
			}
			packed += f.packed
		}
	}
	return nil
}

// shrinker makes frames of groups, one after another.
type shrinker struct {
	*bundleWriter
	m      *Manifest
	framer *tarball.Framer
	now    *group
	read   archiveReader
}

func newShrinker(t *bundleWriter, m *Manifest) *shrinker {
	s := &shrinker{bundleWriter: t, m: m}
	s.framer = tarball.NewFramer(t.o.Options, s.keep)
	return s
}

// keep puts a frame into the spool.
func (s *shrinker) keep(frame []byte, size int64) error {
	at, err := s.o.Small.Put(frame)
	s.now.frames = append(s.now.frames, spooled{at, int64(len(frame)), size})
	return err
}

func (s *shrinker) shrink(ctx context.Context, g *group) error {
	s.now = g
	for _, i := range g.list {
		err := ctx.Err()
		if err == nil {
			err = s.end(&s.read, s.look(&s.read, i))
		}
		if err != nil {
			return err
		}
	}
	return s.framer.End()
}

// look finds out of what an archive is made.
func (s *shrinker) look(read *archiveReader, i int) error {
	e := &s.m.Entries[i]
	file, err := s.open(i)
	if err != nil {
		return e.error(err)
	}
	if err = read.begin(e, file); err == nil {
		e.Content, err = read.recognise()
	}
	if err == nil && e.Content != nil && s.o.Base != nil {
		read.made = read.patch(e.Content, s.o.Base(i))
	}
	return e.error(err)
}

// end adds an archive that was looked at, unless there is an error, which it returns.
func (s *shrinker) end(read *archiveReader, err error) error {
	if err == nil {
		err = read.entry.error(s.add(read))
	}
	if closed := read.close(); err == nil {
		err = closed
	}
	if err == nil && s.o.Progress != nil {
		s.o.Progress(read.entry)
	}
	return err
}

// add adds an archive to the frame: by its content, if that makes it again, or as it is.
func (s *shrinker) add(read *archiveReader) error {
	e := read.entry
	head, err := e.header()
	switch {
	case err != nil:
		return err
	case s.now.head == nil:
		s.now.head = head
	default:
		_, err = s.framer.Write(head)
	}
	switch {
	case err != nil:
	case read.made != nil:
		_, err = s.framer.Write(read.made)
	default:
		err = read.writeTo(s.framer)
	}
	if err == nil {
		_, err = s.framer.Write(zeros[:padding(e.inTar().Size)])
	}
	return err
}

// insert writes the frames of a group.
func (t *bundleWriter) insert(g *group) error {
	if _, err := t.stream.Write(g.head); err != nil {
		return err
	}
	for _, f := range g.frames {
		if err := t.stream.Insert(&tarball.Frame{Data: t.o.Small.Open(f.at, f.packed), Size: f.size}); err != nil {
			return err
		}
	}
	return nil
}
