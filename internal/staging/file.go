package staging

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"

	"cargohome/internal/fsx"
)

// Replacement is new content for a file, written beside it and not yet in its place.
type Replacement struct {
	ground ground
	path   string
	mode   fs.FileMode
	temp   string       // its name
	size   atomic.Int64 // bytes that were written
	held   *os.File     // it, locked, which keeps others from sweeping it
}

// NewReplacement writes data beside the file at path, so that what can fail has been
// done when Commit is called; see [Begin].
func NewReplacement(ctx context.Context, path string, data []byte) (*Replacement, error) {
	r, err := Begin(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", path, err)
	}
	return r.with(data, true)
}

// Begin makes an empty file beside that at path, to be written to and ended with Sync.
// The mode of what is there stays, a link is followed, and missing folders are made. The
// caller puts it in place with Commit, or calls Discard.
func Begin(ctx context.Context, path string) (*Replacement, error) {
	mode := fs.FileMode(0o666) &^ fsx.Umask()
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	return beside(ctx, At(filepath.Dir(path)), path, mode)
}

// At returns where to stage in the folder at a path, which may be missing in part.
func At(dir string) In {
	in := In{Root: dir}
	for {
		if _, err := os.Stat(in.Root); err == nil || in.Root == filepath.Dir(in.Root) {
			return in
		}
		in.Below = joinSlash(filepath.Base(in.Root), in.Below)
		in.Root = filepath.Dir(in.Root)
	}
}

// beside makes a temporary file in the folder, which that at path lies in.
func beside(ctx context.Context, in In, path string, mode fs.FileMode) (*Replacement, error) {
	g, err := in.prepare()
	if err != nil {
		return nil, err
	}
	sweep(ctx, g.dir, in.path(), nobodys)
	r := &Replacement{ground: g, path: path, mode: mode}
	if err := r.create(); err != nil {
		g.close()
		return nil, err
	}
	return r, nil
}

// with writes all there is to write. After an error nothing is left.
func (r *Replacement) with(data []byte, synced bool) (*Replacement, error) {
	_, err := r.Write(data)
	switch {
	case err != nil:
	case synced:
		err = r.Sync()
	default:
		err = r.held.Chmod(r.mode)
	}
	if err != nil {
		return nil, errors.Join(err, r.Discard())
	}
	return r, nil
}

// Write implements [io.Writer].
func (r *Replacement) Write(b []byte) (int, error) { return r.write(b, r.held.Write) }

// WriteAt implements [io.WriterAt], for several goroutines. Nothing is to be written twice.
func (r *Replacement) WriteAt(b []byte, at int64) (int, error) {
	return r.write(b, func(b []byte) (int, error) { return r.held.WriteAt(b, at) })
}

func (r *Replacement) write(b []byte, write func([]byte) (int, error)) (int, error) {
	if err := Point(OpWrite, r.held.Name()); err != nil {
		return 0, err
	}
	n, err := write(b)
	r.size.Add(int64(n))
	return n, pathError("write", r.path, err)
}

// Open opens what was written for reading.
func (r *Replacement) Open() (*os.File, error) {
	file, _, err := r.ground.dir.OpenRegular(r.temp)
	return file, err
}

// Size is how many bytes were written.
func (r *Replacement) Size() int64 { return r.size.Load() }

// Sync says that nothing more will be written. What was is on the disk, not only on its
// way there, when the file gets its name, as it may be one that cannot be made again.
func (r *Replacement) Sync() error {
	if err := r.held.Chmod(r.mode); err != nil {
		return err
	}
	if err := Point(OpSync, r.held.Name()); err != nil {
		return err
	}
	return pathError("write", r.path, r.held.Sync())
}

func (r *Replacement) create() error {
	if err := Point(OpOpen, r.path); err != nil {
		return err
	}
	return again(func(name string) (err error) {
		r.held, err = createLocked(r.ground.dir, name)
		r.temp = name
		return InFolder(filepath.Dir(r.path), err)
	})
}

// createLocked makes and locks a file; see makeLocked.
func createLocked(dir fsx.Folder, name string) (*os.File, error) {
	made, err := dir.Create(name, 0o600)
	if err != nil {
		return nil, err
	}
	f := made.OS(name)
	if fsx.LockFile(f) == fsx.ErrLocked {
		return nil, errors.Join(f.Close(), errTaken)
	}
	if !dir.IsAt(name, f) {
		_ = f.Close()
		return nil, errTaken
	}
	return f, nil
}

// Commit puts the new content in place, in one step: whoever reads the file sees the old
// content or the new.
func (r *Replacement) Commit() error {
	err := Point(OpRename, r.path)
	if err == nil {
		err = fsx.Rename(r.ground.dir, r.temp, r.ground.dir, filepath.Base(r.path))
	}
	if err != nil {
		return errors.Join(err, r.Discard())
	}
	return r.release()
}

// Discard deletes the new content.
func (r *Replacement) Discard() error {
	return errors.Join(r.ground.dir.Remove(r.temp), r.release())
}

func (r *Replacement) release() error {
	r.ground.close()
	return r.held.Close()
}
