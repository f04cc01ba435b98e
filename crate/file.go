package crate

import (
	"context"
	"os"

	"cargohome/internal/staging"
)

// SumFile returns the checksum of the file at path.
func SumFile(path string) (Checksum, error) {
	f, err := os.Open(path)
	if err != nil {
		return Checksum{}, err
	}
	defer f.Close()
	return SumReader(f)
}

// UnpackFile unpacks the archive at path; see [Unpacker.Unpack].
func (u *Unpacker) UnpackFile(ctx context.Context, dst *staging.Tree, id ID, path string, want Checksum, include Include) (*Contents, error) {
	if err := staging.Point(staging.OpOpen, path); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return u.Unpack(ctx, dst, id, f, info.Size(), want, include)
}
