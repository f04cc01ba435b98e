// Hashfiles reads every file below a folder of packages, such as registry/src, and makes
// the SHA-256 of each, on all processors:
//
//	hashfiles [-plain] FOLDER
//
// It is the floor of verifying sources: who has the sums of all files need do no more than
// this. Nothing is compared, no mode is looked at, and one package is as good as another.
// Files are read as cargohome reads them; plainly, as the standard library does.
package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"

	"cargohome/internal/fsx"
	"cargohome/internal/par"
)

func main() {
	plain := flag.Bool("plain", false, "read as the standard library does")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: hashfiles [-plain] FOLDER")
		os.Exit(2)
	}
	read := (*hasher).open
	if *plain {
		read = (*hasher).walk
	}
	if err := run(flag.Arg(0), read); err != nil {
		fmt.Fprintln(os.Stderr, "hashfiles:", err)
		os.Exit(1)
	}
}

// run hashes what is in FOLDER/NAME/PACKAGE, each package at once.
func run(folder string, read func(h *hasher, dir string) error) error {
	packages, err := filepath.Glob(filepath.Join(folder, "*", "*"))
	if err != nil {
		return err
	}
	return errors.Join(par.Do(context.Background(), 0, len(packages), newHasher, func(h *hasher, i int) error {
		return read(h, packages[i])
	})...)
}

// walk hashes plainly what is below a folder.
func (h *hasher) walk(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		h.sum = sha256.Sum256(content)
		return err
	})
}

// open hashes what is below a folder.
func (h *hasher) open(path string) error {
	dir, err := fsx.OpenFolder(path)
	if err != nil {
		return err
	}
	return errors.Join(h.folder(dir.ForReading()), dir.Close())
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
