package bundle

import (
	"io"

	"cargohome/internal/tarball"
)

// only is what a [Reader] is asked for that is not to hand on all.
type only struct {
	want  func(e *Entry) bool
	seek  *tarball.Seekable // nil if what lies between has to be read
	whole bool              // what lies behind the last is read, too
}

// Only has the Reader hand on no more than the entries that want says yes to. What it passes
// over is not proven, and not read if the file, of that size, is a seekable one. Without a
// file, which may be nil, all is read to its end. It is to be called before Next.
func (r *Reader) Only(file io.ReaderAt, size int64, want func(e *Entry) bool) {
	r.only = &only{want: want, whole: file == nil}
	if file == nil {
		return
	}
	if seek, err := tarball.OpenSeekable(file, size); err == nil {
		r.only.seek = seek
	}
}

// skip passes over what is not wanted, and returns how many bytes of the tar that are.
func (r *Reader) skip() (bytes int64, err error) {
	for entries := r.Manifest.Entries; r.next < len(entries); r.next++ {
		e := &entries[r.next]
		if e.Held {
			continue
		}
		if r.only == nil || r.only.want(e) {
			break
		}
		n, err := e.blocks()
		if err != nil {
			return 0, e.error(err)
		}
		bytes += n
	}
	return bytes, nil
}

// pass goes on to what comes so many bytes behind in the tar: into another frame by the table,
// within one by reading.
func (r *Reader) pass(bytes int64) error {
	r.at += bytes
	if bytes == 0 {
		return nil
	}
	if s := r.only.seek; s != nil && s.Frame(r.at) != s.Frame(r.at-bytes) {
		r.in.tar.Close()
		in, err := r.only.open(r.at, &r.work)
		if err == nil {
			r.in = in
		}
		return err
	}
	_, err := io.CopyN(io.Discard, r.in, bytes)
	return cut(err)
}

// open begins to read somewhere in the tar.
func (o *only) open(at int64, all *work) (*blocks, error) {
	file, before := o.seek.Open(at)
	in, err := newBlocks(file, all)
	if err != nil {
		return nil, err
	}
	if _, err = io.CopyN(io.Discard, in, before); err != nil {
		in.tar.Close()
		return nil, cut(err)
	}
	return in, nil
}
