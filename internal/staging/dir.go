package staging

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"cargohome/internal/fsx"
	"cargohome/internal/par"
)

// Dir is a temporary folder that collects what is to be published. It is safe for
// concurrent use.
type Dir struct {
	ctx    context.Context // ends deleting, and nothing else
	end    func()          // ends ctx
	in     In
	ground ground
	parent fsx.Folder // it lies in: that of ground
	name   string
	self   fsx.Folder // locked, which keeps others from sweeping it
	id     fsx.ID
	fresh  fsx.Folder
	old    fsx.Folder

	mounts func() fsx.Mounts // as they are when they are first asked for

	mu     sync.Mutex
	done   []change        // so far, for undoing
	aside  int             // names given out in old
	saved  bool            // undoing failed, so that it holds what is nowhere else
	keeps  bool            // what is in it is for another run
	lefts  []left          // what others left in it
	others map[string]*Dir // on other file systems, by the folder they are in
	near   map[string]near // folders in which many places lie, by name
}

// tidying is how long a run that is to end goes on to delete what it made.
const tidying = 500 * time.Millisecond

// The folders in it.
const (
	freshName = "new" // and "-" and what is staged, if that may be taken over
	oldName   = "old"

	clockName = "now" // in the latter, for a moment
)

// New makes a temporary folder, or takes one over ([In.Resume]), and deletes those that
// killed runs left beside it. What is missing of the folder it lies in is made, and goes
// with Close if nothing was put there. The caller ends it with Close.
//
// When ctx ends deleting stops, after another moment: what is left the next run deletes.
func New(ctx context.Context, in In) (*Dir, error) {
	fsx.Umask() // now, while no other goroutine creates files
	ground, err := in.prepare()
	if err != nil {
		return nil, err
	}
	d := &Dir{in: in, ground: ground, parent: ground.dir, mounts: sync.OnceValue(fsx.ReadMounts), others: map[string]*Dir{}, near: map[string]near{}}
	d.ctx, d.end = par.Outlive(ctx, tidying)
	sweep(ctx, ground.dir, in.path(), d.takesOver)
	if d.name == "" {
		if err := d.makeSelf(); err != nil {
			d.end()
			ground.close()
			return nil, err
		}
	}
	if d.fresh, err = makeFolder(d.self, in.fresh(), d.Fresh()); err == nil {
		d.old, err = makeFolder(d.self, oldName, filepath.Join(d.path(), oldName))
	}
	if err != nil {
		_ = d.self.RemoveFolder(in.fresh()) // opening it, to look for what is in it, may be what failed
		return nil, errors.Join(err, d.Close())
	}
	d.fresh = d.fresh.ForWriting() // with all folders that are made in it
	return d, nil
}

// makeSelf makes the folder, which is ours alone.
func (d *Dir) makeSelf() error {
	if err := Point(OpMkdir, d.in.path()); err != nil {
		return err
	}
	return again(func(name string) error {
		self, id, err := makeLocked(d.parent, name)
		d.self, d.id, d.name = self, id, name
		return InFolder(d.in.path(), err)
	})
}

// path is where the folder is, or was when that was last known.
func (d *Dir) path() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return filepath.Join(d.in.path(), d.name)
}

// Fresh is the path of the folder that is written to, for looking at what was written.
// The folder was made with mode 0777 under the umask, so it may itself be published.
func (d *Dir) Fresh() string { return filepath.Join(d.path(), d.in.fresh()) }

// fresh is the name of the folder that is written to.
func (in In) fresh() string {
	if in.Resume == "" {
		return freshName
	}
	return freshName + "-" + in.Resume
}

// Now is the time by the clock of the folder's file system, zero if that does not tell it:
// that of something being made in it, and removed.
func (d *Dir) Now() (time.Time, error) {
	made, err := makeFolder(d.old, clockName, filepath.Join(d.path(), oldName, clockName))
	if err == nil {
		err = errors.Join(made.Close(), d.old.RemoveFolder(clockName))
	}
	if err != nil {
		return time.Time{}, err
	}
	e, err := d.old.Self()
	return e.Changed, err
}

