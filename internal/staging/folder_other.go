//go:build !unix || portable

package staging

import (
	"io/fs"
	"os"
	"time"

	"cargohome/internal/fsx"
)

// folder is an open folder; names given to its methods are single path elements.
type folder struct{ root *os.Root }

// handle is a file open for writing.
type handle struct{ f *os.File }

// folderOf takes an open folder over.
func folderOf(d fsx.Folder) folder { return folder{d.Root()} }

func (d folder) open(name string) (folder, error) {
	root, err := d.root.OpenRoot(name)
	return folder{root}, err
}

func (d folder) mkdir(name string) error { return d.root.Mkdir(name, 0o777) }

func (d folder) remove(name string) error { return d.root.Remove(name) }

func (d folder) close() error { return d.root.Close() }

func (d folder) chmod(mode fs.FileMode) error { return d.root.Chmod(".", mode) }

func (d folder) chmodChild(name string, mode fs.FileMode) error { return d.root.Chmod(name, mode) }

func (d folder) create(name string, mode fs.FileMode) (handle, error) {
	f, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	return handle{f}, err
}

func (d folder) setTime(name string, _ handle, t time.Time) error { return d.root.Chtimes(name, t, t) }

func (h handle) write(b []byte) (int, error) { return h.f.Write(b) }

func (h handle) close() error { return h.f.Close() }

func umask() fs.FileMode { return 0 }
