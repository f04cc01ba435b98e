package index

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"unicode/utf8"

	"cargohome/crate"
	"cargohome/internal/fsx"
)

// Strictly returns the index for those who ask what Cargo 1.95 would find in it, offline.
// Lookup then takes no file that Cargo would pass over for damage anywhere in it, and no
// line that Cargo would not select. Of an index in git it asks the repository which content
// a crate's file has, and takes the cache file only if that was made of it, else the content
// (cargo 1.95: Summaries::parse, RemoteRegistry::load). The folder of cache files is opened;
// see [Index.Close].
func (x *Index) Strictly() *Index {
	s := &Index{dir: x.dir, local: x.local, strict: true}
	if !x.local {
		if caches, err := fsx.OpenFolder(filepath.Join(x.dir, cachePath)); err == nil {
			s.caches = &caches
		}
	}
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
	e, err := parseStrict(line)
	if err == nil {
		err = e.isOf(version)
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
	file = x.cacheFile(path)
	line, made, err := x.strictCached(path, version)
	switch {
	case errors.Is(err, errCacheEnds), isPipe(file, err): // Cargo falls over it, or waits for ever
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

// isPipe reports whether the error of opening a file is that it is a pipe.
func isPipe(file string, err error) bool {
	if !errors.Is(err, fsx.ErrNotRegular) {
		return false
	}
	info, err := os.Stat(file)
	return err == nil && info.Mode()&fs.ModeNamedPipe != 0
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

// Versions returns those that a strict index lists of a crate, in no order: of what its files
// have, and not the repository of an index in git. The error matches fs.ErrNotExist if the
// crate is not there.
func (x *Index) Versions(name string) ([]string, error) {
	path, err := Path(name)
	if err != nil {
		return nil, err
	}
	file, newTable := x.cacheFile(path), newCacheTable
	if x.local {
		file, newTable = filepath.Join(x.dir, filepath.FromSlash(path)), newStrictTable
	}
	var data []byte
	if err := readFile(file, &data); err != nil {
		return nil, err
	}
	t := newTable(data)
	return slices.Collect(maps.Keys(t.lines)), t.err
}

// errCacheEnds says that a cache file has a version and no line for it.
var errCacheEnds = errors.New("cache file ends where a line should be")

// Expect tells a strict index of a version that will be looked up: the files of crates of
// which several are locked are then read once. It is not for while others look something up.
func (x *Index) Expect(name, version string) {
	path, err := Path(name)
	if err != nil || slices.Contains(x.expected[path], version) {
		return
	}
	if x.expected == nil {
		x.expected = map[string][]string{}
	}
	x.expected[path] = append(x.expected[path], version)
	delete(x.entryFiles, x.cacheFile(path))
}

// strictCached returns the line of a version in a cache file, nil if there is none, and of
// what the file was made.
func (x *Index) strictCached(path, version string) (line []byte, made string, err error) {
	read := func(versions ...string) (*table, error) { return x.readStrict(path, versions) }
	var t *table
	if expected := x.expected[path]; slices.Contains(expected, version) && len(expected) > 1 {
		t, err = x.strictTable(x.cacheFile(path), func(string) (*table, error) { return read(expected...) })
	} else {
		t, err = read(version)
	}
	if err != nil {
		return nil, "", err
	}
	return t.lines[version], t.made, nil
}

// readStrict returns the lines of some versions in a cache file. That is read whole, as damage
// to any of its versions has Cargo take it for absent (cargo 1.95: SummariesCache::parse);
// piece by piece, as the megabytes of a few crates would go through the processor's caches
// twice.
func (x *Index) readStrict(path string, versions []string) (*table, error) {
	f, err := x.openCached(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	t := &table{lines: make(map[string][]byte, len(versions))}
	t.made, err = eachStrict(io.NewSectionReader(f, 0, f.Size()), buf, func(version, line []byte) {
		for _, v := range versions {
			if v == string(version) {
				t.lines[v] = append(t.lines[v][:0], line...)
			}
		}
	})
	return t, err
}

// openCached opens a cache file: from the open folder, which takes half as long where all is
// well, or else as any file.
func (x *Index) openCached(path string) (*fsx.Regular, error) {
	file := x.cacheFile(path)
	if x.caches != nil {
		if f, err := x.caches.OpenBelow(path); err == nil {
			return bounded(f, file)
		}
	}
	return openRegular(file)
}

// eachStrict is eachCached of a file that is read, which also returns of what it was made, and
// makes sure of the whole. What is passed to each is good until that returns.
func eachStrict(r io.Reader, buf *[]byte, each func(version, line []byte)) (made string, err error) {
	p := pairs{each: each}
	if err := eachField(r, buf, p.take); err != nil {
		return "", err
	}
	switch {
	case p.fields == 0:
		return "", errCacheCut
	case p.fields%2 == 0:
		return "", errCacheEnds
	}
	return p.made, nil
}

// pairs makes sure of the fields of a cache file.
type pairs struct {
	each    func(version, line []byte)
	fields  int // that came
	made    string
	version []byte
}

func (p *pairs) take(field []byte) error {
	p.fields++
	switch {
	case p.fields == 1:
		if !utf8.Valid(field) {
			return fmt.Errorf("%w: what it was made of is no text", errCacheCut)
		}
		p.made = string(field)
	case p.fields%2 == 1:
		p.each(p.version, field)
	default:
		if !isThreeNumbers(field) {
			if err := crate.CheckVersion(string(field)); err != nil {
				return fmt.Errorf("%w: %w", errCacheCut, err)
			}
		}
		p.version = append(p.version[:0], field...)
	}
	return nil
}

// fieldsSize is how much of a cache file is read at a time, in bytes.
const fieldsSize = 64 << 10

// eachField calls take for what NULs end in a cache file, behind its head, and for what is
// left at its end. buf has what was read, and grows as far as a field is longer.
func eachField(r io.Reader, buf *[]byte, take func(field []byte) error) error {
	*buf = slices.Grow((*buf)[:0], fieldsSize)[:fieldsSize]
	end, err := io.ReadAtLeast(r, *buf, len(cacheHead))
	if !bytes.HasPrefix((*buf)[:end], cacheHead) {
		return cmp.Or(unlessEnd(err), errCacheForeign)
	}
	for start, known := len(cacheHead), 0; ; start = 0 {
		left, err := ended((*buf)[start:end], known, take)
		if err != nil {
			return err
		}
		if known = copy(*buf, left); known == len(*buf) {
			*buf = append(*buf, make([]byte, len(*buf))...)
		}
		n, err := r.Read((*buf)[known:])
		if end = known + n; n == 0 && err != nil {
			if end > 0 && err == io.EOF {
				return take((*buf)[:end])
			}
			return unlessEnd(err)
		}
	}
}

// ended calls take for what NULs end, of which none is in the bytes that are known, and
// returns what is left.
func ended(data []byte, known int, take func(field []byte) error) (left []byte, err error) {
	for {
		i := bytes.IndexByte(data[known:], 0)
		if i < 0 {
			return data, nil
		}
		if err := take(data[:known+i]); err != nil {
			return nil, err
		}
		data, known = data[known+i+1:], 0
	}
}

// unlessEnd is an error of reading but that there is no more.
func unlessEnd(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return nil
	}
	return err
}

// isThreeNumbers reports whether a version is three short numbers, which most are; others may be
// versions too.
func isThreeNumbers(version []byte) bool { return shortNumbers(version) == 3 }

// shortNumbers returns how many numbers a text consists of, with dots between, none of more than
// nine digits or with a zero before it; 0 if there is anything else.
func shortNumbers[T string | []byte](text T) (numbers int) {
	digits := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c == '.' && digits > 0:
			numbers, digits = numbers+1, 0
		case c < '0' || '9' < c || digits == 9 || digits == 1 && text[i-1] == '0':
			return 0
		default:
			digits++
		}
	}
	if digits == 0 {
		return 0
	}
	return numbers + 1
}
