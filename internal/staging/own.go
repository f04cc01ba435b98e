package staging

import (
	"context"
	"fmt"
	"path/filepath"

	"cargohome/internal/fsx"
)

// inOwn is a folder of ours in a folder that others may write to, such as cargohome in
// the home: no link is followed to it or in it, and it has to belong to us.
func inOwn(path string) In {
	dir := filepath.Dir(path)
	return In{Root: filepath.Dir(dir), Below: filepath.Base(dir), NoLinks: true}
}

// Replace puts data in the place of the file at path, or makes it, in one step. The file
// is for us alone to write: the folder it lies in is made if missing, and it is an error
// if it is another's. It is not synced: it is for what can be made again.
func Replace(ctx context.Context, path string, data []byte) error {
	r, err := beside(ctx, inOwn(path), path, 0o666&^fsx.Umask())
	if err == nil {
		r, err = r.with(data, false)
	}
	if err != nil {
		return err
	}
	if err := checkOwner(r.ground.dir, filepath.Dir(path)); err != nil {
		_ = r.Discard()
		return err
	}
	return r.Commit()
}

// SweepOwn is [Sweep] for the folder of a file that [Replace] writes, for runs that have
// nothing to replace.
func SweepOwn(ctx context.Context, path string) { Sweep(ctx, inOwn(path)) }

// ReadOwn reads a file that Replace wrote, of limit bytes at most. It is an error if the
// file or its folder is another's, or reached by a link.
func ReadOwn(path string, limit int64) ([]byte, error) {
	dir, err := inOwn(path).open()
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	if err := checkOwner(dir, filepath.Dir(path)); err != nil {
		return nil, err
	}
	name := filepath.Base(path)
	e, err := dir.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case e.Owner != owner():
		return nil, fmt.Errorf("%s is not a file of ours", path)
	}
	return dir.ReadRegular(name, limit)
}

func checkOwner(dir fsx.Folder, path string) error {
	e, err := dir.Self()
	if err == nil && e.Owner != owner() {
		err = fmt.Errorf("%s belongs to another user", path)
	}
	return err
}
