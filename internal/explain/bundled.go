package explain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"

	"cargohome/crate"
	"cargohome/internal/bundle"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/lockfile"
	"cargohome/internal/usage"
	"cargohome/internal/verify"
)

// Bundle is one in which the package is looked for.
type Bundle struct {
	Path   string         // absolute
	Reader *bundle.Reader // of which no entry was read yet
	File   io.ReaderAt    // for reading no more than is needed; nil if that cannot be
	Size   int64          // of the file, in bytes
}

// LocateIn says what a bundle has of the package. Of its archive each byte is read, and made
// if it has to be; of a small bundle that lies in a file nothing else is. The error is that of
// ctx.
func (e *Explanation) LocateIn(ctx context.Context, b *Bundle) error {
	b.Reader.Only(b.File, b.Size, func(in *bundle.Entry) bool { return e.locked(b, in) != nil && !isPatch(in) })
	found := false
	for i := range b.Reader.Manifest.Entries {
		in := &b.Reader.Manifest.Entries[i]
		locked := e.locked(b, in)
		if locked == nil {
			continue
		}
		found = true
		piece := Piece{Kind: "bundle", Path: filepath.Join(b.Path, filepath.FromSlash(in.Path)), Size: usage.Size{Apparent: in.Size, Allocated: in.Size}}
		piece.look(ctx, b.Reader, in, locked)
		e.Pieces = append(e.Pieces, piece)
	}
	if !found {
		e.Lacking = append(e.Lacking, fmt.Sprintf("no archive in %s", b.Path))
	}
	return ctx.Err()
}

// locked returns the package that an entry of a bundle is the archive of, as a lockfile has
// it; nil if it is of another.
func (e *Explanation) locked(b *Bundle, in *bundle.Entry) *lockfile.Package {
	if in.Kind() != bundle.ArchiveEntry {
		return nil
	}
	id, err := home.ParseArchive(path.Base(in.Path))
	if err != nil || id.Name != e.Name || id.Version != e.Version {
		return nil
	}
	source, err := crate.ParseSourceID(b.Reader.Manifest.Source(in.Folder()))
	for i := range e.Locked {
		if err == nil && e.Locked[i].ID.Source == source {
			return &e.Locked[i]
		}
	}
	return nil
}

func isPatch(in *bundle.Entry) bool { return in.Content != nil && in.Content.Base != "" }

// look says in which state the archive is.
func (p *Piece) look(ctx context.Context, r *bundle.Reader, in *bundle.Entry, locked *lockfile.Package) {
	switch {
	case in.Held:
		p.State, p.Why = verify.Unknown, "who has what the bundle was packed against has it"
		return
	case isPatch(in):
		p.State, p.Why = verify.Unknown, "it is made of "+in.Content.Base
		return
	}
	_, err := r.Next()
	if err == nil {
		err = r.WriteArchive(ctx, io.Discard)
	}
	refused, _ := errors.AsType[*bundle.Error](err)
	switch {
	case refused != nil:
		p.State, p.Why = verify.Damaged, refused.Err.Error()
	case err != nil:
		p.State, p.Why = verify.Unknown, err.Error()
	case locked.Checksum == nil:
		p.State = verify.Unvouched
	case in.Sum != *locked.Checksum:
		p.State, p.Why = verify.Damaged, "it has another checksum than the lockfile"
	default:
		p.State, p.VouchedBy = verify.Sound, locate.ByLockfile
	}
}
