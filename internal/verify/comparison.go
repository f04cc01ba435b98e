package verify

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/filelist"
	"cargohome/internal/fsx"
)

// comparison compares a folder with what is written to it, as an [archive.Folder], and
// writes nothing. It reads what it is compared with once, piece by piece as that comes.
type comparison struct {
	*archive.Shape
	root    fsx.Folder
	umask   fs.FileMode            // under which the folder was made
	folders map[string]fs.FileMode // that should be there, with their modes under no umask
	asked   []string               // of those, the ones that are there for themselves
	open    []level                // the root, and the folders down to the last one looked into
	lists   map[string]*listing    // of the folders that were looked into
	looked  int                    // names in these
	skipped map[string]bool        // files that are not compared
	found   []Difference
	git     bool // it is a work tree
	anyMode bool // nobody says which modes there should be

	got, want *record // of a vendored package, nil if there is none that can be read

	buffers
}

// level is one open folder on the way down.
type level struct {
	path string
	dir  fsx.Folder
}

// compare opens the folder at path, of which links are not followed. mark is a file in it
// that was made with mode 0666, as the folder was with 0777. The caller closes it.
func compare(path, mark string, b buffers) (*comparison, error) {
	root, err := fsx.OpenFolderHere(path)
	if err != nil {
		return nil, err
	}
	root = root.ForReading()
	umask, anyMode := umaskOf(path, root, mark)
	return &comparison{
		Shape: archive.NewShape(), root: root, umask: umask, anyMode: anyMode, buffers: b,
		folders: map[string]fs.FileMode{"": 0o777}, skipped: map[string]bool{}, lists: map[string]*listing{}, open: []level{{"", root}},
	}, nil
}

// umaskOf returns the umask under which the folder at path, which is root, was made: one that two
// agree on of its mode, that of the mark, ours and the mode of the folder above it, as each may
// have been changed, or else ours. On a disk that keeps no modes folder and mark have the same,
// and none is told.
func umaskOf(path string, root fsx.Folder, mark string) (umask fs.FileMode, anyMode bool) {
	self, err := root.Self()
	made, err2 := root.Stat(mark)
	own, ours := 0o777&^self.Mode.Perm(), fsx.Umask()
	isMade := func(umask fs.FileMode) bool {
		return err == nil && err2 == nil && made.Mode.IsRegular() && made.Mode.Perm() == 0o666&^umask
	}
	above, err3 := os.Stat(filepath.Dir(path))
	switch {
	case isMade(own):
		return own, false
	case isMade(ours), err3 != nil:
		return ours, false
	case made.Mode.Perm() == self.Mode.Perm() && !root.KeepsModes():
		return ours, true
	}
	if beside := 0o777 &^ above.Mode().Perm(); beside == own || isMade(beside) {
		return beside, false
	}
	return ours, false
}

func (c *comparison) close() {
	for len(c.open) > 0 {
		c.leave()
	}
}

func (c *comparison) leave() {
	last := len(c.open) - 1
	_ = c.open[last].dir.Close()
	c.open = c.open[:last]
}

func (c *comparison) add(path string, how How) {
	if path == "" {
		path = "."
	}
	c.found = append(c.found, Difference{path, how})
}

// Mkdir implements archive.Folder.
func (c *comparison) Mkdir(path string, mode fs.FileMode) error {
	if err := c.Shape.Mkdir(path, mode); err != nil {
		return err
	}
	c.expectFolder(filelist.Parent(path))
	c.folders[path] = mode
	c.asked = append(c.asked, path)
	return nil
}

// expectFolder: a folder that is made on the way has every permission.
func (c *comparison) expectFolder(path string) {
	for {
		if _, known := c.folders[path]; known {
			return
		}
		c.folders[path] = 0o777
		path = filelist.Parent(path)
	}
}

// expect adds what is no folder, and returns the folder it should lie in, if that is
// there.
func (c *comparison) expect(path string) (fsx.Folder, bool, error) {
	if err := c.Add(path); err != nil {
		return fsx.Folder{}, false, err
	}
	parent := filelist.Parent(path)
	c.expectFolder(parent)
	dir, err := c.enter(parent)
	return dir, err == nil, nil
}

// Create implements archive.Folder.
func (c *comparison) Create(path string, mode fs.FileMode) (archive.FileWriter, error) {
	dir, ok, err := c.expect(path)
	if err != nil {
		return nil, err
	}
	f := &compared{c: c, path: path}
	if !ok {
		c.add(path, Missing)
		return f, nil
	}
	file, err := c.openFile(dir, path)
	if err != nil {
		c.add(path, why(err))
		return f, nil
	}
	if c.tellsModes() && file.Perm() != mode.Perm()&^c.umask {
		c.add(path, Mode)
	}
	f.file = file
	return f, nil
}

