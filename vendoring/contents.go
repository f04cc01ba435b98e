package vendoring

import (
	"context"
	"errors"
	"fmt"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/staging"
)

// contents is what a package's folder will hold, but for the checksum file, whatever it
// comes from. It is safe for concurrent use.
type contents interface {
	// write writes all files and returns them in byte order of their paths; u is for
	// archives. An error that wraps a [*archive.ChecksumError] is that of a copy which is
	// damaged, and another may be sound.
	write(ctx context.Context, u *archive.Unpacker, dst *staging.Writer) ([]archive.File, error)
	// explain says of what an error of write is.
	explain(id crate.ID, err error) error
}

// archived is a copy of a package's archive.
type archived struct {
	at      home.Archive
	archive archive.Archive
}

// addArchives takes the copies of the archive as they were found.
func (s *Step) addArchives() {
	for _, a := range s.Archives {
		s.contents = append(s.contents, archived{a, s.Archive(s.ID, a)})
	}
}

// write leaves out what cargo does not vendor (spec 7.4).
func (a archived) write(ctx context.Context, u *archive.Unpacker, dst *staging.Writer) ([]archive.File, error) {
	contents, err := u.Unpack(ctx, dst, a.archive, archive.Vendored)
	if err != nil {
		return nil, err
	}
	return contents.Files, nil
}

// explain tells an archive with wrong bytes from a right one that is refused.
func (a archived) explain(id crate.ID, err error) error {
	if isDamage(err) {
		return &GapsError{locate.Gaps{*locate.Damage(id, a.at, err)}}
	}
	return fmt.Errorf("unpack %s from %s: %w", id, a.at.Path, err)
}

func isDamage(err error) bool {
	_, damaged := errors.AsType[*archive.ChecksumError](err)
	return damaged
}
