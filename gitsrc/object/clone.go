package object

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/internal/fsx"

	"github.com/go-git/go-git/v5/plumbing"
)

// Bounds of what is looked at for a clone.
const (
	maxCloned      = 1 << 20 // files of objects, and references
	maxClonedDepth = 16      // of folders
)

// Cloned is the repository as a clone of it on the same disk finds it. Of its folder of objects
// what is a link is not copied, nor what lies in a folder that is one (libgit2 1.9:
// git_futils_cp_r). The copy has the file of alternates and lies elsewhere: those by relative
// paths it does not find. It is good until the repository is closed.
func (db *DB) Cloned() *DB {
	own := db.dirs[0].cloned()
	isLost := func(d *objectDir) bool { return d.relative || own.isLink("info/alternates") }
	clone := &DB{dir: db.dir, git: db.git, unread: db.unread, strict: db.strict, unsound: db.unsound, workTree: db.workTree, budget: db.budget}
	clone.decoders.New = db.decoders.New
	clone.dirs = append([]*objectDir{own}, slices.DeleteFunc(slices.Clone(db.dirs[1:]), isLost)...)
	return clone
}

func (d *objectDir) cloned() *objectDir {
	own := &objectDir{path: d.path, root: d.root, unlinked: true}
	for _, p := range d.packs {
		if !own.isLink(p.name+".pack") && !own.isLink(p.name+".idx") {
			own.packs = append(own.packs, p)
		}
	}
	return own
}

// isLink reports whether a file in a folder is a link, or that folder is.
func (d *objectDir) isLink(name string) bool {
	for _, at := range []string{path.Dir(name), name} {
		if info, err := d.root.Lstat(at); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return true
		}
	}
	return false
}

// isLost reports whether a clone does not have a loose object, if there is one.
func (d *objectDir) isLost(h plumbing.Hash) bool {
	return d.unlinked && d.isLink(filepath.ToSlash(looseName(h)))
}

// Clonable reports why libgit2 would not clone the repository on the disk, nil if it would:
// its folders of objects are listed, and each of its references must have a name and an object
// (libgit2 1.9: clone_local_into, store_refs).
func (db *DB) Clonable(ctx context.Context) error {
	c := cloner{db: db, ctx: ctx, known: map[plumbing.Hash]bool{}}
	err := c.copied("objects", 0)
	if err == nil {
		err = c.refs("refs", 0, c.loose)
	}
	if err == nil {
		err = c.packed()
	}
	if err == nil {
		err = c.head()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", db.dir, err)
	}
	return nil
}

type cloner struct {
	db    *DB
	ctx   context.Context
	known map[plumbing.Hash]bool // objects that were read
	left  int
}

// copied looks at the folders of objects, which are listed and what is in them looked at
// (libgit2 1.9: git_futils_cp_r).
func (c *cloner) copied(dir string, depth int) error {
	names, err := c.list(dir, depth)
	for _, name := range names {
		name = path.Join(dir, name)
		info, err := c.db.git.Lstat(name)
		if err == nil && info.IsDir() {
			err = c.copied(name, depth+1)
		}
		if err != nil {
			return err
		}
	}
	return err
}

// refs calls each with the files in a folder of references and below. What cannot be looked at is passed over,
// but for the first folder (libgit2 1.9: filesystem_iterator_frame_push).
func (c *cloner) refs(dir string, depth int, each func(name string) error) error {
	names, err := c.list(dir, depth)
	if _, many := errors.AsType[*LimitError](err); depth > 0 && !many {
		err = nil
	}
	for _, name := range names {
		name = path.Join(dir, name)
		info, err := c.db.git.Stat(name)
		switch {
		case err != nil:
			continue
		case info.IsDir():
			err = c.refs(name, depth+1, each)
		default:
			err = each(name)
		}
		if err != nil {
			return err
		}
	}
	return err
}

// list returns what is in a folder, which need not be one to enter.
func (c *cloner) list(dir string, depth int) ([]string, error) {
	f, err := fsx.OpenDirIn(c.db.git, dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names, err := f.Readdirnames(maxCloned)
	if c.left += len(names); c.left >= maxCloned || depth > maxClonedDepth {
		return nil, &LimitError{"files of a repository", maxCloned}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	slices.Sort(names)
	return names, c.ctx.Err()
}

// loose looks at a loose reference. What is none is passed over.
func (c *cloner) loose(name string) error {
	if strings.HasSuffix(name, ".lock") {
		return nil
	}
	data, err := fsx.ReadRegularIn(c.db.git, name, maxRefSize)
	text := refText(data)
	if err != nil || !plumbing.IsHash(text) && !strings.HasPrefix(text, "ref: ") {
		return nil
	}
	h, err := resolve(c.db.git, name)
	if err != nil {
		return err
	}
	return c.ref(name, h)
}

// ref makes sure of a reference to an object.
func (c *cloner) ref(name string, h plumbing.Hash) error {
	if plumbing.ReferenceName(name).Validate() != nil {
		return fmt.Errorf("reference %q: not a name of one", name)
	}
	if err := c.object(h, maxRefDepth); err != nil {
		return fmt.Errorf("reference %q: %w", name, err)
	}
	return nil
}

// object reads an object, and what it is a tag of.
func (c *cloner) object(h plumbing.Hash, depth int) error {
	if c.known[h] {
		return nil
	}
	tagged := plumbing.ZeroHash
	err := c.db.any(c.ctx, h, func(typ plumbing.ObjectType, data []byte) {
		if name, ok := bytes.CutPrefix(data, []byte("object ")); ok && typ == plumbing.TagObject && len(name) > hashDigits {
			tagged = plumbing.NewHash(string(name[:hashDigits]))
		}
	})
	c.known[h] = err == nil
	if err == nil && !tagged.IsZero() && depth > 0 {
		err = c.object(tagged, depth-1)
	}
	return err
}

// any calls f with an object of whatever type, checked against its name.
func (db *DB) any(ctx context.Context, h plumbing.Hash, f func(plumbing.ObjectType, []byte)) error {
	r := &reading{ctx: ctx, budget: db.budget, limit: MaxBlob, factor: 1, dec: db.decoders.Get().(*decoder)}
	defer db.decoders.Put(r.dec)
	return db.find(r, h, func(typ plumbing.ObjectType, data []byte) error {
		err := db.verify(h, typ, typ, data)
		if err == nil {
			f(typ, data)
		}
		return err
	})
}

// packed looks at packed-refs, all of which must be what it should.
func (c *cloner) packed() error {
	f, _, err := fsx.OpenRegularIn(c.db.git, "packed-refs")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(io.LimitReader(f, maxPackedRefs))
	lines.Buffer(nil, maxRefSize)
	for lines.Scan() {
		line := strings.TrimSuffix(lines.Text(), "\r")
		if strings.HasPrefix(line, "#") {
			continue
		}
		id, name, ok := strings.Cut(strings.TrimPrefix(line, "^"), " ")
		if !plumbing.IsHash(id) || ok == strings.HasPrefix(line, "^") {
			return errors.New("packed-refs: not a list of references")
		}
		if ok && !isThere(c.db, name) {
			if err := c.ref(name, plumbing.NewHash(id)); err != nil {
				return err
			}
		}
	}
	return lines.Err()
}

// isThere: a loose reference counts, and not the packed one of its name.
func isThere(db *DB, name string) bool {
	_, err := db.git.Stat(name)
	return err == nil
}

// head: HEAD may lead to what is not there, and to nothing else that is wrong.
func (c *cloner) head() error {
	h, err := c.db.Head()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return c.object(h, maxRefDepth)
}
