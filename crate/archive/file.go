package archive

import (
	"context"
	"errors"
	"os"

	"cargohome/crate"
	"cargohome/internal/fsx"
	"cargohome/internal/staging"
)

// MaxSize is the size in bytes of the largest archive that is read. crates.io takes
// 10 MB, and a few larger ones by arrangement. A file can state any size and take no
// space.
const MaxSize = 2 << 30

// openArchive opens the archive at path, and returns its size in bytes.
func openArchive(path string) (*os.File, int64, error) {
	f, info, err := fsx.OpenRegular(path)
	if err != nil {
		return nil, 0, err
	}
	if info.Size() > MaxSize {
		return nil, 0, errors.Join(&LimitError{"bytes in the archive", MaxSize}, f.Close())
	}
	return f, info.Size(), nil
}

// SumFile returns the checksum of the archive at path, which has at most [MaxSize]
// bytes.
func SumFile(ctx context.Context, path string) (crate.Checksum, error) {
	f, _, err := openArchive(path)
	if err != nil {
		return crate.Checksum{}, err
	}
	defer f.Close()
	return SumReader(ctx, f)
}

// UnpackFile unpacks the archive at path, which has at most [MaxSize] bytes; see
// [Unpacker.Unpack].
func (u *Unpacker) UnpackFile(ctx context.Context, dst *staging.Tree, id crate.ID, path string, want crate.Checksum, include Include) (*Contents, error) {
	if err := staging.Point(staging.OpOpen, path); err != nil {
		return nil, err
	}
	f, size, err := openArchive(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return u.Unpack(ctx, dst, id, f, size, want, include)
}
