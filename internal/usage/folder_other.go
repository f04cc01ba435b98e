//go:build !unix || portable

package usage

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"cargohome/internal/fsx"
)

// folder is an open folder. Nothing below it is reached by a link.
type folder struct{ root *os.Root }

func openTop(path string) (folder, error) {
	root, err := fsx.OpenRoot(path)
	return folder{root}, err
}

func (f folder) open(name string) (folder, error) {
	root, err := f.root.OpenRoot(name)
	return folder{root}, err
}

func (f folder) close() { _ = f.root.Close() }

// read calls yield with what is in the folder. What is allocated, and who shares a
// file, is not known here.
func (f folder) read(yield func(entry) error) error {
	dir, err := f.root.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close()
	for {
		list, err := dir.Readdir(512)
		for _, info := range list {
			if err := yield(newEntry(info.Name(), info)); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) || err == nil && len(list) == 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (f folder) stat(name string) (entry, error) {
	info, err := f.root.Lstat(name)
	if err != nil {
		return entry{}, err
	}
	return newEntry(name, info), nil
}

func (f folder) self() (entry, error) { return f.stat(".") }

func newEntry(name string, info fs.FileInfo) entry {
	size := info.Size()
	if info.IsDir() {
		size = 0
	}
	when := info.ModTime().Unix()
	return entry{name: name, mode: info.Mode().Type(), size: Size{size, size}, links: 1, mod: when, acc: when}
}
