package reextract

import (
	"errors"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"

	"cargohome/crate"
	"cargohome/index"
	"cargohome/internal/home"
)

// Look tells how Cargo would take a folder of registry/src, and what is wrong with a
// [Broken] one.
func Look(dir string) (State, string) { return look(dir) }

// ErrNoArchive is matched by the error for a source that has no archive beside it.
var ErrNoArchive = errors.New("registry/cache has no archive of it")

// Check returns why the source of a package, in the folder of registry/src that has
// the name registry, could not be unpacked again: nil if it could. The archive must be
// the one that the index vouches for; of one that the index does not know, the sum at
// its end must be right.
func Check(h *home.Home, registry string, id crate.ID) error {
	path := h.ArchivePath(registry, id)
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return ErrNoArchive
	}
	item := &Item{ID: id, Archive: home.Archive{Path: path}, lookup: func() (index.Entry, error) { return h.LookupIn(registry, id) }}
	want, voucher, err := item.checksum()
	if err != nil {
		return err
	}
	if voucher == ByNobody {
		return checkGzip(path)
	}
	got, err := crate.SumFile(path)
	if err == nil && got != want {
		err = &crate.ChecksumError{What: "its archive", Want: want, Got: got}
	}
	return err
}

// checkGzip reads an archive to its end, where a sum of all of it is.
func checkGzip(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, z)
	return err
}
