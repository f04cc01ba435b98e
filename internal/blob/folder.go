package blob

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"cargohome/internal/fsx"
	"cargohome/internal/par"
	"cargohome/internal/staging"
)

// folder is a store in a folder.
type folder struct {
	dir string

	mu     sync.Mutex
	root   *os.Root     // nil until it is there and needed
	stage  *staging.Dir // in which files are written, nil until one is
	number int          // of those
}

func openFolder(dir string) (Store, error) {
	dir = filepath.FromSlash(dir)
	if !filepath.IsAbs(dir) {
		return nil, fmt.Errorf("%s%s: the path of the folder is to be absolute", schemeFile, dir)
	}
	return &folder{dir: filepath.Clean(dir)}, nil
}

func (f *folder) String() string { return schemeFile + filepath.ToSlash(f.dir) }

func (f *folder) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var errs []error
	if f.root != nil {
		errs = append(errs, f.root.Close())
	}
	if f.stage != nil {
		errs = append(errs, f.stage.Close())
	}
	f.root, f.stage = nil, nil
	return errors.Join(errs...)
}

// error names the object, in place of the file.
func (f *folder) error(name string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNotFound
	}
	return &Error{f.String(), name, fsx.WithoutPath(err)}
}

// in returns the folder, if an object can have that name and ctx has not ended.
func (f *folder) in(ctx context.Context, name string) (*os.Root, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !isName(name) {
		return nil, ErrName
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.opened()
}

// opened returns the folder. The caller has the lock.
func (f *folder) opened() (root *os.Root, err error) {
	if f.root == nil {
		f.root, err = fsx.OpenRoot(f.dir)
	}
	return f.root, err
}

func (f *folder) Stat(ctx context.Context, name string) (Info, error) {
	root, err := f.in(ctx, name)
	if err != nil {
		return Info{}, f.error(name, err)
	}
	info, err := lstat(root, name)
	return info, f.error(name, err)
}

// lstat describes the file that is an object. What is no file is none.
func lstat(root *os.Root, name string) (Info, error) {
	e, err := root.Lstat(filepath.FromSlash(name))
	if err == nil && !e.Mode().IsRegular() {
		err = ErrNotFound
	}
	if err != nil {
		return Info{}, err
	}
	return newInfo(name, e), nil
}

func newInfo(name string, e fs.FileInfo) Info {
	return Info{name, e.Size(), fmt.Sprintf("%x-%x", e.ModTime().UnixNano(), e.Size()), e.ModTime()}
}

func (f *folder) Open(ctx context.Context, name string) (io.ReadCloser, Info, error) {
	root, err := f.in(ctx, name)
	if err != nil {
		return nil, Info{}, f.error(name, err)
	}
	file, e, err := fsx.OpenRegularIn(root, filepath.FromSlash(name))
	if err != nil {
		return nil, Info{}, f.error(name, err)
	}
	return file, newInfo(name, e), nil
}

// Delete deletes the file, and the folders that it leaves empty.
func (f *folder) Delete(ctx context.Context, name string) error {
	root, err := f.in(ctx, name)
	if err != nil {
		return f.gone(name, err)
	}
	err = f.locked(ctx, root, name, func() error { return root.Remove(filepath.FromSlash(name)) })
	if err != nil {
		return f.gone(name, err)
	}
	for dir := path.Dir(name); dir != "." && root.Remove(filepath.FromSlash(dir)) == nil; dir = path.Dir(dir) {
	}
	return nil
}

// gone is the error of deleting: what is not there need not be.
func (f *folder) gone(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return f.error(name, err)
}

// locked does something while nobody else replaces files in the folder that a file is in.
func (f *folder) locked(ctx context.Context, root *os.Root, name string, do func() error) error {
	dir, err := fsx.OpenDirIn(root, path.Dir(name))
	if err != nil {
		return err
	}
	defer dir.Close()
	for wait := time.Millisecond; ; wait = min(2*wait, 50*time.Millisecond) {
		switch err := fsx.LockFile(dir); {
		case err == nil:
			return do()
		case !errors.Is(err, fsx.ErrLocked):
			return fmt.Errorf("folders cannot be locked: %w", err)
		}
		if err := par.Sleep(ctx, wait); err != nil {
			return err
		}
	}
}

func (f *folder) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		f.mu.Lock()
		root, err := f.opened()
		f.mu.Unlock()
		if err == nil {
			err = walk(ctx, root, prefix, ".", yield)
		}
		if err != nil && err != errStop && !errors.Is(err, fs.ErrNotExist) {
			yield(Info{}, f.error("", err))
		}
	}
}

// errStop ends a walk.
var errStop = errors.New("enough")

// walk yields the files below a folder whose names begin with prefix, in order.
func walk(ctx context.Context, root *os.Root, prefix, dir string, yield func(Info, error) bool) error {
	entries, err := readDir(root, dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case !isName(name):
		case e.IsDir():
			if below := name + "/"; strings.HasPrefix(below, prefix) || strings.HasPrefix(prefix, below) {
				err = walk(ctx, root, prefix, name, yield)
			}
		case strings.HasPrefix(name, prefix):
			err = yieldFile(root, name, yield)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func yieldFile(root *os.Root, name string, yield func(Info, error) bool) error {
	info, err := lstat(root, name)
	if err == nil && !yield(info, nil) {
		err = errStop
	}
	return err
}

// readDir lists a folder in the order that the names of what is in it have.
func readDir(root *os.Root, name string) ([]fs.DirEntry, error) {
	dir, err := fsx.OpenDirIn(root, name)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	entries, err := dir.ReadDir(-1)
	key := func(e fs.DirEntry) string {
		if e.IsDir() {
			return e.Name() + "/"
		}
		return e.Name()
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(key(a), key(b)) })
	return entries, err
}
