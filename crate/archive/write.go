package archive

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"cargohome/crate"
	"cargohome/internal/staging"
)

// Folder is what entries are written to, by paths below it with '/'. It need not be safe
// for concurrent use.
type Folder interface {
	// Mkdir makes a folder, with those above it, unless it is there.
	Mkdir(path string, mode fs.FileMode) error
	// Create makes a file, with the folders above it. It is an error that matches
	// fs.ErrExist if anything is there already. Into a nil FileWriter nothing is
	// written.
	Create(path string, mode fs.FileMode) (FileWriter, error)
	// Remove deletes a file made before.
	Remove(path string) error
	// Folders returns how many there are, the whole included.
	Folders() int
}

// FileWriter is a file that is being written. It is good until the next call of its
// Folder.
type FileWriter interface {
	io.WriteCloser
	// SetTime sets when the file was modified, before it is closed.
	SetTime(time.Time) error
}

// InTree returns a Folder that is written to the disk.
func InTree(t *staging.Writer) Folder { return tree{t} }

type tree struct{ *staging.Writer }

// Create implements Folder.
func (t tree) Create(path string, mode fs.FileMode) (FileWriter, error) {
	f, err := t.Writer.Create(path, mode)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// entryWriter writes the entries of one archive.
type entryWriter struct {
	u       *Unpacker
	dst     Folder
	stem    string
	include Include
	files   []File
	paths   int            // bytes of all paths of entries
	place   map[string]int // of each path in files; made when a path comes twice

	manifest bool // there is one
}

// entry handles one entry. It is looked at before the filter is: `cargo vendor`
// unpacks into registry/src first and filters nothing there, so a link fails it
// even where it would not have been vendored (cargo 1.96: unpack).
func (w *entryWriter) entry(h *header) error {
	path, isDir, err := place(h, w.stem)
	if err != nil {
		return err
	}
	if w.include != nil && !w.include(path) || baseName(path) == crate.OKFile { // at any depth, as with cargo
		return nil
	}
	if w.paths += len(path); w.paths > MaxPaths {
		err = &LimitError{"bytes in all paths", MaxPaths}
	} else if isDir {
		err = w.dst.Mkdir(path, h.fileMode(0o777))
	} else {
		err = w.writeFile(path, h)
	}
	if err == nil && w.dst.Folders() > MaxFolders {
		err = &LimitError{"folders", MaxFolders}
	}
	if err != nil {
		return fmt.Errorf("entry %s: %w", quoted(h.path), err)
	}
	return nil
}

func (w *entryWriter) writeFile(path string, h *header) error {
	f, err := w.create(path, h.fileMode(0o666))
	if err != nil {
		return err
	}
	isManifest := path == manifestName
	w.manifest = w.manifest || isManifest
	sum, err := w.u.copyEntry(f, isManifest)
	if f != nil {
		err = w.finish(f, path, h, err)
	}
	if err == nil {
		w.record(File{Path: path, Size: int64(h.size), Sum: sum})
	}
	return err
}

// finish dates and closes a file. err is what came up before.
func (w *entryWriter) finish(f FileWriter, path string, h *header, err error) error {
	if t, ok := modTime(path, h, w.u.Dated); ok && err == nil {
		err = f.SetTime(t)
	}
	return firstError(err, f.Close())
}

// create makes a new file, nil if none is to be written. One that this archive made
// before gives way, as the last entry of a path counts; anything else that is there is
// an error, such as a folder, or on some systems a file whose name differs in case only.
func (w *entryWriter) create(path string, mode fs.FileMode) (FileWriter, error) {
	f, err := w.dst.Create(path, mode)
	if !errors.Is(err, fs.ErrExist) || !w.wrote(path) {
		return f, err
	}
	if err := w.dst.Remove(path); err != nil {
		return nil, err
	}
	return w.dst.Create(path, mode)
}

func (w *entryWriter) wrote(path string) bool {
	if w.place == nil {
		w.place = make(map[string]int, len(w.files))
		for i, f := range w.files {
			w.place[f.Path] = i
		}
	}
	_, ok := w.place[path]
	return ok
}

func (w *entryWriter) record(f File) {
	if i, ok := w.place[f.Path]; ok {
		w.files[i] = f
		return
	}
	if w.place != nil {
		w.place[f.Path] = len(w.files)
	}
	w.files = append(w.files, f)
}

func (w *entryWriter) contents() *Contents {
	slices.SortFunc(w.files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	c := &Contents{Files: w.files}
	for _, f := range w.files {
		c.Size += f.Size
	}
	return c
}

// checkManifest compares the manifest that was written with the package's ID. A
// caller that does not want a manifest gets none looked at.
func (w *entryWriter) checkManifest(id crate.ID) error {
	if w.include != nil && !w.include(manifestName) {
		return nil
	}
	err := fmt.Errorf("%w: there is none", ErrManifest)
	if w.manifest {
		err = checkManifest(w.u.manifest, id)
	}
	if err != nil {
		return &EntryError{w.stem + "/" + manifestName, err}
	}
	return nil
}

// copyEntry writes and hashes the data of the current entry in one pass, or only reads
// it if f is nil. It keeps the beginning of a manifest.
func (u *Unpacker) copyEntry(f FileWriter, manifest bool) (sum crate.Checksum, err error) {
	if manifest {
		u.manifest = u.manifest[:0]
	}
	single := u.tar.data <= maxPiece
	if !single {
		u.file.Reset()
	}
	for {
		piece, err := u.tar.chunk()
		if err != nil {
			return sum, err
		}
		switch {
		case u.NoSums:
		case single && (piece != nil || sum == (crate.Checksum{})):
			sum = sha256.Sum256(piece)
		case !single:
			u.file.Write(piece)
		}
		if piece == nil {
			break
		}
		if manifest {
			u.manifest = append(u.manifest, piece[:min(len(piece), maxManifest-len(u.manifest))]...)
		}
		if f == nil {
			continue
		}
		if _, err := f.Write(piece); err != nil {
			return sum, err
		}
	}
	if !single && !u.NoSums {
		u.file.Sum(sum[:0])
	}
	return sum, nil
}
