package reextract

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"cargohome/crate"
	"cargohome/index"
	"cargohome/internal/home"
	"cargohome/internal/inflate"
)

// Bounds of an archive that is checked. A file can state any size and take no space,
// and one of 2 MiB can unpack to 2 GiB.
const (
	maxUnpacked = 512 << 20 // bytes, or 20 times the archive: as far as Cargo reads (spec 5.3)
)

var (
	errLarge = fmt.Errorf("its archive is larger than %d MiB", crate.MaxArchive>>20)
	errBomb  = errors.New("its archive unpacks to more than cargo reads")
)

// ErrNoArchive is matched by the error for a source that has no archive beside it.
var ErrNoArchive = errors.New("registry/cache has no archive of it")

// Check returns why the source of a package, in the folder of registry/src that has
// the name registry, could not be unpacked again: nil if it could. The archive must be
// the one that the index vouches for; of one that the index does not know, the sum at
// its end must be right.
func Check(ctx context.Context, h *home.Home, registry string, id crate.ID) error {
	path := h.ArchivePath(registry, id)
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return ErrNoArchive
	}
	if info.Size() > crate.MaxArchive {
		return errLarge
	}
	item := &Item{ID: id, Archive: home.Archive{Path: path}, lookup: func() (index.Entry, error) { return h.LookupIn(registry, id) }}
	want, voucher, err := item.checksum(ctx)
	if err != nil {
		return err
	}
	if voucher == ByNobody {
		return checkGzip(path, max(maxUnpacked, 20*info.Size()))
	}
	got, err := crate.SumFile(ctx, path)
	if err == nil && got != want {
		err = &crate.ChecksumError{What: "its archive", Want: want, Got: got}
	}
	return err
}

// checkGzip reads an archive to its end, where a sum of all of it is.
func checkGzip(path string, limit int64) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	z := new(inflate.Reader)
	z.Reset(f)
	n, err := io.Copy(io.Discard, io.LimitReader(z, limit))
	if err == nil && n == limit {
		err = errBomb
	}
	return err
}
