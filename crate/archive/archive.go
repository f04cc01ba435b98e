package archive

import (
	"context"
	"io"
	"sync"

	"cargohome/crate"
	"cargohome/internal/fsx"
	"cargohome/internal/staging"
)

// Archive is the archive of a package, wherever it lies, and what its bytes have to be.
// Methods read it anew each time, and are safe for concurrent use if From is. No bytes
// have the zero Checksum, so that one which was forgotten lets nothing pass.
type Archive struct {
	ID   crate.ID // of the package that should be in it
	From Opener   // where it lies
	Size int64    // in bytes, compressed

	Checksum  crate.Checksum // of all its bytes
	Unvouched bool           // nobody knows the checksum, and any will do
}

// Opener is where the bytes of an archive lie: a file, such as a [Path] names, a part of
// one, or memory.
type Opener interface {
	// Open returns the bytes, from the first on. Whoever opens closes. If what is
	// returned is an io.ReaderAt of the same bytes too, those that are wrong can be told
	// more of, and right ones read with less work.
	Open() (io.ReadCloser, error)
}

// Path is the path of an archive that is a file, as somebody has seen.
type Path string

// Open opens the file, which is a regular one, or a link to one.
func (p Path) Open() (io.ReadCloser, error) {
	if err := staging.Point(staging.OpOpen, string(p)); err != nil {
		return nil, err
	}
	f, err := fsx.OpenSeen(string(p))
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Open returns a reader of the archive's bytes that in place of [io.EOF] returns what is
// wrong with them: a [ChecksumError], a [SizeError], or a [LimitError] if they are more
// than [MaxSize]. Whoever opens closes.
func (a Archive) Open() (io.ReadCloser, error) {
	v := new(verifier)
	if err := v.open(a); err != nil {
		return nil, err
	}
	return v, nil
}

// Verify reads the archive to its end, and returns the error of [Archive.Open] or of
// what that returned. What is in the archive is not looked at; see [Unpacker.Check].
func (a Archive) Verify(ctx context.Context) error {
	v := verifiers.Get().(*verifier)
	defer verifiers.Put(v)
	if err := v.open(a); err != nil {
		return err
	}
	defer v.Close()
	return v.rest(ctx)
}

// verifiers have a buffer, which many archives are shorter than.
var verifiers = sync.Pool{New: func() any { return new(verifier) }}