// openFile opens a file in dir. Most are listed as what they should be, and not looked at
// before.
func (c *comparison) openFile(dir fsx.Folder, path string) (*fsx.Regular, error) {
	name := filelist.Base(path)
	if c.list(filelist.Parent(path), dir).hasFile(name) {
		return dir.OpenListed(name)
	}
	return dir.OpenToRead(name)
}

// why tells what keeps a file from being read.
func why(err error) How {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Missing
	case errors.Is(err, fsx.ErrNotRegular), errors.Is(err, fsx.ErrNotFolder), errors.Is(err, fsx.ErrLink):
		return Type
	}
	return Unreadable
}

// Symlink compares a link.
func (c *comparison) Symlink(target, path string) error {
	dir, ok, err := c.expect(path)
	if err != nil {
		return err
	}
	if !ok {
		c.add(path, Missing)
		return nil
	}
	e, err := dir.Stat(filelist.Base(path))
	switch {
	case err != nil:
		c.add(path, why(err))
	case e.Mode.Type() != fs.ModeSymlink:
		c.add(path, Type)
	default:
		if leads, err := dir.Readlink(filelist.Base(path)); err != nil || leads != target {
			c.add(path, Changed)
		}
	}
	return nil
}

// Remove implements archive.Folder: what was found is forgotten.
func (c *comparison) Remove(path string) error {
	c.found = slices.DeleteFunc(c.found, func(d Difference) bool { return d.Path == path })
	return c.Shape.Remove(path)
}

// enter opens the folder at path. Folders that path shares with the last one stay open.
func (c *comparison) enter(path string) (fsx.Folder, error) {
	for top := c.open[len(c.open)-1].path; !within(path, top); top = c.open[len(c.open)-1].path {
		c.leave()
	}
	for {
		here := c.open[len(c.open)-1]
		if here.path == path {
			return here.dir, nil
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(path[len(here.path):], "/"), "/")
		dir, err := here.dir.Open(name)
		if err != nil {
			return fsx.Folder{}, err
		}
		c.open = append(c.open, level{filelist.Join(here.path, name), dir})
	}
}

func within(path, dir string) bool {
	return dir == "" || path == dir || strings.HasPrefix(path, dir) && path[len(dir)] == '/'
}

// compared is a file that is read as it would be written.
type compared struct {
	c    *comparison
	path string
	file *fsx.Regular // nil if there is none, or it is told of already
	at   int64        // how much of it is read
}

// Write compares a piece. It never fails.
func (f *compared) Write(piece []byte) (int, error) {
	for rest := piece; f.file != nil && len(rest) > 0; {
		part := rest[:min(len(rest), len(f.c.piece))]
		n, err := io.ReadFull(f.file, f.c.piece[:len(part)])
		switch {
		case err != nil && err != io.EOF && err != io.ErrUnexpectedEOF:
			f.is(Unreadable)
		case !bytes.Equal(f.c.piece[:n], part):
			f.is(Changed)
		}
		f.at, rest = f.at+int64(n), rest[len(part):]
	}
	return len(piece), nil
}

func (f *compared) is(how How) {
	f.c.add(f.path, how)
	_ = f.file.Close()
	f.file = nil
}

// SetTime does nothing: times are not compared.
func (f *compared) SetTime(time.Time) error { return nil }

// Close ends the comparison.
func (f *compared) Close() error {
	if f.file == nil {
		return nil
	}
	if f.file.Size() != f.at {
		f.is(Changed)
		return nil
	}
	return f.file.Close()
}

// skip is what [comparison.finish] leaves to others: whatever lies there is not looked at.
func (c *comparison) skip(path string) { c.skipped[path] = true }

// mark compares the .cargo-ok of the root: it is no part of what is unpacked.
func (c *comparison) mark(fine bool) {
	c.skip(crate.OKFile)
	e, err := c.root.Stat(crate.OKFile)
	switch {
	case err != nil:
		c.add(crate.OKFile, why(err))
	case !e.Mode.IsRegular():
		c.add(crate.OKFile, Type)
	case !fine:
		c.add(crate.OKFile, Changed)
	case c.tellsModes() && e.Mode.Perm() != 0o666&^c.umask:
		c.add(crate.OKFile, Mode)
	}
}

func (c *comparison) tellsModes() bool { return fsx.TellsUmask && !c.anyMode }
