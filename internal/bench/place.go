package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// place is a folder, made for this run, in which everything happens.
type place struct {
	dir        string
	fileSystem string
	discarded  int // what was put aside
}

// newPlace makes a folder in parent; "" is the best there is.
func newPlace(parent string) (*place, error) {
	if parent == "" {
		parent = os.TempDir()
		if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
			parent = "/dev/shm"
		}
	}
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(parent, "cargohome-bench-")
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	return &place{dir: dir, fileSystem: fileSystem(dir)}, os.Mkdir(filepath.Join(dir, "discarded"), 0o777)
}

func (p *place) close() error { return os.RemoveAll(p.dir) }

// inMemory: nothing is ever written from here to a disk.
func (p *place) inMemory() bool { return p.fileSystem == "tmpfs" }

func (p *place) kind() string {
	if p.inMemory() {
		return "memory"
	}
	return "disk"
}

// discard makes sure that nothing is at path. On disk it is only put aside; see the
// package comment.
func (p *place) discard(path string) error {
	if p.inMemory() {
		return os.RemoveAll(path)
	}
	p.discarded++
	err := os.Rename(path, filepath.Join(p.dir, "discarded", fmt.Sprint(p.discarded)))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
