package object

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"cargohome/internal/fsx"

	"github.com/go-git/go-git/v5/plumbing"
)

// ErrUnopened is matched by the error for what is there and git would not open.
var ErrUnopened = errors.New("it is no repository that git opens")

// OpenStrict is [OpenDB] for those who ask what Cargo would find: what libgit2 1.9 would not
// open it refuses with an error that matches [ErrUnopened], packs that libgit2 would pass over
// it passes over, and of what is deflated it looks at the checksums too.
func OpenStrict(dir, home string, b *Budget) (*DB, error) { return openBy(openStrictIn, dir, home, b) }

// openStrictly opens a repository with all that it borrows. It takes over root.
func openStrictly(root *os.Root, dir string, b *Budget) (*DB, error) {
	db, err := openStrictIn(root, dir, b)
	if err == nil {
		if err = db.addAlternates(""); err != nil {
			err = errors.Join(err, db.Close())
		}
	}
	return db, err
}

// openStrictIn opens the repository's own objects, in dir. It takes over root, which is that
// folder.
func openStrictIn(root *os.Root, dir string, b *Budget) (*DB, error) {
	settings, err := checkOpens(root)
	if err == nil {
		settings.workTree, err = settings.findWorkTree(dir)
	}
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) { // whatever is missing, it is not the whole
			err = errors.New(err.Error())
		}
		return nil, errors.Join(fmt.Errorf("%w: %w", ErrUnopened, err), root.Close())
	}
	db := &DB{dir: dir, git: root, budget: b, strict: true, workTree: settings.workTree}
	db.decoders.New = func() any {
		d := newDecoder()
		d.strict = true
		return d
	}
	return db, db.openObjects()
}

// checkOpens reports why libgit2 would not open the repository in a folder: what makes it one
// is missing, what need not be there cannot be looked at, or the configuration is none
// (libgit2 1.9: git_repository_open_ext).
func checkOpens(root *os.Root) (*settings, error) {
	for name, is := range map[string]func(fs.FileMode) bool{"HEAD": fs.FileMode.IsRegular, "objects": fs.FileMode.IsDir, "refs": fs.FileMode.IsDir} {
		info, err := root.Stat(name)
		if err == nil && !is(info.Mode()) {
			err = fmt.Errorf("%s is something else", name)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, name := range []string{"info/grafts", "shallow", "config", "commondir", "packed-refs"} {
		if _, err := root.Stat(filepath.FromSlash(name)); err != nil && !isAbsent(err) {
			return nil, err
		}
	}
	if info, err := root.Stat("commondir"); err == nil && info.Mode().IsRegular() {
		return nil, errors.New("commondir: it is the repository of a work tree of another")
	}
	for _, name := range []string{"info/grafts", "shallow"} {
		if err := checkGrafts(root, filepath.FromSlash(name)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return readSettings(root)
}

// isAbsent reports whether libgit2 takes an error to say that a file is not there: so too if
// what should be a folder is a file (libgit2 1.9: git_fs_path_set_error).
func isAbsent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// checkGrafts: each line is names of commits, with a space between.
func checkGrafts(root *os.Root, name string) error {
	text, err := fsx.ReadRegularIn(root, name, maxPackedRefs)
	if isAbsent(err) || err != nil && isFolder(root, name) {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		for id := range strings.SplitSeq(strings.TrimSuffix(line, "\n"), " ") {
			if !plumbing.IsHash(id) {
				return fmt.Errorf("%q is no id of a commit", id[:min(len(id), 64)])
			}
		}
	}
	return err
}

func isFolder(root *os.Root, name string) bool {
	info, err := root.Stat(name)
	return err == nil && info.IsDir()
}

// openSound is openPacks without those of which libgit2 would use nothing.
func (db *DB) openSound(objects *os.Root, b *Budget) (packs []*pack, err error) {
	if !isFolder(objects, "pack") {
		return nil, nil
	}
	folder, err := fsx.OpenDirIn(objects, "pack")
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	names, err := folder.Readdirnames(-1)
	slices.Sort(names)
	for _, name := range names {
		base, isIdx := strings.CutSuffix(name, ".idx")
		if !isIdx {
			continue
		}
		p, err := openPack(objects, path.Join("pack", base), b)
		if err == nil {
			if err = p.checkPair(); err != nil {
				err = errors.Join(fmt.Errorf("%s: %w", p.name, err), p.close())
			}
		}
		switch {
		case err == nil:
			packs = append(packs, p)
		case !errors.Is(err, fs.ErrNotExist): // one that is gone is passed over without a word
			db.unsound = append(db.unsound, err)
		}
	}
	return packs, err
}

// checkPair: a pack and its index have the sizes and the numbers of objects that they say,
// and the index names the pack (libgit2 1.9: pack_index_check_locked, packfile_open_locked).
func (p *pack) checkPair() error {
	most := p.minSize() + 8*max(0, p.count()-1)
	if p.idxSize > most {
		return fmt.Errorf("%w: its index is too long for %d objects", errPack, p.count())
	}
	f, err := p.open()
	if err != nil {
		return err
	}
	var head [12]byte
	var ends, said [plumbingHashSize]byte
	_, err = f.ReadAt(head[:], 0)
	_, err2 := f.ReadAt(ends[:], f.size-int64(plumbingHashSize))
	_, err3 := p.idx.ReadAt(said[:], p.idxSize-int64(idxSums))
	if err := errors.Join(err, err2, err3); err != nil {
		return fmt.Errorf("%w: %w", errPack, err)
	}
	version := binary.BigEndian.Uint32(head[4:])
	switch {
	case string(head[:4]) != "PACK" || version != 2 && version != 3:
		return fmt.Errorf("%w: not a pack of version 2", errPack)
	case int64(binary.BigEndian.Uint32(head[8:])) != p.count():
		return fmt.Errorf("%w: it has another number of objects than its index says", errPack)
	case ends != said:
		return errOtherPack
	}
	return nil
}
