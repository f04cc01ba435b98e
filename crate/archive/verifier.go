package archive

import (
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"

	"cargohome/crate"
	"cargohome/internal/inflate"
)

// verifier reads an archive. In place of io.EOF comes what is wrong with its bytes.
type verifier struct {
	archive Archive
	src     io.ReadCloser
	hash    hash.Hash
	read    int64  // bytes so far
	end     error  // what ended the reading
	buf     []byte // for bytes that nobody else reads
}

func (v *verifier) open(a Archive) error {
	if a.Size > MaxSize {
		return errTooLarge
	}
	src, err := a.From.Open()
	if err != nil {
		return err
	}
	if v.hash == nil {
		v.hash = sha256.New()
	}
	v.hash.Reset()
	v.archive, v.src, v.read, v.end = a, src, 0, nil
	return nil
}

// Close implements io.Closer.
func (v *verifier) Close() error { return v.src.Close() }

// Read implements io.Reader. Once it returned an error it does so again.
func (v *verifier) Read(p []byte) (n int, err error) {
	if v.end != nil {
		return 0, v.end
	}
	n, err = v.src.Read(p)
	v.hash.Write(p[:n])
	v.read += int64(n)
	switch {
	case v.read > MaxSize:
		err = errTooLarge
	case err == io.EOF:
		err = v.verdict()
	}
	v.end = err
	return n, err
}

// verdict is io.EOF if all bytes are as they should be.
func (v *verifier) verdict() error {
	var got crate.Checksum
	v.hash.Sum(got[:0])
	switch a := v.archive; {
	case !a.Unvouched && got != a.Checksum:
		return &ChecksumError{Want: a.Checksum, Got: got, Truncated: v.isTruncated()}
	case v.read != a.Size:
		return &SizeError{Want: a.Size, Got: v.read}
	}
	return io.EOF
}

// isTruncated reports whether the bytes end before the gzip stream does, if they can be
// read once more.
func (v *verifier) isTruncated() bool {
	again, ok := v.src.(io.ReaderAt)
	if !ok {
		return false
	}
	gz := new(inflate.Reader)
	gz.Reset(io.NewSectionReader(again, 0, MaxSize))
	_, err := io.Copy(io.Discard, io.LimitReader(gz, minUnpacked))
	return errors.Is(err, io.ErrUnexpectedEOF)
}

// rest reads what is left, and returns what is wrong with the bytes, nil if nothing is.
func (v *verifier) rest(ctx context.Context) (err error) {
	if v.buf == nil {
		v.buf = make([]byte, 64<<10)
	}
	for err == nil {
		if _, err = v.Read(v.buf); err == nil {
			err = ctx.Err()
		}
	}
	if err == io.EOF {
		return nil
	}
	return err
}
