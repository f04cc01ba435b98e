package locate

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate/archive"
	"cargohome/gitsrc/object"
	"cargohome/internal/filelist"
	"cargohome/internal/fsx"
	"cargohome/internal/manifest"
)

// Folder is the folder of a package in a directory source, as a work tree: a
// [packagelist.Lister] and an fs.FS. Nothing outside of it is ever opened, and it keeps
// nothing open. Its methods are safe for concurrent use.
type Folder struct {
	Dir   string                 // absolute
	Modes map[string]fs.FileMode // of regular files, by their paths in it
	Sums  map[string]string      // of files, as the folder's own record has them
	// Manifests are the folder's. They are not for several goroutines at a time.
	Manifests *manifest.Tree

	entries []filelist.Entry
	work    *object.Budget // of lists
}

// openFolder lists a folder, of which the record is not read.
func openFolder(dir string, manifests Manifests) (*Folder, error) {
	t := &Folder{Dir: dir, Modes: map[string]fs.FileMode{}, work: object.NewBudget()}
	t.Manifests = manifests.Tree(t)
	err := fs.WalkDir(t, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		return t.add(name, e)
	})
	slices.SortFunc(t.entries, func(a, b filelist.Entry) int { return strings.Compare(a.Path, b.Path) })
	return t, err
}

// add lists a file or link; pipes and the like are not there for anybody.
func (t *Folder) add(name string, e fs.DirEntry) (err error) {
	entry := filelist.Entry{Path: name}
	switch e.Type() {
	case 0:
		info, err := e.Info()
		if err != nil {
			return err
		}
		t.Modes[name] = info.Mode().Perm()
	case fs.ModeSymlink:
		entry.Kind = filelist.Symlink
		if entry.Target, err = os.Readlink(t.path(name)); err != nil {
			return err
		}
	default:
		return nil
	}
	if t.entries = append(t.entries, entry); len(t.entries) > archive.MaxEntries {
		return fmt.Errorf("%s: %w", t.Dir, &archive.LimitError{What: "files", Limit: archive.MaxEntries})
	}
	return nil
}

func (t *Folder) path(name string) string { return filepath.Join(t.Dir, filepath.FromSlash(name)) }

// Entries implements packagelist.Lister.
func (t *Folder) Entries() []filelist.Entry { return t.entries }

// Spend implements packagelist.Lister.
func (t *Folder) Spend(steps int64) error { return t.work.Spend(steps) }

// Open implements fs.FS.
func (t *Folder) Open(name string) (fs.File, error) {
	if !filelist.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	info, err := os.Stat(t.path(name))
	if err != nil {
		return nil, err
	}
	if !info.IsDir() && !info.Mode().IsRegular() { // opening a pipe would hang
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	return fsx.OpenInRoot(t.Dir, filepath.FromSlash(name))
}

// maxText bounds what is read whole of a folder, in bytes: the record of a crate of
// 100,000 files has 12 MiB.
const maxText = 64 << 20

// ReadFile implements packagelist.Lister. It is for manifests, lists and records.
func (t *Folder) ReadFile(name string) ([]byte, error) {
	f, err := t.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxText+1))
	if err == nil && len(data) > maxText {
		err = &fs.PathError{Op: "read", Path: t.path(name), Err: fsx.ErrTooLarge}
	}
	return data, err
}
