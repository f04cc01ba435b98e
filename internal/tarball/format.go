package tarball

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// Format is how a tar file is compressed.
type Format string

// How it may be, each being the end of a file's name.
const (
	Tar  Format = "tar"
	Gzip Format = "tar.gz"
	Zstd Format = "tar.zst"
)

// ErrFormat is matched by the error for a name of no format, or a level that a format
// does not have.
var ErrFormat = errors.New("tar, tar.gz and tar.zst are known")

// spellings are names of formats; those with a last "zstd" are cargo-vendor-filterer's.
var spellings = map[string]Format{
	"tar": Tar, "tar.gz": Gzip, "tgz": Gzip, "tar.gzip": Gzip, "tar.zst": Zstd, "tzst": Zstd, "tar.zstd": Zstd,
}

// ParseFormat reads the name of a format.
func ParseFormat(text string) (Format, error) {
	if f, ok := spellings[text]; ok {
		return f, nil
	}
	return "", fmt.Errorf("no format is called %q: %w", text, ErrFormat)
}

// FormatOf returns the format that a file's name ends in; false if it ends in none.
func FormatOf(path string) (Format, bool) {
	name := strings.ToLower(filepath.Base(path))
	for {
		_, rest, ok := strings.Cut(name, ".")
		if !ok {
			return "", false
		}
		if f, ok := spellings[rest]; ok {
			return f, true
		}
		name = rest
	}
}

// levels are the highest of each format.
var levels = map[Format]int{Tar: 0, Gzip: 9, Zstd: 22}

// Check refuses a format or level that there is not; the error matches [ErrFormat].
func (o *Options) Check() error {
	most, known := levels[o.Format]
	switch {
	case !known:
		return fmt.Errorf("no format is called %q: %w", string(o.Format), ErrFormat)
	case o.Level != 0 && most == 0:
		return fmt.Errorf("%s is not compressed, and has no level: %w", o.Format, ErrFormat)
	case o.Seekable && o.Format != Zstd:
		return fmt.Errorf("%s has no table of frames: %w", o.Format, ErrFormat)
	case o.Level < 0 || o.Level > most:
		return fmt.Errorf("%s has levels from 1 to %d, not %d: %w", o.Format, most, o.Level, ErrFormat)
	}
	return nil
}
