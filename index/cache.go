package index

import (
	"bytes"
	"errors"
	"io"
)

// cacheHead is the format of a cache file, 3, and the index schema that the
// Cargo which wrote it knew, 2 as four bytes. With any other Cargo takes the file
// as absent and writes it anew.
//
// Source: cargo 1.95, src/cargo/sources/registry/index/cache.rs.
var cacheHead = []byte{3, 2, 0, 0, 0}

var (
	errCacheForeign = errors.New("cache file of another Cargo")
	errCacheCut     = errors.New("cache file ends within an entry")
)

// readCached returns the line of one version in a cache file, nil if there is
// none. The error is errCacheForeign, errCacheCut, or one of reading.
//
// Versions in use are mostly recent, recent ones are at the end, and crates with
// many versions have files of megabytes. So the end is searched first, and more
// of it as long as that does not help.
func readCached(path, version string) (line []byte, err error) {
	f, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	size := f.Size()
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	if size > tailGrowth*cacheTail { // else one reading of all is cheaper
		if line, err = readTails(f, size, buf, version); line != nil || err != nil {
			return bytes.Clone(line), err
		}
	}
	if err := readAt(f, buf, 0, size); err != nil {
		return nil, err
	}
	line, err = findCached(*buf, version)
	return bytes.Clone(line), err
}

// cacheTail is the size in bytes of the end that is searched first, and
// tailGrowth how many times more it is each time. Of the 800 crates in the
// lockfile of nushell, four fifths are found in the first end.
const (
	cacheTail  = 8 << 10
	tailGrowth = 4
)

// readTails looks for a version in longer and longer ends of a cache file, and
// returns nil if it is in none that is shorter than the file.
func readTails(f io.ReaderAt, size int64, buf *[]byte, version string) ([]byte, error) {
	if err := readAt(f, buf, 0, int64(len(cacheHead))); err != nil {
		return nil, err
	}
	if !bytes.Equal(*buf, cacheHead) {
		return nil, errCacheForeign
	}
	for n := int64(cacheTail); n < size; n *= tailGrowth {
		if err := readAt(f, buf, size-n, n); err != nil {
			return nil, err
		}
		if n == cacheTail && (len(*buf) == 0 || (*buf)[len(*buf)-1] != 0) {
			return nil, nil // it was cut: whether Cargo could read it, the whole tells
		}
		if line := findInTail(*buf, version); line != nil {
			return line, nil
		}
	}
	return nil, nil
}

// findInTail finds the last pair with a version in the end of a cache file. Only
// a version can stand between two NULs and be the text of one: lines are objects.
func findInTail(tail []byte, version string) (line []byte) {
	needle := append(append([]byte{0}, version...), 0)
	for {
		i := bytes.Index(tail, needle)
		if i < 0 {
			return line
		}
		line, _, _ = bytes.Cut(tail[i+len(needle):], []byte{0})
		tail = tail[i+len(needle)-1:]
	}
}

// findCached returns the line of one version in a cache file, nil if there is
// none. No line is interpreted. Of several pairs with an equal version the last
// counts; equal means equal text, build metadata included.
//
// The NUL at the very end may be missing, as for Cargo: the line that lacks its
// end is then found to be damaged when it is asked for.
func findCached(data []byte, version string) (line []byte, err error) {
	err = eachCached(data, func(v, l []byte) {
		if string(v) == version {
			line = l
		}
	})
	if err != nil {
		return nil, err
	}
	return line, nil
}

// eachCached calls f for each pair of a cache file.
func eachCached(data []byte, f func(version, line []byte)) error {
	rest, ok := bytes.CutPrefix(data, cacheHead)
	if !ok {
		return errCacheForeign
	}
	if len(rest) == 0 {
		return errCacheCut
	}
	_, rest, _ = bytes.Cut(rest, []byte{0})
	for len(rest) > 0 {
		version, tail, ok := bytes.Cut(rest, []byte{0})
		if !ok || len(tail) == 0 {
			return errCacheCut
		}
		var line []byte
		line, rest, _ = bytes.Cut(tail, []byte{0})
		f(version, line)
	}
	return nil
}
