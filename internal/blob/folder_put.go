package blob

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"time"

	"cargohome/internal/fsx"
	"cargohome/internal/staging"
)

func (f *folder) PutNew(ctx context.Context, name string, c *Content) (tag string, err error) {
	return f.put(ctx, name, c, func(root *os.Root, written string) (tag string, err error) {
		info, err := lstat(root, written)
		if err == nil {
			err = root.Link(written, filepath.FromSlash(name))
		}
		if errors.Is(err, fs.ErrExist) {
			err = ErrExists
		}
		return info.Tag, err
	})
}

func (f *folder) PutIf(ctx context.Context, name, tag string, c *Content) (now string, err error) {
	return f.put(ctx, name, c, func(root *os.Root, written string) (now string, err error) {
		err = f.locked(ctx, root, name, func() error {
			now, err = replace(root, name, tag, written)
			return err
		})
		if errors.Is(err, fs.ErrNotExist) {
			err = ErrChanged
		}
		return now, err
	})
}

// replace puts a file in the place of one that has a tag, and of which the time goes on.
func replace(root *os.Root, name, tag, written string) (now string, err error) {
	old, err := lstat(root, name)
	if err != nil {
		return "", err
	}
	if old.Tag != tag {
		return "", ErrChanged
	}
	info, err := lstat(root, written)
	if err == nil && !info.Modified.After(old.Modified) {
		later := old.Modified.Add(time.Microsecond)
		if err = root.Chtimes(written, later, later); err == nil {
			info, err = lstat(root, written)
		}
	}
	if err != nil {
		return "", err
	}
	return info.Tag, root.Rename(written, filepath.FromSlash(name))
}

// put writes a file beside, has place give it its name, and syncs that.
func (f *folder) put(ctx context.Context, name string, c *Content, place func(root *os.Root, written string) (tag string, err error)) (tag string, err error) {
	if !isName(name) {
		return "", f.error(name, ErrName)
	}
	root, written, err := f.beside(ctx)
	if err != nil {
		return "", f.error(name, err)
	}
	defer root.Remove(written)
	if err := write(ctx, root, written, c); err != nil {
		return "", f.error(name, err)
	}
	dir := filepath.FromSlash(path.Dir(name))
	for range tries {
		if err = root.MkdirAll(dir, 0o777); err == nil {
			tag, err = place(root, written)
		}
		if !errors.Is(err, fs.ErrNotExist) { // else somebody deletes what was the last in its folder
			break
		}
	}
	if err == nil {
		err = syncFolder(root, dir)
	}
	if err != nil {
		return "", f.error(name, err)
	}
	return tag, nil
}

// tries is how often a folder is made that others delete.
const tries = 8

// beside returns the name for a file that is written. The first time the folder for these is
// made, and the store if it is not there.
func (f *folder) beside(ctx context.Context) (root *os.Root, name string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stage == nil {
		if f.stage, err = staging.New(context.WithoutCancel(ctx), staging.At(f.dir)); err != nil {
			return nil, "", err
		}
	}
	if root, err = f.opened(); err != nil {
		return nil, "", err
	}
	rel, err := filepath.Rel(f.dir, f.stage.Fresh())
	f.number++
	return root, filepath.Join(rel, strconv.Itoa(f.number)), err
}

// write writes a file of that content, on the disk.
func write(ctx context.Context, root *os.Root, name string, c *Content) error {
	if err := staging.Point(staging.OpOpen, name); err != nil {
		return err
	}
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	sum := sha256.New()
	if _, err = io.Copy(io.MultiWriter(file, sum), c.reader()); err == nil && [sha256.Size]byte(sum.Sum(nil)) != c.Sum {
		err = ErrContent
	}
	if err == nil {
		err = staging.Point(staging.OpSync, name)
	}
	if err == nil {
		err = errors.Join(ctx.Err(), file.Sync())
	}
	return errors.Join(err, file.Close())
}

// syncFolder has the names in a folder be on the disk, where a system can be asked to.
func syncFolder(root *os.Root, name string) error {
	dir, err := fsx.OpenDirIn(root, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // what was put was deleted, and was the last
	}
	if err != nil {
		return err
	}
	defer dir.Close()
	_ = dir.Sync() // some file systems do not know that of folders
	return nil
}
