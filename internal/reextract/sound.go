package reextract

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
)

var errLarge = fmt.Errorf("its archive is larger than %d MiB", archive.MaxSize>>20)

// ErrNoArchive is matched by the error for a source that has no archive beside it.
var ErrNoArchive = errors.New("registry/cache has no archive of it")

// Checker tells which sources could be unpacked again. It is not safe for concurrent
// use: each worker has one. The zero value is ready.
type Checker struct{ unpacker archive.Unpacker }

// Check returns why the source of a package, in the folder of registry/src that has
// the name registry, could not be unpacked again: nil if it could. That is found out
// as [Plan.Unpack] would, but that nothing is written.
func (c *Checker) Check(ctx context.Context, h *home.Home, registry string, id crate.ID) error {
	f, info, err := fsx.OpenRegular(h.ArchivePath(registry, id))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoArchive, fsx.WithoutPath(err))
	}
	defer f.Close()
	switch {
	case info.Size() == 0:
		return ErrNoArchive
	case info.Size() > archive.MaxSize:
		return errLarge
	}
	vouched, err := vouchIn(h, registry, id)
	if err != nil {
		return err
	}
	a := vouched.Archive(id, home.Archive{Size: info.Size()})
	a.From = opened{f}
	c.unpacker.NoSums = true
	report, err := c.unpacker.Check(ctx, a)
	if err != nil {
		return err
	}
	return report.Err()
}

// opened is an archive that is open already. It can be opened once.
type opened struct{ *os.File }

// Open implements archive.Opener.
func (o opened) Open() (io.ReadCloser, error) { return o.File, nil }
