package vendoring

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate/archive"
	"cargohome/gitsrc"
	"cargohome/internal/fsx"
)

// folderTree is a folder as a work tree. Nothing outside of it is ever opened,
// and it keeps nothing open.
type folderTree struct {
	dir     string
	entries []gitsrc.Entry
	modes   map[string]fs.FileMode // of regular files
}

// openFolder lists a folder.
func openFolder(dir string) (*folderTree, error) {
	t := &folderTree{dir: dir, modes: map[string]fs.FileMode{}}
	err := fs.WalkDir(t, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		return t.add(name, e)
	})
	slices.SortFunc(t.entries, func(a, b gitsrc.Entry) int { return strings.Compare(a.Path, b.Path) })
	return t, err
}

// add lists a file or link; pipes and the like are not there for anybody.
func (t *folderTree) add(name string, e fs.DirEntry) (err error) {
	entry := gitsrc.Entry{Path: name}
	switch e.Type() {
	case 0:
		info, err := e.Info()
		if err != nil {
			return err
		}
		t.modes[name] = info.Mode().Perm()
	case fs.ModeSymlink:
		entry.Kind = gitsrc.Symlink
		if entry.Target, err = os.Readlink(filepath.Join(t.dir, filepath.FromSlash(name))); err != nil {
			return err
		}
	default:
		return nil
	}
	if t.entries = append(t.entries, entry); len(t.entries) > archive.MaxEntries {
		return fmt.Errorf("%s: %w", t.dir, &archive.LimitError{What: "files", Limit: archive.MaxEntries})
	}
	return nil
}

// Entries implements gitsrc.Lister.
func (t *folderTree) Entries() []gitsrc.Entry { return t.entries }

// Open implements fs.FS.
func (t *folderTree) Open(name string) (fs.File, error) {
	if !gitsrc.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	info, err := os.Stat(filepath.Join(t.dir, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	if !info.IsDir() && !info.Mode().IsRegular() { // opening a pipe would hang
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	return fsx.OpenInRoot(t.dir, filepath.FromSlash(name))
}

// ReadFile implements gitsrc.Lister. It is for manifests, lists and records, of at
// most maxRecord bytes.
func (t *folderTree) ReadFile(name string) ([]byte, error) {
	f, err := t.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxRecord+1))
	if err == nil && len(data) > maxRecord {
		err = &fs.PathError{Op: "read", Path: filepath.Join(t.dir, filepath.FromSlash(name)), Err: fsx.ErrTooLarge}
	}
	return data, err
}
