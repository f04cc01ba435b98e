package staging

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"cargohome/crate"
	"cargohome/internal/fsx"
)

// marks are what makes Cargo, and us, take a folder for whole: a source or a checkout, a
// package in a vendor folder, a repository, an index in git. Where a folder is taken
// apart in place its mark goes first.
var marks = []string{crate.OKFile, crate.ChecksumFile, "HEAD", ".git/HEAD"}

// Drop is Remove for what nobody is going to want back: what cannot be moved aside, as in
// a lower layer of an overlay file system or when there is no space left for a name, is
// deleted where it is.
func (d *Dir) Drop(place string) error {
	return d.takeAway(place, func(s spot) error {
		err := rename(s, d.asideSpot())
		if Hopeless(err) || isLayered(err, s.dir, d.self) {
			return dismantle(d.ctx, s)
		}
		if err != nil {
			return fmt.Errorf("move aside: %w", err)
		}
		return nil
	})
}

// Dismantle deletes what stands at the path place, if anything, without a temporary
// folder: it is for file systems that have no space left to make one, and the caller
// keeps others from using what is there meanwhile. Nothing goes in which another file
// system is mounted.
func Dismantle(ctx context.Context, in In, place string) error {
	parent, err := in.open()
	if err != nil {
		return err
	}
	defer parent.Close()
	return in.takeAway(parent, fsx.ReadMounts, place, func(s spot) error { return dismantle(ctx, s) })
}

// dismantle gives what is at s a name beside by which the next run knows what is left of
// it, if that can be had, and deletes it.
func dismantle(ctx context.Context, s spot) error {
	if e, err := s.dir.Stat(s.base); err != nil || !e.Mode.IsDir() {
		return errors.Join(err, takeApart(ctx, s))
	}
	self, err := s.dir.Open(s.base)
	if err == nil {
		defer self.Close()
		_ = self.Lock() // against being swept; without, two delete the same
		_ = again(func(name string) error {
			beside := spot{dir: s.dir, base: name, path: filepath.Join(filepath.Dir(s.path), name)}
			err := rename(s, beside)
			if err == nil {
				s = beside
			}
			return err
		})
	}
	return takeApart(ctx, s)
}

// takeApart deletes what is at s in place, its marks first: of a run that is killed
// remains what Cargo and we see as half made.
func takeApart(ctx context.Context, s spot) error {
	if err := removeMarks(s); err != nil {
		return err
	}
	if err := Point(OpRemove, s.path); err != nil {
		return err
	}
	return s.dir.RemoveAll(ctx, s.base)
}

func removeMarks(s spot) error {
	for _, mark := range marks {
		if err := removeMark(s.dir, append([]string{s.base}, split(mark)...)); err != nil {
			return fmt.Errorf("%s: %w", filepath.Join(s.path, filepath.FromSlash(mark)), fsx.WithoutPath(err))
		}
	}
	return nil
}

// removeMark deletes the file that names lead to, each in the one before, if it is there
// and on the file system of dir.
func removeMark(dir fsx.Folder, names []string) error {
	if len(names) == 1 {
		if err := Point(OpRemove, names[0]); err != nil {
			return err
		}
		err := dir.Remove(names[0])
		if errors.Is(err, fs.ErrPermission) && dir.Chmod(0o700) == nil {
			err = dir.Remove(names[0])
		}
		if e, statErr := dir.Stat(names[0]); statErr != nil || e.Mode.IsDir() {
			return nil // gone, or none
		}
		return err
	}
	sub, err := dir.OpenToEmpty(names[0])
	if err != nil {
		return nil // no folder, so there is no mark in it
	}
	defer sub.Close()
	if !sameMount(dir, sub) {
		return fsx.ErrMount
	}
	return removeMark(sub, names[1:])
}
