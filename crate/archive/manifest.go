package archive

import (
	"context"
	"errors"
	"io"
	"io/fs"
)

// errFound ends the reading of an archive in which enough was found.
var errFound = errors.New("found")

// Manifest returns the beginning of the package's Cargo.toml, at most 4 MiB; of several
// it is the first, where [Unpacker.Unpack] takes the last. The archive is read no further,
// so that nobody vouches for it. The error matches fs.ErrNotExist if there is none.
func (u *Unpacker) Manifest(ctx context.Context, a Archive) (string, error) {
	if err := u.open(a); err != nil {
		return "", err
	}
	defer u.in.Close()
	u.gz.Reset(sips{u.in.src}) // not hashed: all of it would have to be
	u.gz.Sparing = true
	err := u.walk(ctx, func(h *header) error {
		path, isDir, err := place(h, a.ID.Stem())
		if err != nil || isDir || path != manifestName {
			return nil // not what is looked for
		}
		if _, err := u.copyEntry(nil, true); err != nil {
			return err
		}
		return errFound
	})
	switch {
	case err == errFound:
		return string(u.manifest), nil
	case err == nil:
		err = &EntryError{a.ID.Stem() + "/" + manifestName, fs.ErrNotExist}
	}
	return "", err
}

// sips reads little at a time: the manifest is among the first entries of most archives.
type sips struct{ io.Reader }

func (s sips) Read(p []byte) (int, error) { return s.Reader.Read(p[:min(len(p), 4<<10)]) }
