package archive

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"

	"cargohome/crate"
	"cargohome/internal/inflate"
)

// File is one file that was unpacked.
type File struct {
	Path string         // relative to the package's folder, '/'-separated
	Size int64          // in bytes
	Sum  crate.Checksum // of its content
}

// Contents is what an archive was unpacked to.
type Contents struct {
	Files []File // in byte order of Path, each path once
	Size  int64  // of all files together, in bytes
}

// Include reports whether an entry is wanted, by its path below the package's
// folder.
type Include func(path string) bool

// Unpacker unpacks archives one after another, reusing its buffers and hash
// states: each worker has one. The zero value is ready. It is not safe for
// concurrent use. Beside the list of files, which is bounded by MaxEntries and
// MaxPaths, it holds about 500 KiB whatever the archives are.
type Unpacker struct {
	// NoSums leaves the sums of files zero, for a caller that has no use for them.
	NoSums bool
	// Dated gives the files that cargo generates the times of their headers, as cargo
	// did before 1.93.
	Dated bool

	in   verifier
	gz   *inflate.Reader
	tar  tarReader
	file hash.Hash // of a file that comes in several pieces

	manifest []byte // the beginning of the last Cargo.toml written
}

// Unpack reads the archive, opening it once, and writes its entries to dst, which it
// leaves for the caller to finish. A nil include wants everything.
// It returns a [ChecksumError] if the archive's bytes, to the last one, are not those
// that were promised; that error also replaces any that such bytes caused earlier.
//
// After an error what dst holds is not to be used. Other errors: [EntryError],
// [LimitError], [SizeError], ErrMalformed, those of dst and of opening and reading the
// archive. All but the last name the entry at which, or after which, they came up.
func (u *Unpacker) Unpack(ctx context.Context, dst Folder, a Archive, include Include) (*Contents, error) {
	w := entryWriter{u: u, dst: dst, stem: a.ID.Stem(), include: include}
	ended, wrong := u.read(ctx, a, w.entry)
	if err := firstError(wrong, ended); err != nil {
		return nil, err
	}
	if err := w.checkManifest(a.ID); err != nil {
		return nil, err
	}
	return w.contents(), nil
}

// read calls visit for each entry of an archive, and reads what is behind the last one.
// It returns what ended the entries too early, and what is wrong with the bytes of the
// archive, or kept them from being read.
func (u *Unpacker) read(ctx context.Context, a Archive, visit func(*header) error) (ended, wrong error) {
	if err := u.open(a); err != nil {
		return nil, err
	}
	defer u.in.Close()
	ended = u.walk(ctx, visit)
	return ended, u.in.rest(ctx)
}

// open makes the archive the one that is read; u.in is to be closed.
func (u *Unpacker) open(a Archive) error {
	if err := u.in.open(a); err != nil {
		return err
	}
	if u.gz == nil {
		u.gz, u.file = new(inflate.Reader), sha256.New()
	}
	u.gz.Reset(&u.in)
	_, again := u.in.src.(io.ReaderAt)
	u.gz.NoSum = again && !a.Unvouched
	u.tar.reset(u.gz, MaxUnpacked(a.Size))
	return nil
}

// walk calls visit for each entry of the tar.
func (u *Unpacker) walk(ctx context.Context, visit func(*header) error) error {
	last := ""
	for n := 0; ; n++ {
		h, err := u.tar.next()
		if err == io.EOF {
			if err = u.checkSum(ctx); err == nil {
				return nil
			}
		}
		if err == nil && n == MaxEntries {
			err = &LimitError{"entries", MaxEntries}
		}
		if err != nil {
			return after(last, err)
		}
		if err := firstError(ctx.Err(), visit(h)); err != nil {
			return err
		}
		last = h.path
	}
}

// checkSum looks at the sum that gzip has of what it holds. It is behind the end of the tar,
// where nobody looks, Cargo neither; but of a tar that ends with its bytes it decides. Where
// it was not made on the way, as the archive is vouched for, all is read once more.
func (u *Unpacker) checkSum(ctx context.Context) error {
	again, ok := u.in.src.(io.ReaderAt)
	if !ok || !u.tar.ended || !u.gz.NoSum {
		return nil
	}
	u.gz.Reset(io.NewSectionReader(again, 0, MaxSize))
	if _, err := io.Copy(io.Discard, io.LimitReader(u.gz, u.tar.limit)); err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return ctx.Err()
}

// after says where in the archive an error is that is not of any entry.
func after(last string, err error) error {
	if last == "" {
		return err
	}
	return fmt.Errorf("after entry %s: %w", quoted(last), err)
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
