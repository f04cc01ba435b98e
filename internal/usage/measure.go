package usage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
)

// maxDepth is how deep folders may be nested. Each level keeps a folder open; no
// package comes near it.
const maxDepth = 400

var (
	errTooDeep = fmt.Errorf("folders are nested more than %d deep", maxDepth)
	errMount   = errors.New("another file system is mounted in it")
)

// tree is what was found when a tree was measured.
type tree struct {
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
var marks = map[string]bool{".cargo-ok": true, "HEAD": true, "FETCH_HEAD": true, ".rustc_info.json": true}

// measure adds what lies in the folder f, and f itself.
func measure(ctx context.Context, f folder) *tree {
	t := &tree{}
	self, err := f.self()
	if err != nil {
		t.fail(err)
		return t
	}
	t.used = self.mod
	t.count(self)
	t.folder(ctx, f, self.dev, 0)
	return t
}

func (t *tree) fail(err error) {
	if t.err == nil && !errors.Is(err, fs.ErrNotExist) {
		t.err = err
	}
}

// count adds one thing. Folders have as many names as they have folders in them.
func (t *tree) count(e entry) {
	if e.links > 1 && !e.mode.IsDir() {
		t.links = append(t.links, link{e.inode, e.links, e.size})
		return
	}
	t.size.add(e.size)
}

func (t *tree) folder(ctx context.Context, f folder, dev uint64, depth int) {
	if depth > maxDepth {
		t.fail(errTooDeep)
		return
	}
	err := f.read(func(e entry) error {
		t.count(e)
		if depth < 2 && marks[e.name] && e.mode == 0 {
			t.used = max(t.used, e.mod, e.acc)
		}
		if !e.mode.IsDir() {
			return nil
		}
		t.mount = t.mount || e.dev != dev
		if depth < 3 {
			t.newest = max(t.newest, e.mod)
		}
		return t.enter(ctx, f, e, depth)
	})
	if err != nil {
		t.fail(err)
	}
}

func (t *tree) enter(ctx context.Context, f folder, e entry, depth int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	sub, err := f.open(e.name)
	if err != nil {
		t.fail(err)
		return nil
	}
	defer sub.close()
	t.folder(ctx, sub, e.dev, depth+1)
	return nil
}
