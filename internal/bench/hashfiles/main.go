// Hashfiles reads every file below a folder of packages, such as registry/src, and makes
// the SHA-256 of each, on all processors:
//
//	hashfiles FOLDER
//
// It is the floor of verifying sources: who has the sums of all files need do no more than
// this. Nothing is compared, no mode is looked at, and one package is as good as another.
package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"

	"cargohome/internal/fsx"
	"cargohome/internal/par"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: hashfiles FOLDER")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "hashfiles:", err)
		os.Exit(1)
	}
}

// run hashes what is in FOLDER/NAME/PACKAGE, each package at once.
func run(folder string) error {
	packages, err := filepath.Glob(filepath.Join(folder, "*", "*"))
	if err != nil {
		return err
	}
	errs := par.Do(context.Background(), 0, len(packages), newHasher, func(h *hasher, i int) error {
		dir, err := fsx.OpenFolder(packages[i])
		if err != nil {
			return err
		}
		return errors.Join(h.folder(dir.ForReading()), dir.Close())
	})
	return errors.Join(errs...)
}

// hasher is what one goroutine reuses.
type hasher struct {
	piece, dirents []byte
	large          hash.Hash // of a file that comes in several pieces
	sum            [sha256.Size]byte
}

func newHasher() *hasher {
	return &hasher{piece: make([]byte, 256<<10), dirents: make([]byte, 32<<10), large: sha256.New()}
}

func (h *hasher) folder(dir fsx.Folder) error {
	var below []string
	for e, err := range dir.Names(h.dirents) {
		switch {
		case err != nil:
			return err
		case dir.Type(e) == fs.ModeDir:
			below = append(below, e.Name)
		default:
			if err := h.file(dir, e.Name); err != nil {
				return err
			}
		}
	}
	for _, name := range below {
		sub, err := dir.Open(name)
		if err != nil {
			return err
		}
		if err := errors.Join(h.folder(sub), sub.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (h *hasher) file(dir fsx.Folder, name string) error {
	whole := true
	return dir.Read(name, h.piece, func(piece []byte) error {
		if whole && len(piece) < len(h.piece) {
			h.sum = sha256.Sum256(piece)
			return nil
		}
		if whole {
			h.large.Reset()
			whole = false
		}
		_, err := h.large.Write(piece)
		return err
	})
}
