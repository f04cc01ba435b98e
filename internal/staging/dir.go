package staging

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// Dir is a temporary folder that collects what is to be published. It is safe for
// concurrent use.
type Dir struct {
	path string
	held *os.File // keeps others from sweeping it; nil where there are no locks
	made []string // folders above it that were made

	mu    sync.Mutex
	done  []change // so far, for undoing
	aside int      // names given out in old
}

// change is what became of one place.
type change struct {
	place string
	from  string   // where in Fresh what is there now came from, "" if nothing is there now
	old   string   // where what was there is now, "" if there was nothing
	made  []string // folders above it that were made
}

// New makes a temporary folder inside parent, and deletes those that killed runs left
// there. A parent that is missing is made, and goes with Close if nothing was put
// there. The caller ends it with Close.
func New(parent string) (*Dir, error) {
	umask() // now, while no other goroutine creates files
	Sweep(parent)
	made, err := makeParents(filepath.Join(parent, Prefix))
	if err != nil {
		return nil, err
	}
	d, err := makeDir(parent)
	if err != nil {
		removeEmpty(made)
		return nil, err
	}
	d.made = made
	for _, sub := range []string{d.Fresh(), d.old()} {
		if err := errors.Join(Point(OpMkdir, sub), os.Mkdir(sub, 0o777)); err != nil {
			return nil, errors.Join(err, d.Close())
		}
	}
	return d, nil
}

// makeDir makes and locks the folder. A neighbour that sweeps may take it for a
// leftover until it is locked, so this is tried again if it is gone by then.
func makeDir(parent string) (*Dir, error) {
	for {
		if err := Point(OpMkdir, parent); err != nil {
			return nil, err
		}
		path, err := os.MkdirTemp(parent, Prefix)
		if err != nil {
			return nil, err
		}
		if held, err := lock(path); err != errTaken {
			return &Dir{path: path, held: held}, nil
		}
	}
}

// Fresh is the folder in which to write. It was created with mode 0777 under the
// umask, so it may itself be published.
func (d *Dir) Fresh() string { return filepath.Join(d.path, "new") }

func (d *Dir) old() string { return filepath.Join(d.path, "old") }

// Publish moves the file or folder from, which lies below Fresh, to the path to,
// in one step: whoever looks at to, also if this process is killed, finds what was
// there or what comes. What was there stays restorable until Close. Missing folders
// above are made. On an error all is as it was.
//
// The one step is for Linux and macOS, and for file systems that can exchange two
// names. Elsewhere there is nothing at to for a moment.
func (d *Dir) Publish(from, to string) error {
	err := exchange(from, to)
	if err == nil {
		d.add(change{place: to, from: from, old: from})
		return nil
	}
	c := change{place: to, from: from}
	if !errors.Is(err, fs.ErrNotExist) { // whatever the reason: this works everywhere
		if c.old, err = d.setAside(to); err != nil {
			return err
		}
	}
	if c.made, err = d.moveIn(from, to); err != nil {
		return errors.Join(err, c.restoreOld())
	}
	d.add(c)
	return nil
}

// moveIn moves from to where nothing is. Folders that are missing above are made
// here, around from, and move in with it: a process that is killed leaves no empty
// ones.
func (d *Dir) moveIn(from, to string) (made []string, err error) {
	made = missingAbove(to)
	if len(made) == 0 {
		return nil, rename(from, to)
	}
	around, err := d.wrap(from, to, made)
	if err == nil {
		if err = rename(around, made[0]); err == nil {
			return made, nil
		}
		err = errors.Join(err, rename(around+strings.TrimPrefix(to, made[0]), from))
	}
	if missing := missingAbove(to); len(missing) < len(made) { // somebody else made some meanwhile
		return d.moveIn(from, to)
	}
	return nil, err
}

// wrap moves from into new folders like those that are missing above to, and returns
// the outermost of them.
func (d *Dir) wrap(from, to string, missing []string) (around string, err error) {
	around = d.asideName()
	for _, dir := range missing {
		dir = around + strings.TrimPrefix(dir, missing[0])
		if err := Point(OpMkdir, dir); err != nil {
			return "", err
		}
		if err := os.Mkdir(dir, 0o777); err != nil {
			return "", err
		}
	}
	return around, rename(from, around+strings.TrimPrefix(to, missing[0]))
}

// asideName returns a path in the old folder at which nothing is.
func (d *Dir) asideName() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.aside++
	return filepath.Join(d.old(), strconv.Itoa(d.aside))
}

// Remove moves what stands at path out of the way, in one step; Close deletes it.
func (d *Dir) Remove(path string) error {
	old, err := d.setAside(path)
	if err == nil {
		d.add(change{place: path, old: old})
	}
	return err
}

func (d *Dir) add(c change) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.done = append(d.done, c)
}

// setAside moves what stands at path, if anything, into the old folder and
// returns where it went.
func (d *Dir) setAside(path string) (string, error) {
	old := d.asideName()
	err := rename(path, old)
	if errors.Is(err, errOtherDevice) {
		err = copyAside(path, old)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("move aside: %w", err)
	}
	return old, nil
}

// Undo takes back everything published and removed since New, last first.
func (d *Dir) Undo() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var errs []error
	for len(d.done) > 0 {
		c := d.done[len(d.done)-1]
		d.done = d.done[:len(d.done)-1]
		errs = append(errs, c.undo())
	}
	return errors.Join(errs...)
}

func (c change) undo() error {
	if c.from != "" && c.from == c.old {
		return exchange(c.from, c.place)
	}
	if c.from != "" {
		if err := rename(c.place, c.from); err != nil {
			return err
		}
	}
	removeEmpty(c.made)
	return c.restoreOld()
}

func (c change) restoreOld() error {
	if c.old == "" {
		return nil
	}
	return rename(c.old, c.place)
}

// Close deletes the folder with all that was not published and all that was
// replaced or removed.
func (d *Dir) Close() error {
	err := removeParts(d.Fresh(), d.old())
	if err == nil {
		err = RemoveAll(d.path)
	}
	removeEmpty(d.made)
	if d.held != nil {
		err = errors.Join(err, d.held.Close())
	}
	return err
}

// removeParts deletes all that is in some folders, several at once.
func removeParts(dirs ...string) error {
	var parts []string
	for _, dir := range dirs {
		entries, _ := os.ReadDir(dir) // what cannot be listed is deleted later, or not
		for _, e := range entries {
			parts = append(parts, filepath.Join(dir, e.Name()))
		}
	}
	errs := make([]error, len(parts))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(len(parts), runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(parts); i = int(next.Add(1)) - 1 {
				errs[i] = RemoveAll(parts[i])
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// RemoveAll is os.RemoveAll for trees that may hold folders without the owner's
// permissions, which archives can ask for.
func RemoveAll(path string) error {
	if err := Point(OpRemove, path); err != nil {
		return err
	}
	err := os.RemoveAll(path)
	if err == nil || !errors.Is(err, fs.ErrPermission) {
		return err
	}
	_ = filepath.WalkDir(path, func(p string, e fs.DirEntry, _ error) error {
		if e != nil && e.IsDir() {
			_ = os.Chmod(p, 0o700) // before its children are read
		}
		return nil
	})
	return os.RemoveAll(path)
}
