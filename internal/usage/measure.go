package usage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"cargohome/crate"
	"cargohome/internal/fsx"
)

// maxDepth is how deep folders may be nested. Each level keeps a folder open; no
// package comes near it.
const maxDepth = 400

var errTooDeep = fmt.Errorf("folders are nested more than %d deep", maxDepth)

// extent is what was found when a tree was measured.
type extent struct {
	size  Size // of what has one name
	links []link
	err   error // why it was not measured whole, the first reason
	mount bool  // another file system begins in it

	// Times of what Cargo reads when it uses a source or a checkout, and of folders
	// near the top, which a build changes.
	used, newest int64
}

// marks are the files that Cargo looks at on each use, or writes: sources,
// checkouts, repositories, and what it builds.
var marks = map[string]bool{crate.OKFile: true, "HEAD": true, "FETCH_HEAD": true, ".rustc_info.json": true}

// measure adds what lies in the folder f, and f itself.
func measure(ctx context.Context, f fsx.Folder) *extent {
	t := &extent{}
	self, err := f.Self()
	if err != nil {
		t.fail(err)
		return t
	}
	t.used = self.Modified.Unix()
	t.count(entry{Entry: self})
	t.folder(ctx, f, self.Dev, 0)
	return t
}

// Weigh returns what lies at a path takes, a file with several names counted once, and when
// Cargo last used it as far as the times of files tell, in Unix seconds. A link is not
// followed.
func Weigh(ctx context.Context, path string) (size Size, used int64, err error) {
	above, err := fsx.OpenFolder(filepath.Dir(path))
	if err != nil {
		return Size{}, 0, err
	}
	defer above.Close()
	self, err := above.Stat(filepath.Base(path))
	if err != nil || !self.Mode.IsDir() {
		return entry{Entry: self}.takes(), max(self.Modified.Unix(), self.Accessed.Unix()), err
	}
	f, err := above.Open(filepath.Base(path))
	if err != nil {
		return Size{}, 0, err
	}
	defer f.Close()
	t := measure(ctx, f)
	seen := map[fsx.ID]bool{}
	for _, l := range t.links {
		if !seen[l.ID] {
			t.size.add(l.size)
		}
		seen[l.ID] = true
	}
	return t.size, t.used, t.err
}

func (t *extent) fail(err error) {
	if t.err == nil && !errors.Is(err, fs.ErrNotExist) {
		t.err = err
	}
}

// count adds one thing. Folders have as many names as they have folders in them.
func (t *extent) count(e entry) {
	if e.Links > 1 && !e.Mode.IsDir() {
		t.links = append(t.links, link{e.ID, e.Links, e.takes()})
		return
	}
	t.size.add(e.takes())
}

func (t *extent) folder(ctx context.Context, f fsx.Folder, dev uint64, depth int) {
	if depth > maxDepth {
		t.fail(errTooDeep)
		return
	}
	err := read(f, func(e entry) error {
		t.count(e)
		if depth < 2 && marks[e.name] && e.Mode.IsRegular() {
			t.used = max(t.used, e.Modified.Unix(), e.Accessed.Unix())
		}
		if !e.Mode.IsDir() {
			return nil
		}
		t.mount = t.mount || e.Dev != dev
		if depth < 3 {
			t.newest = max(t.newest, e.Modified.Unix())
		}
		return t.enter(ctx, f, e, depth)
	})
	if err != nil {
		t.fail(err)
	}
}

func (t *extent) enter(ctx context.Context, f fsx.Folder, e entry, depth int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	sub, err := f.Open(e.name)
	if err != nil {
		t.fail(err)
		return nil
	}
	defer sub.Close()
	t.folder(ctx, sub, e.Dev, depth+1)
	return nil
}
