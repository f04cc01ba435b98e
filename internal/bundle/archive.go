package bundle

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"cargohome/crate"
	"cargohome/internal/inflate"
	"cargohome/internal/redeflate"
)

// Bytes of what is held as it is read: of an archive, and of what is in it.
const (
	heldArchive = 32 << 20
	heldTar     = 16 << 20
)

// archiveReader reads archives one after another: each once, as long as it is not too large
// to be held. Then what is compared with what an encoder makes is what was hashed; one that
// is larger is made again of what goes into the bundle, and hashed once more.
type archiveReader struct {
	entry *Entry
	file  io.ReadCloser
	at    io.ReaderAt // the archive
	held  bool        // it is
	tar   []byte      // nil if it is not held
	made  []byte      // a patch that makes the tar, nil if there is none

	archiveBuf, tarBuf []byte
	z                  inflate.Reader
}

// begin reads the archive of an entry, and makes sure that it is. The file is closed by close.
func (r *archiveReader) begin(e *Entry, file io.ReadCloser) error {
	r.entry, r.file, r.tar, r.made, r.held = e, file, nil, nil, true
	if at, ok := file.(io.ReaderAt); ok && e.Size > heldArchive {
		r.at, r.held = at, false
		return r.makeSure(r.section())
	}
	r.archiveBuf = slices.Grow(r.archiveBuf[:0], int(e.Size))[:e.Size]
	if _, err := io.ReadFull(file, r.archiveBuf); err != nil {
		return changed(err)
	}
	r.at = bytes.NewReader(r.archiveBuf)
	if err := r.isArchive(crate.Sum(r.archiveBuf)); err != nil {
		return err
	}
	r.hold()
	return nil
}

// close closes the file of the last archive.
func (r *archiveReader) close() error {
	if r.file == nil {
		return nil
	}
	file := r.file
	r.file = nil
	return file.Close()
}

// makeSure reads what should be the archive.
func (r *archiveReader) makeSure(from io.Reader) error {
	sum := sha256.New()
	if _, err := io.CopyN(sum, from, r.entry.Size); err != nil {
		return changed(err)
	}
	return r.isArchive(crate.Checksum(sum.Sum(nil)))
}

func (r *archiveReader) isArchive(got crate.Checksum) error {
	if got != r.entry.Sum {
		return sumError(got, r.entry.Sum)
	}
	return nil
}

// hold inflates the archive, if its tar, whose size is the last that gzip has, is not too
// large.
func (r *archiveReader) hold() {
	tail := r.archiveBuf[max(0, len(r.archiveBuf)-4):]
	if len(tail) < 4 || binary.LittleEndian.Uint32(tail) > heldTar {
		return
	}
	size := int(binary.LittleEndian.Uint32(tail))
	r.tarBuf = slices.Grow(r.tarBuf[:0], size)[:size]
	if _, err := io.ReadFull(r.inflated(), r.tarBuf); err == nil {
		r.tar = r.tarBuf
	}
}

func (r *archiveReader) section() io.Reader { return io.NewSectionReader(r.at, 0, r.entry.Size) }

func (r *archiveReader) inflated() io.Reader {
	r.z.Reset(r.section())
	return &r.z
}

// open returns the tar, from its beginning.
func (r *archiveReader) open() io.Reader {
	if r.tar != nil {
		return bytes.NewReader(r.tar)
	}
	return r.inflated()
}

// recognise finds out of what the archive is made again, nil if of nothing that is less. The
// content has no checksum yet.
func (r *archiveReader) recognise() (*Content, error) {
	recipe, err := redeflate.RecogniseTar(r.at, r.entry.Size, r.open)
	if err != nil {
		return nil, nil // whatever is wrong with it: it has its checksum
	}
	c := &Content{Size: int64(len(r.tar))}
	if r.tar == nil {
		if c.Size, err = io.Copy(io.Discard, r.open()); err != nil {
			return nil, err
		}
	}
	if c.Size < 1 || c.Size > maxContent(r.entry.Size) {
		return nil, nil
	}
	c.Recipe, err = recipe.AppendBinary(nil)
	return c, err
}

// patch has a content become a patch for another archive, if that is there and it is worth
// it, and returns it; nil if not. It is proved.
func (r *archiveReader) patch(c *Content, base *Base) []byte {
	if base == nil || r.tar == nil {
		return nil
	}
	file, err := base.Open()
	if err != nil {
		return nil
	}
	defer file.Close()
	p := Content{Recipe: c.Recipe, Base: base.Name, BaseSum: base.Sum}
	tar, err := p.ReadBase(file)
	if err != nil {
		return nil
	}
	patch := newPatch(r.tar, tar)
	if int64(len(patch)) > r.entry.Size/2 || !makes(patch, tar, r.tar) {
		return nil
	}
	p.Size, p.Sum = int64(len(patch)), crate.Sum(patch)
	*c = p
	return patch
}

// makes reports whether a patch makes one tar of another.
func makes(patch, base, want []byte) bool {
	z, err := patched(bytes.NewReader(patch), base)
	if err != nil {
		return false
	}
	defer z.Close()
	got, err := io.ReadAll(z)
	return err == nil && bytes.Equal(got, want)
}

// writeTo writes the content, of which it makes the checksum, or the archive if it has none.
func (r *archiveReader) writeTo(w io.Writer) (err error) {
	c := r.entry.Content
	if c == nil {
		return r.makeSure(io.TeeReader(r.section(), w))
	}
	sum := sha256.New()
	tar := io.TeeReader(io.LimitReader(r.open(), c.Size), io.MultiWriter(sum, w))
	if r.held {
		_, err = io.Copy(io.Discard, struct{ io.Reader }{tar})
	} else {
		err = r.rebuild(c, tar)
	}
	c.Sum = crate.Checksum(sum.Sum(nil))
	return err
}

// rebuild makes the archive again, and makes sure of it.
func (r *archiveReader) rebuild(c *Content, tar io.Reader) error {
	sum := sha256.New()
	switch err := c.Rebuild(sum, tar, nil, nil); {
	case errors.Is(err, redeflate.ErrTar):
		return fmt.Errorf("%w: %w", ErrEntry, err)
	case err != nil:
		return err
	}
	return r.isArchive(crate.Checksum(sum.Sum(nil)))
}
