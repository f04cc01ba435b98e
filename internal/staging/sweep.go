package staging

import (
	"context"
	"path/filepath"

	"cargohome/internal/fsx"
)

// Sweep deletes from a folder what runs that were killed left there: what has a name as
// this package makes them, and nobody has locked. A live run holds the lock of its
// temporary folder or file from before it writes anything into it. What cannot be
// deleted stays: it hinders nobody. So does, untouched, what another file system is
// mounted in, and what is left when ctx ends.
func Sweep(ctx context.Context, in In) {
	dir, err := in.open()
	if err != nil {
		return
	}
	defer dir.Close()
	sweep(ctx, dir, in.path(), nobodys)
}

// nobodys is for sweeps in which nothing is taken over.
func nobodys(string) bool { return false }

// sweep deletes what nobody takes over, by name.
func sweep(ctx context.Context, dir fsx.Folder, path string, takenOver func(name string) bool) {
	list, err := dir.List()
	if err != nil {
		return
	}
	var mounts fsx.Mounts
	looked := false
	for _, l := range list {
		name := l.Name
		if !IsTemporary(name) {
			continue
		}
		if !looked {
			mounts, looked = fsx.ReadMounts().Below(dir), true
		}
		if !mounts.Within(name) && !takenOver(name) {
			sweepOne(ctx, dir, name, filepath.Join(path, name))
		}
	}
}

// sweepOne deletes a leftover, unless somebody has it locked. What is deleted is what was
// locked, whatever has its name by then.
func sweepOne(ctx context.Context, dir fsx.Folder, name, path string) {
	e, err := dir.Stat(name)
	switch {
	case err != nil:
	case e.Mode.IsDir():
		sub, err := dir.Open(name)
		if err != nil {
			return
		}
		defer sub.Close()
		if self, err := sub.Self(); err == nil && self.ID == e.ID && sub.Lock() == nil && Point(OpRemove, path) == nil && sameMount(dir, sub) {
			_ = sub.Empty(ctx)
			_ = dir.RemoveFolder(name)
		}
	case e.Mode.IsRegular():
		f, _, err := dir.OpenRegular(name)
		if err != nil {
			return
		}
		defer f.Close()
		if fsx.LockFile(f) == nil && Point(OpRemove, path) == nil {
			_ = dir.Remove(name)
		}
	}
}

func sameMount(a, b fsx.Folder) bool {
	at, err := a.Place()
	bt, err2 := b.Place()
	return err == nil && err2 == nil && at == bt
}
