package bundle

import (
	"cmp"
	"context"
	"crypto/sha256"
	"hash"
	"io"

	"cargohome/crate"
	"cargohome/internal/tarball"
)

// Reader reads a bundle from its beginning to its end, once. Nothing is handed on but what
// the manifest announced. It is not safe for concurrent use.
type Reader struct {
	Manifest  *Manifest      // all of it
	Signature []byte         // nil if the bundle has none
	Format    tarball.Format // as the file is compressed, whatever the manifest says

	name string
	in   *blocks
	work work

	only  *only  // nil if all is handed on
	at    int64  // in the tar, where the next entry begins
	next  int    // of the manifest's entries
	entry *Entry // whose content is read, nil if there is none
	left  int64  // bytes of it that were not read
	sum   hash.Hash
	trust bool  // somebody else makes the checksum of it
	err   error // after which there is nothing more
}

// Options say how a bundle is read; nil is the same as an empty one.
type Options struct {
	Name string // of the bundle, for errors
	// Trust is called with the manifest's text and its signature, nil if the bundle has
	// none, before anything is made of either. Its error is NewReader's.
	Trust func(manifest, signature []byte) error
}

// NewReader reads the manifest that a bundle begins with, and its signature. The error is
// an [*Error]. The Reader is to be closed.
func NewReader(file io.Reader, o *Options) (*Reader, error) {
	if o == nil {
		o = &Options{}
	}
	r := &Reader{name: o.Name, sum: sha256.New()}
	in, err := newBlocks(file, &r.work)
	r.in = in
	if err == nil {
		if err = r.begin(o); err != nil {
			in.tar.Close()
		}
	}
	if err != nil {
		return nil, r.refuse(err)
	}
	return r, nil
}

func (r *Reader) begin(o *Options) error {
	r.Format = r.in.tar.Format
	size, ok, err := r.in.opening(ManifestPath)
	if err != nil || !ok {
		return notBundle(err)
	}
	text, err := r.in.whole(size, MaxManifest)
	if err != nil {
		return &Error{Entry: ManifestPath, Err: err}
	}
	r.opened(ManifestPath, size)
	if size, ok, err = r.in.opening(SignaturePath); ok && err == nil {
		r.Signature, err = r.in.whole(size, MaxSignature)
	}
	if err != nil {
		return &Error{Entry: SignaturePath, Err: cut(err)}
	}
	if ok {
		r.opened(SignaturePath, size)
	}
	if o.Trust != nil {
		if err := o.Trust(text, r.Signature); err != nil {
			return err
		}
	}
	r.Manifest, err = ParseManifest(text)
	return err
}

// opened counts what was read before the entries.
func (r *Reader) opened(path string, size int64) {
	n, _ := (&Entry{Path: path, Size: size}).blocks() // a path that has a header
	r.at += n
}

// notBundle: what ends before a bundle begins was none, unless it is cut off in a compressed
// block.
func notBundle(err error) error {
	if err == nil || err == io.EOF {
		return ErrNotBundle
	}
	return cut(err)
}

// refuse makes an error of this bundle, after which there is nothing more to read.
func (r *Reader) refuse(err error) error {
	e, ok := err.(*Error)
	if !ok {
		e = &Error{Err: err}
	}
	e.Bundle, r.err = r.name, e
	return e
}

// error says that an entry is to be refused.
func (e *Entry) error(err error) error {
	if err == nil {
		return nil
	}
	return &Error{Entry: e.Path, Package: e.Package, Err: err}
}

// Close ends reading; it does not close the file.
func (r *Reader) Close() { r.in.tar.Close() }

// Next returns the next entry of the tar, whose content is then what the Reader reads: a
// file's, and none of others; of an archive that has one its [Content]. What was not read of the one before is read first, so that
// it too is as the manifest says. The entry is the manifest's own.
//
// The error is io.EOF where all entries were there and the bundle ends, or an [*Error].
func (r *Reader) Next() (*Entry, error) {
	if r.err == nil && r.entry != nil {
		_, _ = io.Copy(io.Discard, r)
	}
	if r.err != nil {
		return nil, r.err
	}
	passed, err := r.skip()
	if err == nil && r.next == len(r.Manifest.Entries) {
		if err = r.end(passed); err == nil {
			r.err = io.EOF
			return nil, io.EOF
		}
	}
	if err != nil {
		return nil, r.refuse(err)
	}
	e := &r.Manifest.Entries[r.next]
	r.next++
	if err = r.pass(passed); err == nil {
		err = r.in.header(e)
	}
	if err != nil {
		return nil, r.refuse(e.error(err))
	}
	size, _ := e.blocks() // the header was made
	r.at += size
	if e.IsFile() {
		r.entry, r.trust = e.inTar(), false
		r.left = r.entry.Size
		r.sum.Reset()
	}
	return e, nil
}

// end looks at the end of the bundle, so many bytes behind, if it was to be read to there.
func (r *Reader) end(passed int64) error {
	if r.only != nil && !r.only.whole {
		return nil
	}
	if err := r.pass(passed); err != nil {
		return err
	}
	return r.in.end()
}

// Unsummed leaves the checksum of the content that the Reader reads now to the caller, who
// makes it beside: see [Entry.CheckSum].
func (r *Reader) Unsummed() { r.trust = true }

// Read implements io.Reader, of the content of the entry that Next returned. The error is
// io.EOF if there is no more of it and it has the checksum that it must have; or an
// [*Error], by which all of it is to be thrown away.
func (r *Reader) Read(p []byte) (int, error) {
	switch {
	case r.entry == nil:
		return 0, io.EOF
	case r.err != nil:
		return 0, r.err
	case r.left == 0:
		return 0, r.finish()
	}
	n, err := r.in.Read(p[:min(int64(len(p)), r.left)])
	if !r.trust {
		r.sum.Write(p[:n])
	}
	if r.left -= int64(n); err != nil && r.left > 0 {
		return n, r.refuse(r.entry.error(cut(err)))
	}
	return n, nil
}

// WriteArchive writes the archive whose entry Next returned, which is made if the bundle has
// its content; a patch is none. The error is an [*Error] if that is not the archive, by which
// all that was written is to be thrown away; the Reader goes on then, if it can.
func (r *Reader) WriteArchive(ctx context.Context, w io.Writer) error {
	e := &r.Manifest.Entries[r.next-1]
	sum := sha256.New()
	err := e.Make(ctx, io.MultiWriter(w, sum), r, nil, r.Spend)
	if err == nil {
		err = e.CheckSum(crate.Checksum(sum.Sum(nil)))
	}
	switch refused, ok := err.(*Error); {
	case err == nil || r.err != nil:
		return r.err
	case ok:
		refused.Bundle = r.name
		return refused
	}
	return &Error{r.name, e.Path, e.Package, err}
}

// Spend takes note of steps that were taken to make an archive of its content, and says
// when those of all are too many for what was read. It is safe for concurrent use.
func (r *Reader) Spend(steps int64) error { return r.work.spend(steps) }

// finish looks at the end of an entry's content.
func (r *Reader) finish() error {
	e := r.entry
	err := e.error(r.in.zeros(padding(e.Size)))
	if !r.trust {
		err = cmp.Or(e.CheckSum(crate.Checksum(r.sum.Sum(nil))), err)
	}
	if err != nil {
		return r.refuse(err)
	}
	r.entry = nil
	return io.EOF
}
