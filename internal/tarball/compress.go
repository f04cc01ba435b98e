package tarball

import (
	"fmt"
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

// level is what was asked for, or what the format has without that.
func (o *Options) level() int {
	switch {
	case o.Level != 0:
		return o.Level
	case o.Format == Gzip:
		return gzipLevel
	}
	return zstdLevel
}

// newGzip: errors are of levels and sizes that are none.
func newGzip(w io.Writer, o Options) *pgzip.Writer {
	gz, err := pgzip.NewWriterLevel(w, o.level())
	if err != nil {
		panic(err) // o was checked
	}
	setGzipJobs(gz, o)
	return gz
}

// setGzipJobs is also for after a Reset, which forgets it.
func setGzipJobs(gz *pgzip.Writer, o Options) {
	if err := gz.SetConcurrency(gzipBlock, o.jobs()+1); err != nil {
		panic(err) // both are constant, or at least one
	}
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

// Compressors are the modules whose versions decide about bytes, as go.mod has them.
var Compressors = map[Format]string{Gzip: "github.com/klauspost/pgzip v1.3.0", Zstd: "github.com/klauspost/compress v1.20.3"}

// Compressor says what makes the bytes: the module, its version and the level; "" for a
// plain tar.
func (o *Options) Compressor() string {
	switch o.Format {
	case Gzip:
		return fmt.Sprintf("%s, level %d", Compressors[Gzip], o.level())
	case Zstd:
		return fmt.Sprintf("%s, level %d", Compressors[Zstd], o.level())
	}
	return ""
}
