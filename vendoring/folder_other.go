//go:build !linux || portable

package vendoring

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"cargohome/internal/fsx"
)

// folder is an open folder; names are single elements of a path, and links lead
// nowhere outside of it.
type folder struct{ root *os.Root }

func openDir(path string) (folder, error) {
	root, err := fsx.OpenRoot(path)
	return folder{root}, err
}

func (d folder) open(name string) (folder, error) {
	root, err := d.root.OpenRoot(name)
	return folder{root}, err
}

func (d folder) close() { _ = d.root.Close() }

// list appends what the folder holds to entries.
func (d folder) list(_ []byte, entries []entry) ([]entry, error) {
	found, err := fs.ReadDir(d.root.FS(), ".")
	for _, e := range found {
		entries = append(entries, entry{e.Name(), e.Type()})
	}
	return entries, err
}

// unknownType is for file systems that do not say in a listing what is a folder.
const unknownType = fs.ModeDir | fs.ModeIrregular

// stat does not follow links.
func (d folder) stat(name string) (status, error) {
	info, err := d.root.Lstat(name)
	if err != nil {
		return status{}, err
	}
	return status{size: info.Size(), mtime: info.ModTime().UnixNano(), mode: uint32(info.Mode())}, nil
}

func (s status) isDir() bool     { return fs.FileMode(s.mode).IsDir() }
func (s status) isRegular() bool { return fs.FileMode(s.mode).IsRegular() }

// read calls each with the content of a file, piece by piece, of which all but the
// last fill buf. A piece is good until the next call. An error of each ends it.
func (d folder) read(name string, buf []byte, each func(piece []byte) error) error {
	if s, err := d.stat(name); err != nil || !s.isRegular() { // opening a pipe would hang
		return errors.Join(err, fs.ErrInvalid)
	}
	f, err := d.root.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	for {
		n, err := io.ReadFull(f, buf)
		if n > 0 {
			if err := each(buf[:n]); err != nil {
				return err
			}
		}
		switch err {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF:
			return nil
		default:
			return err
		}
	}
}

// statCaches: without the time of change and the inode a cache would believe too
// much.
const statCaches = false
