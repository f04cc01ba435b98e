package staging

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// change is what became of one place.
type change struct {
	kind  changeKind
	place string
	from  string   // the name in the fresh folder that what is there now had
	old   string   // the name in the old folder that what was there has
	made  []string // folders above it that were made, each in the one before
}

type changeKind uint8

const (
	published changeKind = iota // where nothing was
	swapped                     // with what was there, which has its name in the fresh folder now
	replaced                    // what was there, which is in the old folder now
	removed
)

// Publish moves the file or folder with a name in the fresh folder, "" for that itself,
// to the path to, where nothing is. The error matches fs.ErrExist if something has
// appeared there, which is never touched. Missing folders above are made. On an error
// all is as it was.
func (d *Dir) Publish(name, to string) error {
	return d.bring(name, to, func(from, to spot) error { return d.publish(name, from, to) })
}

// bring calls move with where something in the fresh folder is, and its place.
func (d *Dir) bring(name, place string, move func(from, to spot) error) error {
	from, err := d.source(name)
	if err != nil {
		return err
	}
	defer from.close()
	to, err := d.spot(place)
	if err != nil {
		return err
	}
	defer to.close()
	return move(from, to)
}

func (d *Dir) publish(name string, from, to spot) error {
	err := d.moveIn(from, to)
	if errors.Is(err, fs.ErrExist) && len(to.missing) > 0 {
		if again, err := d.in.spot(d.parent, to.path); err == nil { // somebody else made folders meanwhile
			defer again.close()
			if len(again.missing) < len(to.missing) {
				return d.publish(name, from, again)
			}
		}
	}
	if errors.Is(err, fs.ErrExist) {
		err = fmt.Errorf("%s has appeared meanwhile: somebody else made it: %w", to.path, err)
	}
	if err == nil {
		d.add(change{kind: published, place: to.path, from: name, made: to.missing})
	}
	return err
}

// Replace is Publish in the place of what may be at the path to, in one step: whoever
// looks there, also if this process is killed, finds what was there or what comes. What
// was there stays restorable until Close. Nothing is moved in which another file system
// is mounted.
//
// The one step is for Linux and macOS, and for file systems that can exchange two names.
// Elsewhere there is nothing at to for a moment.
func (d *Dir) Replace(name, to string) error {
	return d.bring(name, to, func(from, s spot) error { return d.swapIn(name, from, s) })
}

func (d *Dir) swapIn(name string, from, s spot) error {
	if len(s.missing) > 0 || isMissing(s.dir, s.base) {
		return d.publish(name, from, s)
	}
	if err := s.checkMounts(d.mounts()); err != nil {
		return err
	}
	if exchange(from, s) == nil {
		d.add(change{kind: swapped, place: s.path, from: name})
		return nil
	}
	return d.replace(name, from, s) // whatever the reason: this works everywhere
}

// replace moves what is at to aside first.
func (d *Dir) replace(name string, from, to spot) error {
	old, err := d.setAside(to)
	if err != nil {
		return err
	}
	if err := d.moveIn(from, to); err != nil {
		return d.putBack(err, old, to)
	}
	d.add(change{kind: replaced, place: to.path, from: name, old: old})
	return nil
}

// source is where something in the fresh folder is.
func (d *Dir) source(name string) (spot, error) {
	if name == "" {
		return spot{dir: d.self, base: d.in.fresh(), path: d.Fresh(), borrows: true}, nil
	}
	s, err := In{NoLinks: true}.spotAt(d.fresh, d.Fresh(), split(name))
	if err == nil && len(s.missing) > 0 {
		s.close()
		err = &fs.PathError{Op: "publish", Path: s.path, Err: fs.ErrNotExist}
	}
	return s, err
}

// moveIn moves from to where nothing is. Folders that are missing above are made here,
// around from, and move in with it: a process that is killed leaves no empty ones.
func (d *Dir) moveIn(from, to spot) error {
	if len(to.missing) == 0 {
		return rename(from, to)
	}
	around := d.asideSpot()
	outer, err := makeFolder(d.old, around.base, around.path)
	if err != nil {
		return err
	}
	inner, err := makeFolders(outer, around.path, to.missing[1:])
	if err != nil {
		return errors.Join(err, outer.Close())
	}
	defer closeUnless(outer, inner)
	wrapped := spot{dir: inner, base: to.base, path: filepath.Join(joined(around.path, to.missing[1:]), to.base)}
	defer wrapped.close()
	if err := rename(from, wrapped); err != nil {
		return err
	}
	first := spot{dir: to.dir, base: to.missing[0], path: to.path}
	if err := rename(around, first); err != nil {
		return errors.Join(err, rename(wrapped, from))
	}
	return nil
}
