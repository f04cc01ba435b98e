package staging

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"cargohome/internal/fsx"
)

// Writer writes files and folders below one folder that nobody else touches. It
// is built for speed: the folder last written to stays open, so most files cost
// one create, one write, one time-setting and one close.
//
// Paths are relative, '/'-separated and clean, without "..": callers check
// names. As a second line of defence no symbolic link is ever followed and no
// file that exists is ever opened.
//
// A Writer is not safe for concurrent use; different Writers are.
type Writer struct {
	root  string                 // its path
	open  []level                // the root, and the folders down to the last one used
	known map[string]struct{}    // folders made so far
	modes map[string]fs.FileMode // folders that asked for a mode, set by Finish

	shared bool // with other Writers, which make folders as well
}

// level is one open folder on the way down.
type level struct {
	path string
	dir  fsx.Folder
}

// Writer makes the folder with a name in the fresh folder, '/'-separated, and what is
// missing above it there, with mode 0777 under the umask, and returns a Writer to fill it.
// Finish must be called.
func (d *Dir) Writer(name string) (*Writer, error) {
	return newWriter(d.fresh, d.Fresh(), split(name))
}

// NewWriter is [Dir.Writer] for the folder path, which must not exist, in one that does.
func NewWriter(path string) (*Writer, error) {
	above, err := fsx.OpenFolder(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	defer above.Close()
	w, err := newWriter(above, filepath.Dir(path), []string{filepath.Base(path)})
	if err == nil {
		w.open[0].dir = w.open[0].dir.ForWriting()
	}
	return w, err
}

// newWriter puts up with folders that others made, but not with the last.
func newWriter(in fsx.Folder, path string, names []string) (*Writer, error) {
	n := 0
	dir, err := down(in, names, func(at fsx.Folder, name string) (fsx.Folder, error) {
		n++
		next, err := makeFolder(at, name, joined(path, names[:n]))
		if n < len(names) && errors.Is(err, fs.ErrExist) {
			return at.Open(name)
		}
		return next, err
	})
	if err != nil {
		return nil, err
	}
	return &Writer{
		root:  joined(path, names),
		open:  []level{{"", dir}},
		known: map[string]struct{}{"": {}},
		modes: map[string]fs.FileMode{},
	}, nil
}

// Path is that of the tree's folder, for looking at what was written.
func (w *Writer) Path() string { return w.root }

// Discard deletes what has a name in the fresh folder.
func (d *Dir) Discard(name string) error {
	s, err := d.source(name)
	if err != nil {
		return err
	}
	defer s.close()
	if err := Point(OpRemove, s.path); err != nil {
		return err
	}
	return s.dir.RemoveAll(d.ctx, s.base)
}

// Create makes a new file, with the folders above it, and returns it opened for
// writing, its mode being mode under the umask. It is an error that matches
// fs.ErrExist if anything is there already.
func (w *Writer) Create(path string, mode fs.FileMode) (*File, error) {
	dir, name, err := w.place(OpOpen, path)
	if err != nil {
		return nil, err
	}
	f, err := dir.Create(name, mode)
	if err != nil {
		return nil, pathError("create", path, err)
	}
	return &File{f, path}, nil
}

// WriteFile makes a new file that holds data; see Create.
func (w *Writer) WriteFile(path string, mode fs.FileMode, data []byte) error {
	f, err := w.Create(path, mode)
	if err != nil {
		return err
	}
	if len(data) > 0 {
		_, err = f.Write(data)
	}
	return errors.Join(err, f.Close())
}

// Copy makes a new file with what is left to read of another; see Create. Where a file
// system can share the blocks of two files, Linux has it do so (copy_file_range).
func (w *Writer) Copy(path string, mode fs.FileMode, from io.Reader) error {
	f, err := w.Create(path, mode)
	if err != nil {
		return err
	}
	to := f.file.OS(path)
	if err = Point(OpWrite, path); err == nil {
		_, err = io.Copy(to, from)
	}
	return pathError("write", path, errors.Join(err, to.Close()))
}

// Remove deletes a file made before.
func (w *Writer) Remove(path string) error {
	dir, name, err := w.place(OpRemove, path)
	if err != nil {
		return err
	}
	return pathError("remove", path, dir.Remove(name))
}

// Mkdir makes a folder, with those above it, unless it is there. Its mode
// becomes mode under the umask when Finish is called, so that a folder nobody
// may write to can still be filled.
func (w *Writer) Mkdir(path string, mode fs.FileMode) error {
	if _, err := w.enter(path); err != nil {
		return err
	}
	w.modes[path] = mode
	return nil
}

// Folders returns how many folders were made so far, the Writer's own included.
func (w *Writer) Folders() int { return len(w.known) }

// place returns the folder of a path, and the name in it, for a call of a kind.
func (w *Writer) place(op Op, path string) (fsx.Folder, string, error) {
	dir, name, err := w.parent(path)
	if err == nil {
		err = Point(op, path)
	}
	return dir, name, err
}

func (w *Writer) parent(path string) (fsx.Folder, string, error) {
	i := strings.LastIndexByte(path, '/')
	dir, err := w.enter(path[:max(i, 0)])
	return dir, path[i+1:], err
}

// enter returns the folder at path, making what is missing on the way. Folders
// that path shares with the last call stay open.
func (w *Writer) enter(path string) (fsx.Folder, error) {
	for !within(path, w.top().path) {
		if err := w.leave(); err != nil {
			return fsx.Folder{}, err
		}
	}
	for w.top().path != path {
		if err := w.descend(path); err != nil {
			return fsx.Folder{}, err
		}
	}
	return w.top().dir, nil
}

func (w *Writer) top() level { return w.open[len(w.open)-1] }

func within(path, dir string) bool {
	return dir == "" || path == dir || len(path) > len(dir) && path[len(dir)] == '/' && path[:len(dir)] == dir
}

// leave closes the innermost open folder.
func (w *Writer) leave() error {
	last := len(w.open) - 1
	err := w.open[last].dir.Close()
	w.open = w.open[:last]
	return err
}

// descend opens the next folder on the way to path.
func (w *Writer) descend(path string) error {
	here := w.top()
	start := len(here.path)
	if start > 0 {
		start++
	}
	name, _, _ := strings.Cut(path[start:], "/")
	next := path[:start+len(name)]
	if _, ok := w.known[next]; !ok {
		if err := w.mkdir(here.dir, name, next); err != nil {
			return err
		}
		w.known[next] = struct{}{}
	}
	dir, err := here.dir.Open(name)
	if err != nil {
		return pathError("open folder", next, err)
	}
	w.open = append(w.open, level{next, dir})
	return nil
}

func (w *Writer) mkdir(in fsx.Folder, name, path string) error {
	if err := Point(OpMkdir, path); err != nil {
		return err
	}
	err := in.Mkdir(name, 0o777)
	if w.shared && errors.Is(err, fs.ErrExist) {
		return nil
	}
	return pathError("create folder", path, err)
}

// Finish sets the modes of folders, deepest first, and closes the Writer. It must
// be called once, also after an error.
func (w *Writer) Finish() error {
	var errs []error
	for len(w.open) > 1 {
		errs = append(errs, w.leave())
	}
	for _, path := range w.deepestFirst() {
		errs = append(errs, w.setMode(path))
	}
	for len(w.open) > 0 {
		errs = append(errs, w.leave())
	}
	return errors.Join(errs...)
}

func (w *Writer) deepestFirst() []string {
	paths := make([]string, 0, len(w.modes))
	for p := range w.modes {
		paths = append(paths, p)
	}
	slices.SortFunc(paths, func(a, b string) int {
		return cmp.Or(strings.Count(b, "/")-strings.Count(a, "/"), strings.Compare(b, a))
	})
	return paths
}

func (w *Writer) setMode(path string) error {
	if err := Point(OpMode, path); err != nil {
		return err
	}
	mode := w.modes[path] & fs.ModePerm &^ fsx.Umask()
	if path == "" {
		return w.open[0].dir.Chmod(mode)
	}
	dir, name, err := w.parent(path)
	if err != nil {
		return err
	}
	return pathError("set mode of folder", path, dir.ChmodChild(name, mode))
}

// pathError says the path below the tree in place of the name that err has.
func pathError(op, path string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: path, Err: fsx.WithoutPath(err)}
}

// File is a file being written by a Writer. It is good until the Writer's next call.
type File struct {
	file fsx.File
	path string
}

// Write writes all of b.
func (f *File) Write(b []byte) (int, error) {
	if err := Point(OpWrite, f.path); err != nil {
		return 0, err
	}
	n, err := f.file.Write(b)
	return n, pathError("write", f.path, err)
}

// SetTime sets the time of last modification, and of last access.
func (f *File) SetTime(t time.Time) error {
	if err := Point(OpTime, f.path); err != nil {
		return err
	}
	return pathError("set time", f.path, f.file.SetTime(t))
}

// Close closes the file. An error means that its content cannot be relied on.
func (f *File) Close() error { return pathError("close", f.path, f.file.Close()) }
