package unpack

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"cargohome/crate/archive"
	"cargohome/internal/bundle"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/staging"
)

const (
	bufferSize = 256 << 10
	buffers    = maxHeld + 8 // that are read ahead of what is written
)

// The folders in a temporary one.
const (
	homeName = "home"
	putName  = "put"  // in it: what is moved into place, as in the home
	addName  = "add"  // in it: repositories of which the packs go to those that are there
	lastName = "last" // in it: what is moved as putName, but after all else
)

const vendorPath = home.OwnPath + "/vendor/"

// modified is when everything in a bundle was.
var modified = time.Unix(archive.GeneratedTime, 0)

// stage is what is written before it is moved into place. One goroutine makes checksums of
// what another reads, while a third writes it. It is in the home, and where other file
// systems are mounted in it, on those.
type stage struct {
	dir   *staging.Dir
	areas map[*staging.Dir]*area
	above map[string]*area // by the innermost folder that is there, of those that were asked for

	queue  chan piece // that were read
	summed chan piece // to be written; their checksums are being made
	free   chan *buffer
	ended  chan struct{}
	stop   context.CancelCauseFunc
	turn   sync.Mutex // of who queues an entry
	wrong  error      // with a checksum; to be read when all has ended
	err    error      // of writing; so too
}

// area is a temporary folder, with what is staged there.
type area struct {
	dir    *staging.Dir
	writer *staging.Writer
	units  []*Unit // in order
}

// piece is one thing to write.
type piece struct {
	area  *area
	entry *bundle.Entry
	name  string // within the area
	data  []byte
	in    *buffer
	first bool // the entry begins, and a file is made
	last  bool
	sum   bool          // of the data must be the entry's
	left  *staging.Left // that has the data; nil if it is to be written
}

// buffer is where a piece's data is.
type buffer struct {
	data  [bufferSize]byte
	users atomic.Int32 // that have not yet given it back
}

// give gives a buffer back.
func (s *stage) give(b *buffer) {
	if b.users.Add(-1) == 0 {
		s.free <- b
	}
}

// newStage makes the temporary folder, or takes over that of a run which staged the same and
// was cut off. An error ends ctx.
func newStage(ctx context.Context, dir, same string) (context.Context, *stage, error) {
	in := staging.At(dir)
	in.Resume = same
	temp, err := staging.New(ctx, in)
	if err != nil {
		return nil, nil, err
	}
	s := &stage{
		dir: temp, areas: map[*staging.Dir]*area{}, above: map[string]*area{}, ended: make(chan struct{}),
		queue: make(chan piece, buffers), summed: make(chan piece, buffers), free: make(chan *buffer, buffers),
	}
	ctx, s.stop = context.WithCancelCause(ctx)
	for range buffers {
		s.free <- new(buffer)
	}
	go s.sumAll()
	go s.writeAll()
	return ctx, s, nil
}

// writeAll writes what is queued. After an error it only takes in.
func (s *stage) writeAll() {
	defer close(s.ended)
	var file *staging.File
	for p := range s.summed {
		if s.err == nil {
			if file, s.err = p.write(file); s.err != nil {
				s.err = fsx.WithPath(p.place(), s.err)
				s.stop(s.err)
			}
		}
		s.give(p.in)
	}
	if file != nil {
		_ = file.Close() // it was cut, for which there is an error
	}
}

// write writes a piece, and returns the file if there is more to come.
func (p *piece) write(file *staging.File) (*staging.File, error) {
	w := p.area.writer
	switch {
	case p.entry.IsFolder():
		return nil, w.Mkdir(p.name, 0o777)
	case p.entry.Link != "":
		return nil, w.Symlink(p.entry.Link, p.name)
	}
	if p.left != nil {
		if p.first {
			return nil, w.Take(p.name, p.left)
		}
		return nil, nil
	}
	var err error
	if p.first {
		if file, err = w.Create(p.name, mode(p.entry)); err != nil {
			return nil, err
		}
	}
	if len(p.data) > 0 {
		_, err = file.Write(p.data)
	}
	if err == nil && p.last && isVendored(p.entry) {
		err = file.SetTime(modified)
	}
	if err != nil || p.last {
		err = errors.Join(err, file.Close())
		file = nil
	}
	return file, err
}

// place is where the piece is to go.
func (p *piece) place() string {
	_, below, _ := strings.Cut(p.name, "/")
	return filepath.Join(p.area.dir.Root(), filepath.FromSlash(below))
}

func isVendored(e *bundle.Entry) bool { return strings.HasPrefix(e.Path, vendorPath) }

func mode(e *bundle.Entry) fs.FileMode {
	if e.Executable {
		return 0o777
	}
	return 0o666
}

// areaOf returns where to stage what goes to a place, above which a folder is there.
func (s *stage) areaOf(place, above string) (a *area, err error) {
	if a = s.above[above]; a == nil {
		a, err = s.findArea(place)
		s.above[above] = a
	}
	return a, err
}

func (s *stage) findArea(place string) (*area, error) {
	dir, err := s.dir.For(place)
	if err != nil {
		return nil, err
	}
	if a := s.areas[dir]; a != nil {
		return a, nil
	}
	a := &area{dir: dir}
	if a.writer, err = dir.Writer(homeName); err != nil {
		return nil, err
	}
	s.areas[dir] = a
	return a, nil
}

// all are the areas, in order.
func (s *stage) all() []*area {
	if s == nil {
		return nil
	}
	return slices.SortedFunc(maps.Values(s.areas), func(a, b *area) int { return strings.Compare(a.dir.Root(), b.dir.Root()) })
}

// vendored returns the packages of a vendor folder.
func (a *area) vendored() (list []*Unit) {
	for _, u := range a.units {
		if u.Kind == bundle.VendoredEntry {
			list = append(list, u)
		}
	}
	return list
}

// name is what something that goes to a place in the home is called in the area.
func (a *area) name(folder, place string) string {
	below, err := filepath.Rel(a.dir.Root(), place)
	if err != nil {
		panic(err) // both are absolute
	}
	return folder + "/" + filepath.ToSlash(below)
}

// copy queues the content of an entry, which from has read when it returns io.EOF.
func (s *stage) copy(ctx context.Context, p piece, from io.Reader) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	for p.first = true; !p.last; p.first = false {
		select {
		case p.in = <-s.free:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		n, err := io.ReadFull(from, p.in.data[:])
		p.data = p.in.data[:n]
		p.last = err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !p.last {
			return err
		}
		p.in.users.Store(1)
		s.queue <- p
	}
	return nil
}

// finish waits until all is written.
func (s *stage) finish() error {
	close(s.queue)
	<-s.ended
	errs := []error{s.wrong, s.err}
	for _, a := range s.areas {
		errs = append(errs, a.writer.Finish())
	}
	return errors.Join(errs...)
}
