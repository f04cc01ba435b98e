package staging

import (
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"

	"cargohome/internal/fsx"
)

// leftName begins the names of what was a folder to write to in runs that were cut off,
// behind which is a number.
const leftName = "left-"

// left is one of them.
type left struct {
	name string
	dir  fsx.Folder
}

// Left is a file that a run left which was cut off. It may be of that run's making in part
// only: nothing is known of it but what is looked at.
type Left struct {
	fsx.Entry
	in   fsx.Folder
	path string // below it
}

// takesOver reports whether a folder is taken over: the first that may be.
func (d *Dir) takesOver(name string) bool {
	return d.in.Resume != "" && d.name == "" && d.takeOver(name) == nil
}

var errNotLeft = errors.New("it is not what is to be resumed")

// takeOver makes a folder ours that a run left: one that nobody has locked, that is ours
// alone, as it was made, and was for the same.
func (d *Dir) takeOver(name string) (err error) {
	self, err := d.parent.Open(name)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = self.Close()
		}
	}()
	if err := self.Lock(); err != nil { // also where there are no locks, as the other may be alive
		return err
	}
	e, err := self.Self()
	if err != nil {
		return err
	}
	there, err := d.parent.Stat(name)
	if err != nil || there.ID != e.ID || e.Owner != owner() || e.Mode.Perm() != 0o700 || !sameMount(d.parent, self) {
		return errors.Join(errNotLeft, err)
	}
	if _, err := self.Stat(d.in.fresh()); err != nil {
		return err
	}
	lefts, err := d.openLefts(self)
	if err != nil {
		return err
	}
	d.self, d.id, d.name, d.lefts = self, e.ID, name, lefts
	return nil
}

// openLefts gives what was written to in a folder another name, deletes what was set aside,
// and opens all that was left.
func (d *Dir) openLefts(self fsx.Folder) (lefts []left, err error) {
	list, err := self.List()
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			closeLefts(lefts)
		}
	}()
	names := []string{leftName + strconv.FormatUint(rand.Uint64(), 10)}
	for _, l := range list {
		if strings.HasPrefix(l.Name, leftName) {
			names = append(names, l.Name)
		}
	}
	if err := d.clear(self, names[0]); err != nil {
		return nil, err
	}
	for _, name := range names {
		dir, err := self.Open(name)
		if err != nil {
			return lefts, err
		}
		lefts = append(lefts, left{name, dir})
	}
	return lefts, nil
}

// clear makes room in a folder for what is written and set aside now.
func (d *Dir) clear(self fsx.Folder, name string) error {
	err := Point(OpRemove, d.in.path())
	if err == nil {
		err = self.RemoveAll(d.ctx, oldName)
	}
	if err == nil {
		err = Point(OpRename, d.in.path())
	}
	if err == nil {
		err = fsx.Move(self, d.in.fresh(), self, name)
	}
	return err
}

func closeLefts(lefts []left) {
	for _, l := range lefts {
		_ = l.dir.Close()
	}
}

// Resumes reports whether there may be a [Left].
func (d *Dir) Resumes() bool { return len(d.lefts) > 0 }

// Left returns the regular file that a run left which was cut off, at a path below the folder
// that it wrote to, '/'-separated. It is false if there is none.
func (d *Dir) Left(path string) (Left, bool) {
	for _, l := range d.lefts {
		// Nobody but such runs has put anything there, and these put no links on the way.
		if e, err := l.dir.Stat(path); err == nil && e.Mode.IsRegular() {
			return Left{e, l.dir, path}, true
		}
	}
	return Left{}, false
}

// Open opens the file for reading.
func (l *Left) Open() (*fsx.Regular, error) { return l.in.OpenToRead(l.path) }

// Take moves a file here that a run left; see [Writer.Create].
func (w *Writer) Take(path string, l *Left) error {
	dir, name, err := w.place(OpRename, path)
	if err == nil {
		err = pathError("take over", path, fsx.Move(l.in, l.path, dir, name))
	}
	return err
}

// Leave is Close for a run that is cut off, and that another may go on with: all that was not
// published stays. Without [In.Resume] the next run sweeps it.
func (d *Dir) Leave() error {
	for _, other := range d.others {
		other.keeps = true
	}
	d.keeps = true
	return d.Close()
}
