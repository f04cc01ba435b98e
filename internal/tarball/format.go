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

// ErrFormat is matched by the error for a name of no format, or what a format does not have.
var ErrFormat = errors.New("there is no such format")

// spellings are names of formats; those with a last "zstd" are cargo-vendor-filterer's.
var spellings = map[string]Format{
	"tar": Tar, "tar.gz": Gzip, "tgz": Gzip, "tar.gzip": Gzip, "tar.zst": Zstd, "tzst": Zstd, "tar.zstd": Zstd,
}

// ParseFormat reads the name of a format.
func ParseFormat(text string) (Format, error) {
	if f, ok := spellings[text]; ok {
		return f, nil
	}
	return "", &formatError{fmt.Sprintf("no format is called %q: there are tar, tar.gz and tar.zst", text)}
}

// formatError matches [ErrFormat].
type formatError struct{ text string }

func (e *formatError) Error() string { return e.text }
func (e *formatError) Unwrap() error { return ErrFormat }

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
		_, err := ParseFormat(string(o.Format))
		return err
	case o.Level != 0 && most == 0:
		return &formatError{fmt.Sprintf("%s is not compressed, and has no level", o.Format)}
	case o.Seekable && o.Format != Zstd:
		return &formatError{fmt.Sprintf("%s has no table of frames", o.Format)}
	case o.Level < 0 || o.Level > most:
		return &formatError{fmt.Sprintf("%s has levels from 1 to %d, not %d", o.Format, most, o.Level)}
	}
	return nil
}
