package vendoring

import (
	"cmp"
	"context"
	"io"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"time"

	"cargohome/crate/archive"
	"cargohome/internal/par"
	"cargohome/internal/staging"
	"cargohome/internal/tarball"
)

// TarOptions say how a vendor folder is written as a tar.
type TarOptions struct {
	Jobs    int      // packages worked on at the same time; 0 means one for each processor
	Observe Observer // may be nil

	// Prefix is the path of the vendor folder in the tar, '/'-separated and clean; "" if
	// packages are at its root.
	Prefix string
	// Epoch is when everything was modified. If it is zero, files have the times that
	// they have in a vendor folder, and what is dated by the run there (files from git,
	// checksum files, folders) has that of the commit, or of files that Cargo generates.
	Epoch time.Time
	// Config is the text of .cargo/config.toml at the root of the tar, nil for none.
	Config []byte
	// TempDir is the folder in which waits what memory has no room for.
	TempDir string
}

// WriteTar writes what [Plan.Write] would make of the steps in a new folder into a tar,
// without making it: sorted name by name, with the modes that umask 022 leaves. It
// returns a Result for each step, in order. What waits for its turn is kept in memory of
// 32 MiB, and beyond that in temporary files. After an error, which is that of Write,
// the tar is not to be used.
func WriteTar(ctx context.Context, to *tarball.Writer, steps []Step, o TarOptions) ([]Result, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	t := &tarWriter{ctx: ctx, out: to, o: o}
	if err := t.config(); err != nil {
		return nil, err
	}
	order, room := tarOrder(steps), newRoom(o.TempDir)
	results, errs := make([]Result, len(steps)), make([]error, len(steps))
	newPacker := func() *packer { return &packer{ctx: ctx, room: room} }
	work := func(p *packer, i int) (*packed, error) { return p.pack(&steps[order[i]]) }
	par.InOrder(ctx, o.Jobs, tarAhead(o.Jobs), len(order), newPacker, work, func(i int, p *packed, err error) {
		n := order[i]
		if err == nil {
			results[n], err = t.add(&steps[n], p)
		}
		if errs[n] = err; staging.Hopeless(err) || t.err != nil {
			stop(err) // nothing more can be written
		}
	})
	if err := cmp.Or(t.err, context.Cause(ctx)); err != nil {
		return nil, err
	}
	return results, collect(errs)
}

// tarAhead is how many packages may wait: all that are worked on, and as many more.
func tarAhead(jobs int) int { return 2 * cmp.Or(jobs, runtime.GOMAXPROCS(0)) }

// tarOrder returns the indices of steps in the order of their folders in a tar.
func tarOrder(steps []Step) []int {
	order := make([]int, len(steps))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return comparePaths(steps[a].Folder, steps[b].Folder) })
	return order
}

// packer makes the folders of packages where they wait for their turn.
type packer struct {
	ctx    context.Context
	room   *room
	unpack archive.Unpacker
	record []byte
}

// packed is a package's folder on its way into a tar.
type packed struct {
	*hold
	files []archive.File
	when  time.Time // what nobody dates was modified
}

func (p *packer) pack(s *Step) (*packed, error) {
	k := &packed{}
	var err error
	if k.when, err = s.when(); err != nil {
		return nil, err
	}
	k.files, err = s.sound(func(c contents) ([]archive.File, error) {
		k.hold = newHold(p.room)
		files, err := c.write(p.ctx, &p.unpack, k.hold)
		if err == nil {
			p.record = s.appendRecord(p.record[:0], files)
			err = writeRecord(k.hold, files, p.record)
		}
		if err != nil {
			_ = k.data.Close()
		}
		return files, err
	})
	if err != nil {
		return nil, err
	}
	return k, nil
}

// when returns the time of what nobody else dates.
func (s *Step) when() (when time.Time, err error) {
	if s.Commit != nil {
		when, err = s.Commit.When()
	}
	if when.IsZero() {
		when = time.Unix(archive.GeneratedTime, 0)
	}
	return when, err
}

// tarWriter writes one package after another.
type tarWriter struct {
	ctx  context.Context
	out  *tarball.Writer
	o    TarOptions
	last string // the path of what was written last
	err  error  // of writing, after which there is nothing to go on with
}

// configPath is where the root of a tar has Cargo's configuration.
const configPath = ".cargo/config.toml"

func (t *tarWriter) config() error {
	if t.o.Config == nil {
		return nil
	}
	return t.file(configPath, &held{mode: 0o644, size: int64(len(t.o.Config))}, time.Unix(archive.GeneratedTime, 0), func(w io.Writer) error {
		_, err := w.Write(t.o.Config)
		return err
	})
}

// add writes a package, and gives back what held it.
func (t *tarWriter) add(s *Step, p *packed) (Result, error) {
	defer p.data.Close()
	folder := path.Join(t.o.Prefix, s.Folder)
	for _, e := range p.sorted() {
		if t.err == nil {
			t.err = context.Cause(t.ctx)
		}
		if t.err == nil {
			t.err = t.entry(path.Join(folder, e.path), e, p)
		}
	}
	if t.err != nil {
		return Result{}, t.err
	}
	r := s.result(Written, p.files)
	if t.o.Observe != nil {
		t.o.Observe(*s, r)
	}
	return r, nil
}

func (t *tarWriter) entry(path string, e *held, p *packed) error {
	if e.folder {
		return t.folder(path, e.mode, p.when)
	}
	return t.file(path, e, p.when, func(w io.Writer) error { return p.data.copyTo(w, e.at, e.size) })
}

func (t *tarWriter) file(name string, e *held, when time.Time, write func(io.Writer) error) error {
	if err := t.above(name, when); err != nil {
		return err
	}
	if !e.modified.IsZero() {
		when = e.modified
	}
	return t.out.File(name, e.mode&^0o022, t.date(when), e.size, write)
}

func (t *tarWriter) folder(name string, mode fs.FileMode, when time.Time) error {
	if err := t.above(name, when); err != nil {
		return err
	}
	return t.out.Folder(name, mode&^0o022, t.date(when))
}

// above adds the folders above a path that no entry was in before.
func (t *tarWriter) above(name string, when time.Time) error {
	last := t.last
	t.last = name
	for i := 0; ; i++ {
		n := strings.IndexByte(name[i:], '/')
		if n < 0 {
			return nil
		}
		i += n
		if last == name[:i] || strings.HasPrefix(last, name[:i+1]) {
			continue
		}
		if err := t.out.Folder(name[:i], 0o755, t.date(when)); err != nil {
			return err
		}
	}
}

func (t *tarWriter) date(when time.Time) time.Time {
	if t.o.Epoch.IsZero() {
		return when
	}
	return t.o.Epoch
}
