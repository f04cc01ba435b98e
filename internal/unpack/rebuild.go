package unpack

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"sync"

	"cargohome/internal/fsx"
)

// Bytes of what is held while archives are made again.
const (
	heldContent = 16 << 20 // of one; what is larger is read while its archive is made
	heldAll     = 64 << 20 // of all that wait
	heldArchive = 32 << 20 // what is larger is written while it is made
)

// rebuilding makes archives of what is in them, by all processors, while what follows is
// read.
type rebuilding struct {
	*stage
	todo chan content
	room room
	done sync.WaitGroup

	mu  sync.Mutex
	err error // the first
}

// content is what an archive is made of again.
type content struct {
	piece // as which it is staged
	unit  *Unit
	old   string // the archive of which it is made, "" for none
	tar   io.Reader
	size  int64          // that is held of it
	pipe  *io.PipeReader // that tar is, if it is not held
	lazy  bool           // another archive will do that has the same in it
	spend func(steps int64) error
}

func (w *writing) newRebuilding(ctx context.Context) *rebuilding {
	r := &rebuilding{stage: w.stage, todo: make(chan content), room: room{left: heldAll}}
	r.room.more.L = &r.room.mu
	jobs := w.opts.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	for range jobs {
		r.done.Go(func() {
			for c := range r.todo {
				if err := r.rebuild(ctx, &c); err != nil && ctx.Err() == nil && !errors.Is(err, errUnread) { // else there is a cause
					r.fail(w.refuse(c.unit, c.entry.Path, err))
				}
				c.close()
				r.room.give(c.size)
			}
		})
	}
	return r
}

func (r *rebuilding) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.err = err
	}
	r.stop(err)
}

// base is where the archive is of which that of a unit is made, "" for none.
func (w *writing) base(u *Unit) string {
	if at := u.base(); at != "" {
		return w.path(at)
	}
	return ""
}

// wait waits until all archives are made, and returns the first error of that.
func (r *rebuilding) wait() error {
	close(r.todo)
	r.done.Wait()
	return r.err
}

// room is how many bytes may yet be held.
type room struct {
	mu   sync.Mutex
	more sync.Cond
	left int64
}

func (r *room) take(n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.left < n {
		r.more.Wait()
	}
	r.left -= n
}

func (r *room) give(n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.left += n
	r.more.Broadcast()
}

// add has an archive made of the content that is read from in.
func (r *rebuilding) add(ctx context.Context, c content, in io.Reader) error {
	size := c.entry.Content.Size
	if size > heldContent {
		return r.addLarge(ctx, c, in)
	}
	r.room.take(size)
	data := make([]byte, size)
	if _, err := io.ReadFull(in, data); err != nil {
		r.room.give(size)
		return err
	}
	c.tar, c.size = bytes.NewReader(data), size
	err := r.hand(ctx, c)
	if err != nil {
		r.room.give(size)
	}
	return err
}

// addLarge reads a content while its archive is made.
func (r *rebuilding) addLarge(ctx context.Context, c content, in io.Reader) error {
	from, to := io.Pipe()
	c.tar, c.pipe = from, from
	if err := r.hand(ctx, c); err != nil {
		return err
	}
	_, err := io.Copy(to, in)
	if err == nil {
		return to.Close()
	}
	to.CloseWithError(errUnread)
	return err
}

// errUnread says to whoever makes an archive that its content could not be read.
var errUnread = errors.New("the content could not be read")

func (r *rebuilding) hand(ctx context.Context, c content) error {
	select {
	case r.todo <- c:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// rebuild makes an archive, and stages it.
func (r *rebuilding) rebuild(ctx context.Context, c *content) error {
	if c.entry.Size <= heldArchive && (!c.lazy || c.pipe == nil) { // of which as much is made as there is content
		var archive bytes.Buffer
		archive.Grow(int(c.entry.Size))
		if err := c.make(ctx, &archive); err != nil {
			return err
		}
		return r.copy(ctx, c.piece, &archive)
	}
	from, to := io.Pipe()
	go func() { to.CloseWithError(c.make(ctx, to)) }()
	err := r.copy(ctx, c.piece, from)
	from.CloseWithError(errors.Join(err, io.ErrClosedPipe))
	return err
}

// close lets whoever writes the content go on.
func (c *content) close() {
	if c.pipe != nil {
		_ = c.pipe.Close() // it says what writing says
	}
}

// make writes the archive.
func (c *content) make(ctx context.Context, w io.Writer) error {
	base, err := c.base()
	if err != nil {
		return err
	}
	if c.lazy {
		return standIn(w, c.entry.Content, c.tar, base)
	}
	return c.entry.Make(ctx, w, c.tar, base, c.spend)
}

// base returns the tar of the archive that a patch is for, nil if there is none.
func (c *content) base() ([]byte, error) {
	if c.old == "" {
		return nil, nil
	}
	file, err := fsx.OpenToRead(c.old)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return c.entry.Content.ReadBase(io.NewSectionReader(file, 0, file.Size()))
}
