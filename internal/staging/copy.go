package staging

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"cargohome/internal/fsx"
)

// copyAside puts what is at s to where it cannot be moved: on an overlay file system, as
// containers have it, a folder of a lower layer stays where it is (EXDEV), but can be
// deleted. After an error s is as it was, or what was there is saved: once begun, taking it
// apart goes on to its end.
func (d *Dir) copyAside(s, old spot) error {
	if err := copyTree(d.ctx, s.dir, s.base, old.dir, old.base); err != nil {
		return errors.Join(err, old.dir.RemoveAll(d.ctx, old.base))
	}
	if err := takeApart(context.WithoutCancel(d.ctx), s); err != nil {
		return d.putBack(err, old.base, s)
	}
	return nil
}

// copyTree copies files and links, with modes and the times of files. What is of another
// kind is left out: a vendor folder or a Cargo home has no use for it.
func copyTree(ctx context.Context, from fsx.Folder, name string, to fsx.Folder, as string) error {
	e, err := from.Stat(name)
	if err := errors.Join(err, ctx.Err()); err != nil {
		return err
	}
	switch e.Mode.Type() {
	case fs.ModeDir:
		return copyFolder(ctx, from, name, to, as, e.Mode.Perm())
	case fs.ModeSymlink:
		target, err := from.Readlink(name)
		if err != nil {
			return err
		}
		return to.Symlink(target, as)
	case 0:
		return copyFile(from, name, to, as)
	}
	return nil
}

func copyFolder(ctx context.Context, from fsx.Folder, name string, to fsx.Folder, as string, mode fs.FileMode) error {
	source, err := from.Open(name)
	if err != nil {
		return err
	}
	defer source.Close()
	if err := to.Mkdir(as, 0o700); err != nil {
		return err
	}
	target, err := to.Open(as)
	if err != nil {
		return err
	}
	defer target.Close()
	list, err := source.List()
	for _, l := range list {
		if err == nil {
			err = copyTree(ctx, source, l.Name, target, l.Name)
		}
	}
	if err != nil {
		return err
	}
	return target.Chmod(mode) // when it is filled
}

func copyFile(from fsx.Folder, name string, to fsx.Folder, as string) error {
	source, info, err := from.OpenRegular(name)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := to.Create(as, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Chmod(info.Mode().Perm()), target.SetTime(info.ModTime()), target.Close())
}
