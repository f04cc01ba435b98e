// Package tarball writes a tree of files as one tar file, plain or compressed by all
// processors, with the same bytes each time.
//
//	tar       ustar headers, PAX records for what they cannot hold
//	tar.gz    the same in gzip by klauspost/pgzip: blocks of 1 MiB, each compressed with
//	          the end of the one before as its dictionary
//	tar.zst   the same in zstd by klauspost/compress: frames of 4 MiB, each of its own
//
// What could differ from run to run does not get in: owner and group are 0 and have no
// names, times are whole seconds, a gzip header has no time, and neither blocks nor
// frames depend on how many processors there are. Another version of a compressor may
// make other bytes of the same tar.
//
// A tar names folders before what is in them; entries come in the order in which they
// are added, which is up to the caller.
//
// A tar.zst may have a table of its frames at its end, in the seekable format of zstd
// (contrib/seekable_format): a frame that other programs skip. Then it can be read from any
// frame on, and what belongs together can be in a frame of its own, of up to 64 MiB.
//
// Who writes a tar in a way of his own takes the [Stream] below, which can also store:
// what is compressed already is kept as it is, in gzip members of stored blocks and zstd
// frames of raw ones. [NewReader] reads any of the three, told apart by how they begin.
package tarball

import (
	"archive/tar"
	"fmt"
	"io"
	"io/fs"
	"time"
)

// Writer writes one tar file. It is not safe for concurrent use.
type Writer struct {
	tar   *tar.Writer
	below *Stream // collects what is written
}

// Options say how the tar is written.
type Options struct {
	Format Format // one of them; "" is refused
	// Level is from 1, the fastest, to 9 for gzip or 22 for zstd, of which the
	// compressor knows four kinds; 0 means 6 and 2. A plain tar has none.
	Level int
	Jobs  int // parts compressed at the same time; 0 means one for each processor
	// Seekable has a table of all frames behind the last, and takes frames that were made
	// before; of zstd only. See [Framer] and [OpenSeekable].
	Seekable bool
}

// NewWriter returns a Writer to w, which the caller closes after it. The error is of
// options that do not fit.
func NewWriter(w io.Writer, o Options) (*Writer, error) {
	below, err := NewStream(w, o)
	if err != nil {
		return nil, err
	}
	return &Writer{tar.NewWriter(below), below}, nil
}

// Folder adds a folder, by its path with '/'.
func (t *Writer) Folder(path string, mode fs.FileMode, modified time.Time) error {
	return t.header(&tar.Header{Typeflag: tar.TypeDir, Name: path + "/", Mode: int64(mode.Perm()), ModTime: modified})
}

// File adds a file of size bytes, by its path with '/', with what write writes, which
// has to be as much.
func (t *Writer) File(path string, mode fs.FileMode, modified time.Time, size int64, write func(io.Writer) error) error {
	h := &tar.Header{Typeflag: tar.TypeReg, Name: path, Mode: int64(mode.Perm()), ModTime: modified, Size: size}
	if err := t.header(h); err != nil {
		return err
	}
	if err := write(t.tar); err != nil {
		return err
	}
	if err := t.tar.Flush(); err != nil { // fewer bytes than the header says
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func (t *Writer) header(h *tar.Header) error {
	h.ModTime = h.ModTime.Truncate(time.Second)
	return t.tar.WriteHeader(h)
}

// Close ends the tar and what it is compressed by; without it the file is cut off. After
// an error it is to be called too, and what was written is not to be used.
func (t *Writer) Close() error {
	err := t.tar.Close()
	if closed := t.below.Close(); err == nil {
		err = closed
	}
	return err
}
