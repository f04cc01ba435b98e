package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strings"
	"time"

	"cargohome/internal/staging"
)

// Store is a place of objects. Names are '/'-separated paths; what is called as no path can
// be is in no store. Errors are of the type [*Error], but for that of a context that ended.
// It is safe for concurrent use.
type Store interface {
	// Open opens an object. The caller closes it.
	Open(ctx context.Context, name string) (io.ReadCloser, Info, error)
	// Stat describes an object.
	Stat(ctx context.Context, name string) (Info, error)
	// PutNew creates an object, and returns its tag. The error matches [ErrExists] if it is
	// there, whatever it holds, and [ErrContent] if the content is not of its sum.
	PutNew(ctx context.Context, name string, c *Content) (tag string, err error)
	// PutIf replaces an object that has a tag, and returns the new one. The error matches
	// [ErrChanged] if it has another by now, or is gone.
	PutIf(ctx context.Context, name, tag string, c *Content) (now string, err error)
	// List yields the objects whose names begin with prefix, in the order of the names as
	// bytes. An error is the last.
	List(ctx context.Context, prefix string) iter.Seq2[Info, error]
	// Delete deletes an object, if it is there.
	Delete(ctx context.Context, name string) error
	// Close ends what is open. Nothing may be called after it.
	Close() error
	// String is the URL of the store, without a '/' at the end.
	String() string
}

// Info describes an object.
type Info struct {
	Name     string    // in the store
	Size     int64     // in bytes
	Tag      string    // that it has until it is replaced
	Modified time.Time // by the store's clock, which may tell no more than seconds
}

// Content is what an object is to hold. It is only read.
type Content struct {
	From  io.ReaderAt       // has it
	Size  int64             // in bytes
	Sum   [sha256.Size]byte // of all of it
	Type  string            // its Content-Type, where the store serves it to others; "" for bytes
	Cache string            // its Cache-Control, likewise; "" for none
}

// Bytes is content that is in memory.
func Bytes(data []byte) *Content {
	return &Content{From: bytes.NewReader(data), Size: int64(len(data)), Sum: sha256.Sum256(data)}
}

// reader reads all of it.
func (c *Content) reader() *io.SectionReader { return io.NewSectionReader(c.From, 0, c.Size) }

// absent is the error for what is not there.
type absent string

func (e absent) Error() string        { return string(e) }
func (e absent) Is(target error) bool { return target == fs.ErrNotExist }

// What can be said of an object. ErrNotFound matches fs.ErrNotExist.
var (
	ErrNotFound error = absent("there is no such object")
	ErrExists         = errors.New("the object is there already")
	ErrChanged        = errors.New("the object has changed meanwhile")
	ErrContent        = errors.New("what was put is not of its checksum")
	ErrName           = errors.New("no object can have this name")
)

// Error is one of a store.
type Error struct {
	Store string // its URL
	Name  string // of the object, "" if it is of none
	Err   error  // what is wrong
}

func (e *Error) Error() string {
	if e.Name == "" {
		return fmt.Sprintf("%s: %v", e.Store, e.Err)
	}
	return fmt.Sprintf("%s/%s: %v", e.Store, e.Name, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// IsURL reports whether a text is meant to be the URL of a store, though it may be that of none
// that there is, as [Open] finds.
func IsURL(text string) bool {
	scheme, rest, ok := strings.Cut(text, ":")
	if !ok || len(scheme) < 2 || strings.ContainsFunc(scheme, isNoLetter) { // one letter is a drive
		return false
	}
	return strings.HasPrefix(rest, "//") || strings.EqualFold(scheme, "s3") || strings.EqualFold(scheme, "file")
}

func isNoLetter(c rune) bool {
	return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '+' && c != '-'
}

const (
	schemeS3   = "s3://"
	schemeFile = "file://"
)

// Open returns the store at a URL, which need not be there yet. The environment is asked for
// variables; see the package comment. The caller closes the store.
func Open(url string, environment func(name string) string) (Store, error) {
	if dir, ok := strings.CutPrefix(url, schemeFile); ok {
		return openFolder(dir)
	}
	if place, ok := strings.CutPrefix(url, schemeS3); ok {
		return openBucket(place, environment)
	}
	scheme, _, _ := strings.Cut(url, ":")
	return nil, fmt.Errorf("there are no stores of the kind %q: name %sBUCKET/PREFIX or %s/FOLDER", scheme, schemeS3, schemeFile)
}

// isName reports whether an object can have a name: it is one as a path, a URL and an S3 key,
// and no temporary file's.
func isName(name string) bool {
	if len(name) > 900 || name == "." || !fs.ValidPath(name) {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if staging.IsTemporary(part) || strings.ContainsAny(part, "\\:\x00") {
			return false
		}
	}
	return true
}

// OpenWithin opens an object of at most limit bytes. What is read is all of it, or ends in an
// error. The caller closes it.
func OpenWithin(ctx context.Context, s Store, name string, limit int64) (io.ReadCloser, Info, error) {
	r, info, err := s.Open(ctx, name)
	if err != nil {
		return nil, info, err
	}
	if info.Size > limit {
		_ = r.Close() // of which nothing was read
		return nil, info, &Error{s.String(), name, fmt.Errorf("it has %d bytes, and may have %d", info.Size, limit)}
	}
	return &whole{r, info.Size, s, name}, info, nil
}

// whole reads an object to the end that was told.
type whole struct {
	io.ReadCloser
	left  int64 // bytes that are to come
	store Store
	name  string
}

func (w *whole) Read(buf []byte) (int, error) {
	n, err := w.ReadCloser.Read(buf)
	w.left -= int64(n)
	if w.left < 0 || err == io.EOF && w.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	if err != nil && err != io.EOF {
		err = &Error{w.store.String(), w.name, err}
	}
	return n, err
}

// ReadAll reads an object of at most limit bytes.
func ReadAll(ctx context.Context, s Store, name string, limit int64) ([]byte, Info, error) {
	r, info, err := OpenWithin(ctx, s, name, limit)
	if err != nil {
		return nil, info, err
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	return text, info, err
}
