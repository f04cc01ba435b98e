package tarball

import (
	"io"
	"runtime"

	"github.com/klauspost/compress/zstd"
	"github.com/klauspost/pgzip"
)

const (
	gzipBlock = 1 << 20 // bytes that are compressed as one
	zstdFrame = 4 << 20

	gzipLevel = 6
	zstdLevel = 2 // by 3 it takes a fifth longer than zstd does, with two processors

	// maxJobs bounds the memory: for each there are a part, what it is compressed to,
	// and the tables of the compressor, of zstd 20 MiB.
	maxJobs = 8
)

func (o *Options) jobs() int {
	if o.Jobs <= 0 {
		return min(runtime.GOMAXPROCS(0), maxJobs)
	}
	return min(o.Jobs, maxJobs)
}

func levelOr(level, otherwise int) int {
	if level == 0 {
		return otherwise
	}
	return level
}

// newGzip: errors are of levels and sizes that are none.
func newGzip(w io.Writer, o Options) io.WriteCloser {
	gz, err := pgzip.NewWriterLevel(w, levelOr(o.Level, gzipLevel))
	if err == nil {
		err = gz.SetConcurrency(gzipBlock, o.jobs()+1)
	}
	if err != nil {
		panic(err) // o was checked
	}
	return gz
}

// newEncoder makes one for a frame at a time.
func newEncoder(level int) *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(zstdFrame),
		zstd.WithEncoderLevel(zstd.EncoderLevelFromZstd(level)), zstd.WithSingleSegment(true))
	if err != nil {
		panic(err) // options are constant
	}
	return e
}
