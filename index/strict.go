package index

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"unicode/utf8"

	"cargohome/crate"
)

// Strictly returns the index for those who ask what Cargo 1.95 would find in it, offline.
// Lookup then takes no file that Cargo would pass over for damage anywhere in it, and no
// line that Cargo would not select. Of an index in git it asks the repository which content
// a crate's file has, and takes the cache file only if that was made of it, else the content
// (cargo 1.95: Summaries::parse, RemoteRegistry::load).
func (x *Index) Strictly() *Index {
	s := &Index{dir: x.dir, local: x.local, strict: true}
	if x.repo != nil {
		s.repo = sync.OnceValues(s.open)
	}
	return s
}

// lookupStrict is lookup of a strict index.
func (x *Index) lookupStrict(path, name, version string) (Entry, error) {
	file, line, err := x.strictLine(path, version)
	if err != nil {
		return Entry{}, err
	}
	if line == nil {
		return Entry{}, ErrNoVersion
	}
	e, err := parseCached(line, version)
	if err == nil && e.Name == name {
		err = e.check()
	}
	if err != nil {
		return Entry{}, &CorruptError{file, err}
	}
	if e.Name != name {
		return Entry{}, ErrNoVersion
	}
	return e, nil
}

// strictLine returns the line that Cargo has of a version, nil if it has none, and where it
// is from.
func (x *Index) strictLine(path, version string) (file string, line []byte, err error) {
	if x.local {
		file = filepath.Join(x.dir, filepath.FromSlash(path))
		t, err := x.strictTable(file, strictLines)
		if err != nil {
			return file, nil, x.explain(err)
		}
		return file, t.lines[version], nil
	}
	file = filepath.Join(x.dir, ".cache", filepath.FromSlash(path))
	line, made, err := x.strictCached(file, version)
	switch {
	case errors.Is(err, errCacheEnds): // Cargo falls over it
		return file, nil, &CorruptError{file, err}
	case x.repo != nil:
		return x.strictRepo(path, version, file, line, made)
	case errors.Is(err, errCacheForeign):
		return file, nil, ErrNoCrate
	case errors.Is(err, errCacheCut):
		return file, nil, &CorruptError{file, err}
	case err != nil:
		return file, nil, x.explain(err)
	}
	return file, line, nil
}

// strictRepo asks the repository whether the line of a cache file is of what it has; made is
// what that was made of, "" if Cargo cannot read it.
func (x *Index) strictRepo(path, version, file string, line []byte, made string) (string, []byte, error) {
	git := filepath.Join(x.dir, ".git")
	tree, err := x.repo()
	if err != nil {
		return git, nil, err
	}
	if made == tree.Commit() { // as older Cargos wrote them
		return file, line, nil
	}
	id, err := tree.ID(path)
	if errors.Is(err, fs.ErrNotExist) {
		return git, nil, ErrNoCrate
	}
	if err != nil {
		return git, nil, &CorruptError{git, err}
	}
	if made == id {
		return file, line, nil
	}
	t, err := x.strictTable(path, func(string) (*table, error) {
		data, err := tree.File(path)
		if err != nil {
			return nil, &CorruptError{git, err}
		}
		return newStrictTable(data), nil
	})
	if err != nil {
		return git, nil, err
	}
	return git, t.lines[version], nil
}

// strictTable returns the table of an entry file. Lockfiles have a few versions of a crate:
// it is kept.
func (x *Index) strictTable(file string, read func(file string) (*table, error)) (*table, error) {
	x.mu.Lock()
	kept, ok := x.entryFiles[file]
	if !ok {
		if x.entryFiles == nil {
			x.entryFiles = map[string]func() (*table, error){}
		}
		kept = sync.OnceValues(func() (*table, error) { return read(file) })
		x.entryFiles[file] = kept
	}
	x.mu.Unlock()
	return kept()
}

// strictLines reads the entry file of a local registry.
func strictLines(file string) (*table, error) {
	var data []byte
	if err := readFile(file, &data); err != nil {
		return nil, err
	}
	return newStrictTable(data), nil
}

// newStrictTable makes the table of an entry file, by version. Of several lines the last
// counts of which name and version can be read, whatever else it has.
func newStrictTable(data []byte) *table {
	t := &table{lines: map[string][]byte{}, size: len(data)}
	for line := range bytes.SplitSeq(data, []byte{'\n'}) {
		if e, err := minimum(line); err == nil {
			t.lines[e.Version] = line
		}
	}
	return t
}

// errCacheEnds says that a cache file has a version and no line for it.
var errCacheEnds = errors.New("cache file ends where a line should be")

// strictCached returns the line of a version in a cache file, nil if there is none, and of
// what the file was made. The file is read whole, as damage to any of its versions has Cargo
// take it for absent (cargo 1.95: SummariesCache::parse).
func (x *Index) strictCached(file, version string) (line []byte, made string, err error) {
	if t := x.tables.of(file, fileTable(file, newStrictCacheTable)); t != nil {
		return t.lines[version], t.made, t.err
	}
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	if err := readFile(file, buf); err != nil {
		return nil, "", err
	}
	made, err = eachStrict(*buf, func(v, l []byte) {
		if string(v) == version {
			line = l
		}
	})
	if err != nil {
		return nil, "", err
	}
	return bytes.Clone(line), made, nil
}

func newStrictCacheTable(data []byte) *table {
	t := &table{lines: map[string][]byte{}, size: len(data)}
	t.made, t.err = eachStrict(data, func(version, line []byte) { t.lines[string(version)] = line })
	if t.err != nil {
		clear(t.lines)
	}
	return t
}

// eachStrict is eachCached that returns of what the file was made, and makes sure of the
// whole.
func eachStrict(data []byte, f func(version, line []byte)) (made string, err error) {
	rest, ok := bytes.CutPrefix(data, cacheHead)
	if !ok {
		return "", errCacheForeign
	}
	if len(rest) == 0 {
		return "", errCacheCut
	}
	first, rest, _ := bytes.Cut(rest, []byte{0})
	if !utf8.Valid(first) {
		return "", fmt.Errorf("%w: what it was made of is no text", errCacheCut)
	}
	for len(rest) > 0 {
		version, tail, _ := bytes.Cut(rest, []byte{0})
		if !isThreeNumbers(version) {
			if err := crate.CheckVersion(string(version)); err != nil {
				return "", fmt.Errorf("%w: %w", errCacheCut, err)
			}
		}
		if len(tail) == 0 {
			return "", errCacheEnds
		}
		var line []byte
		line, rest, _ = bytes.Cut(tail, []byte{0})
		f(version, line)
	}
	return string(first), nil
}

// isThreeNumbers reports whether a version is three short numbers, which most are; others may be
// versions too.
func isThreeNumbers(version []byte) bool {
	dots, digits := 0, 0
	for i, c := range version {
		switch {
		case c == '.' && digits > 0:
			dots, digits = dots+1, 0
		case c < '0' || '9' < c || digits == 9 || digits == 1 && version[i-1] == '0':
			return false
		default:
			digits++
		}
	}
	return dots == 2 && digits > 0
}
