package staging

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"cargohome/internal/fsx"
)

// Remove moves what stands at the path place, if anything, out of the way, in one step;
// Close deletes it. Nothing is moved in which another file system is mounted.
func (d *Dir) Remove(place string) error {
	return d.takeAway(place, func(s spot) error {
		old, err := d.setAside(s)
		if err == nil {
			d.add(change{kind: removed, place: place, old: old})
		}
		return err
	})
}

// takeAway calls take with the place, if anything is there in which nothing is mounted.
func (d *Dir) takeAway(place string, take func(spot) error) error {
	return d.in.takeAway(d.parent, d.mounts, place, take)
}

// takeAway is that method for the folder parent, which is this one.
func (in In) takeAway(parent fsx.Folder, mounts func() fsx.Mounts, place string, take func(spot) error) error {
	s, err := in.spot(parent, place)
	if err != nil {
		return err
	}
	defer s.close()
	if len(s.missing) > 0 || isMissing(s.dir, s.base) {
		return nil
	}
	if err := s.checkMounts(mounts()); err != nil {
		return err
	}
	return take(s)
}

func (d *Dir) add(c change) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.done = append(d.done, c)
}

// asideSpot returns a place in the old folder where nothing is.
func (d *Dir) asideSpot() spot {
	d.mu.Lock()
	d.aside++
	n := d.aside
	d.mu.Unlock()
	return d.oldSpot(strconv.Itoa(n))
}

func (d *Dir) oldSpot(name string) spot {
	return spot{dir: d.old, base: name, path: filepath.Join(d.path(), oldName, name), borrows: true}
}

// setAside moves what stands at s into the old folder, and returns the name that it has
// there.
func (d *Dir) setAside(s spot) (string, error) {
	old := d.asideSpot()
	err := rename(s, old)
	if isLayered(err, s.dir, d.self) {
		err = d.copyAside(s, old)
	}
	if err != nil {
		return "", fmt.Errorf("move aside: %w", err)
	}
	return old.base, nil
}

// Undo takes back everything published and removed since New, last first. What cannot be
// put back stays in the folder, which is given a name that nobody sweeps; the error says
// where that is.
func (d *Dir) Undo() error {
	var errs []error
	for _, other := range d.others {
		errs = append(errs, other.Undo())
	}
	for len(d.done) > 0 {
		c := d.done[len(d.done)-1]
		d.done = d.done[:len(d.done)-1]
		err := d.undo(c)
		if err != nil && c.kind != published {
			err = d.save(err)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (d *Dir) undo(c change) error {
	s, err := d.in.spot(d.parent, c.place)
	if err != nil {
		return err
	}
	defer s.close()
	if len(s.missing) > 0 {
		return &fs.PathError{Op: "put back", Path: c.place, Err: fs.ErrNotExist}
	}
	if c.kind != removed {
		if err := d.takeBack(c, s); err != nil {
			return err
		}
	}
	switch c.kind {
	case published:
		return d.removeMade(c)
	case swapped:
		return nil
	}
	return rename(d.oldSpot(c.old), s)
}

// takeBack moves what was published back.
func (d *Dir) takeBack(c change, s spot) error {
	from, err := d.source(c.from)
	if err != nil {
		return err
	}
	defer from.close()
	if c.kind == swapped {
		return exchange(from, s)
	}
	return rename(s, from)
}

// removeMade removes the folders that were made above a place.
func (d *Dir) removeMade(c change) error {
	names, err := d.in.names(c.place)
	if err != nil || len(c.made) == 0 {
		return err
	}
	above, missing, err := d.in.descend(d.parent, d.in.path(), names[:len(names)-1-len(c.made)], nil)
	if err != nil {
		return err
	}
	if len(missing) == 0 {
		removeEmpty(above, c.made)
	}
	closeUnless(above, d.parent)
	return nil
}

// putBack puts back what was set aside, as what should take its place could not.
func (d *Dir) putBack(why error, old string, s spot) error {
	if err := rename(d.oldSpot(old), s); err != nil {
		return d.save(errors.Join(why, err))
	}
	return why
}

// save keeps the folder from being deleted, now and by other runs.
func (d *Dir) save(why error) error {
	d.mu.Lock()
	if !d.saved {
		d.saved = true
		name := savedPrefix + strings.TrimPrefix(d.name, Prefix)
		if fsx.Move(d.parent, d.name, d.parent, name) == nil {
			d.name = name
		}
	}
	d.mu.Unlock()
	return fmt.Errorf("%w; what was there is kept in %s", why, d.path())
}
