package tarball

import (
	"bytes"
	"io"

	"github.com/klauspost/compress/zstd"
)

// MaxFrame is how many bytes a frame of a seekable file is made of at most: then so much of
// what was read before has to be kept.
const MaxFrame = 64 << 20

// Frame is one of zstd, that can be read without any other.
type Frame struct {
	Data io.Reader // it
	Size int64     // of what it is made of, in bytes
}

// Framer compresses what belongs together into frames of its own, as few as MaxFrame lets
// there be. It takes about 100 MiB, and is not safe for concurrent use.
type Framer struct {
	zstd  *zstd.Encoder
	whole bool // frames are emitted as a whole, and have an end
	emit  func(frame []byte, size int64) error
	made  bytes.Buffer
	begun bool
	size  int64 // that went into the frame since the last was emitted
}

// NewFramer returns a Framer of zstd with a level. It calls emit with each frame, which is
// overwritten by the next, and how many bytes it is made of. If the file is not to be
// Seekable a frame may be of any size, is emitted in parts, and takes 64 MiB more.
func NewFramer(o Options, emit func(frame []byte, size int64) error) *Framer {
	window := MaxFrame
	if !o.Seekable {
		window = maxWindow
	}
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(window), zstd.WithLowerEncoderMem(true),
		zstd.WithEncoderLevel(zstd.EncoderLevelFromZstd(o.level())))
	if err != nil {
		panic(err) // options are constant
	}
	return &Framer{zstd: z, whole: o.Seekable, emit: emit}
}

// Write implements io.Writer. Errors are those of emit.
func (f *Framer) Write(b []byte) (n int, err error) {
	for len(b) > 0 {
		if !f.begun {
			f.begun = true
			f.zstd.Reset(&f.made)
		}
		part := b[:min(int64(len(b)), MaxFrame-f.size)]
		taken, err := f.zstd.Write(part)
		n += taken
		if f.size += int64(taken); err != nil {
			return n, err
		}
		if err := f.full(); err != nil {
			return n, err
		}
		b = b[taken:]
	}
	return n, nil
}

// full ends a frame that is full, or emits what there is of one that has no end.
func (f *Framer) full() error {
	switch {
	case f.whole && f.size == MaxFrame:
		return f.End()
	case !f.whole && (f.size == MaxFrame || f.made.Len() > partSize):
		return f.emitMade()
	}
	return nil
}

// partSize is about how many bytes the parts of a frame have.
const partSize = 1 << 20

func (f *Framer) emitMade() error {
	size := f.size
	f.size = 0
	defer f.made.Reset()
	return f.emit(f.made.Bytes(), size)
}

// End ends the frame, if there is one: what is written next has nothing to do with it.
func (f *Framer) End() error {
	if !f.begun {
		return nil
	}
	f.begun = false
	if err := f.zstd.Close(); err != nil {
		return err
	}
	return f.emitMade()
}