// For returns the folder in which to stage what is to be put at the path to: d itself,
// or one on the file system that is mounted there or above, from which it can be moved
// there. Such a one is closed and undone with d.
func (d *Dir) For(to string) (*Dir, error) {
	names, err := d.in.names(to)
	if err != nil {
		return nil, err
	}
	if _, ok := d.nearTo(names); ok { // what is mounted there by now, moving there tells
		return d, nil
	}
	below, err := d.mountedAt(names[:len(names)-1])
	if below == "" || err != nil {
		return d, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.others[below] != nil {
		return d.others[below], nil
	}
	other, err := New(d.ctx, In{Root: d.in.Root, Is: d.in.Is, Below: joinSlash(d.in.Below, below), NoLinks: d.in.NoLinks, Resume: d.in.Resume})
	if err == nil {
		d.others[below] = other
	}
	return other, err
}

func joinSlash(a, b string) string {
	return strings.Trim(a+"/"+b, "/")
}

// mountedAt goes down folders, and returns the last at which another file system begins,
// "" if none does.
func (d *Dir) mountedAt(names []string) (below string, err error) {
	place, err := d.parent.Place()
	if err != nil {
		return "", err
	}
	last, _, err := d.in.descend(d.parent, d.in.path(), names, func(at fsx.Folder, n int) error {
		here, err := at.Place()
		if err == nil && here != place {
			place, below = here, strings.Join(names[:n], "/")
		}
		return err
	})
	if err == nil && !(below == "" && d.keep(names, last)) {
		closeUnless(last, d.parent)
	}
	return below, err
}

// Close deletes the folder with all that was not published and all that was replaced or
// removed, but nothing if undoing failed.
func (d *Dir) Close() error {
	defer d.end()
	var errs []error
	for _, other := range d.others {
		errs = append(errs, other.Close())
	}
	if !d.saved && !d.keeps {
		errs = append(errs, d.delete())
	}
	for _, f := range []fsx.Folder{d.fresh, d.old} {
		if f != (fsx.Folder{}) {
			_ = f.Close()
		}
	}
	closeLefts(d.lefts)
	for _, n := range d.near {
		_ = n.dir.Close()
	}
	d.ground.close()
	return errors.Join(append(errs, d.self.Close())...)
}

// delete goes by names, from the folder itself, which nobody else reaches: what was
// published is open, and no longer there.
func (d *Dir) delete() error {
	names := []string{d.in.fresh(), oldName}
	for _, l := range d.lefts {
		names = append(names, l.name)
	}
	if err := removeParts(d.ctx, d.self, d.path(), names...); err != nil {
		return err
	}
	for _, name := range names {
		if err := d.self.RemoveAll(d.ctx, name); err != nil {
			return err
		}
	}
	if err := Point(OpRemove, d.path()); err != nil {
		return err
	}
	if now, err := d.parent.Stat(d.name); err != nil || now.ID != d.id {
		return fmt.Errorf("%s was moved by somebody else; what was in it is deleted", d.path())
	}
	return d.parent.RemoveFolder(d.name)
}

// removeParts deletes all that is in some folders of self, several at once.
func removeParts(ctx context.Context, self fsx.Folder, path string, names ...string) error {
	type part struct {
		dir  fsx.Folder
		name string
		path string
	}
	var parts []part
	for _, name := range names {
		dir, err := self.Open(name)
		if err != nil {
			continue // published, or never made
		}
		defer dir.Close()
		inside, _ := dir.List() // what cannot be listed is deleted later, or not
		for _, l := range inside {
			parts = append(parts, part{dir, l.Name, filepath.Join(path, name, l.Name)})
		}
	}
	errs := make([]error, len(parts))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(len(parts), runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(parts); i = int(next.Add(1)) - 1 {
				if errs[i] = Point(OpRemove, parts[i].path); errs[i] == nil {
					errs[i] = parts[i].dir.RemoveAll(ctx, parts[i].name)
				}
				if errs[i] != nil {
					errs[i] = fmt.Errorf("%s: %w", parts[i].path, errs[i])
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// RemoveAll is os.RemoveAll for trees that may hold folders without the owner's
// permissions, which archives can ask for, or have another file system mounted in them.
func RemoveAll(path string) error {
	dir, err := fsx.OpenFolder(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.RemoveAll(context.Background(), filepath.Base(path))
}
