package bundle

import (
	"archive/tar"
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"cargohome/crate/archive"
)

// modified is when everything in a bundle was.
var modified = time.Unix(archive.GeneratedTime, 0)

// blocks returns how many bytes the entry has in the tar, header and all. The error is that
// of header.
func (e *Entry) blocks() (int64, error) {
	e = e.inTar()
	head := int64(blockSize)
	if !e.isPlain() {
		text, err := e.header()
		if err != nil {
			return 0, err
		}
		head = int64(len(text))
	}
	return head + e.Size + padding(e.Size), nil
}

// header returns the blocks that stand before the entry's content in the tar.
func (e *Entry) header() ([]byte, error) {
	e = e.inTar()
	if e.isPlain() {
		return e.plainHeader(), nil
	}
	return e.anyHeader()
}

// anyHeader is header by package tar.
func (e *Entry) anyHeader() ([]byte, error) {
	h := tar.Header{Typeflag: tar.TypeReg, Name: e.Path, Size: e.Size, Mode: 0o644, ModTime: modified}
	switch {
	case e.IsFolder():
		h.Typeflag, h.Mode = tar.TypeDir, 0o755
	case e.Link != "":
		h.Typeflag, h.Linkname, h.Mode = tar.TypeSymlink, e.Link, 0o777
	case e.Executable:
		h.Mode = 0o755
	}
	var b bytes.Buffer
	if err := tar.NewWriter(&b).WriteHeader(&h); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrName, err)
	}
	return b.Bytes(), nil
}

// Where the fields of a header are, and how many bytes they have (POSIX.1-1988, ustar).
const (
	nameField      = 100 // from 0
	sizeField      = 124
	sizeDigits     = 11 // octal
	checksumField  = 148
	checksumDigits = 6
	maxPlainSize   = 1 << (3 * sizeDigits)
)

// isPlain reports whether the entry is a file whose header is one block, of which no more
// is its own than name and size, as nearly all are: to make that by package tar takes
// longer than to hash some contents.
func (e *Entry) isPlain() bool {
	return e.IsFile() && !e.Executable && len(e.Path) <= nameField && 0 <= e.Size && e.Size < maxPlainSize &&
		strings.IndexFunc(e.Path, func(c rune) bool { return c <= 0 || c >= 0x80 }) < 0
}

// namelessHeader is the header of an empty file without a name.
var namelessHeader = sync.OnceValue(func() []byte {
	text, err := (&Entry{}).anyHeader()
	if err != nil {
		panic(err) // of what is always the same
	}
	return text
})

// plainHeader is header for a plain entry.
func (e *Entry) plainHeader() []byte {
	b := slices.Clone(namelessHeader())
	copy(b, e.Path)
	putOctal(b[sizeField:sizeField+sizeDigits], e.Size)
	putOctal(b[checksumField:checksumField+checksumDigits], int64(archive.HeaderSum(b)))
	return b
}

// putOctal fills a field with the digits of a number.
func putOctal(field []byte, n int64) {
	for i := len(field) - 1; i >= 0; i-- {
		field[i] = '0' + byte(n&7)
		n >>= 3
	}
}
