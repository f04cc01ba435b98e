package index

import (
	"bytes"
	"sync"

	"cargohome/gitsrc/object"
)

// A lockfile has a few versions of a crate, and each is found by looking through the
// crate's file: that is cheaper than reading all lines. One that has thousands would
// have the file read, and out of a repository inflated, as often.
const (
	manyLookups = 4        // in one file, from which on a table is made of it
	maxTables   = 64 << 20 // bytes of files kept as tables; with more all are made anew
	maxBad      = 64 << 10 // bytes of lines that cannot be read and are looked through
)

// table has the lines of one file.
type table struct {
	lines map[string][]byte
	size  int    // bytes of the file
	bad   []byte // lines of an entry file that cannot be read
	err   error  // why, or why the file ends where it does
	made  string // of what, of a cache file that was read strictly
}

// tables remembers which files are asked for again and again. It is safe for
// concurrent use.
type tables struct {
	eager   bool // a table is made at the first lookup
	mu      sync.Mutex
	lookups map[string]int
	made    map[string]*table
	size    int
}

// of returns the table of a file, nil if it is not worth one yet or cannot be made.
// build makes it, or returns nil.
func (t *tables) of(file string, build func() *table) *table {
	t.mu.Lock()
	defer t.mu.Unlock()
	if made := t.made[file]; made != nil {
		return made
	}
	if t.lookups == nil {
		t.lookups = map[string]int{}
	}
	if t.lookups[file]++; t.lookups[file] < manyLookups && !t.eager {
		return nil
	}
	made := build()
	if made == nil {
		return nil
	}
	if t.size += made.size; t.made == nil || t.size > maxTables {
		t.made, t.size = map[string]*table{}, made.size
	}
	t.made[file] = made
	return made
}

// entryKey is the key of a line in the table of an entry file: the names in one
// differ in case at most.
func entryKey(name, version string) string { return name + "\x00" + version }

// entry returns an entry of the table of an entry file.
func (t *table) entry(file, name, version string) (Entry, error) {
	line := t.lines[entryKey(name, version)]
	switch {
	case line != nil:
		return ParseEntry(line)
	case t.err != nil && (len(t.bad) > maxBad || bytes.Contains(t.bad, []byte(version))):
		return Entry{}, &CorruptError{file, t.err} // it may be the one
	}
	return Entry{}, ErrNoVersion
}

// newEntryTable makes the table of an entry file. In it is found what [findLine] finds,
// but that many lines which cannot be read stand for any that is not there.
func newEntryTable(data []byte) *table {
	t := &table{lines: map[string][]byte{}, size: len(data)}
	for line := range bytes.SplitSeq(data, []byte{'\n'}) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		e, err := ParseEntry(line)
		if err != nil {
			t.err, t.bad = err, append(append(t.bad, line...), '\n')
			continue
		}
		t.lines[entryKey(e.Name, e.Version)] = line
	}
	return t
}

// newCacheTable makes the table of a cache file, by version.
func newCacheTable(data []byte) *table {
	t := &table{lines: map[string][]byte{}, size: len(data)}
	t.err = eachCached(data, func(version, line []byte) { t.lines[string(version)] = line })
	return t
}

// fileTable makes a table of a file on the disk.
func fileTable(path string, newTable func([]byte) *table) func() *table {
	return func() *table {
		var data []byte
		if err := readFile(path, &data); err != nil {
			return nil
		}
		return newTable(data)
	}
}

// repoTable makes a table of a file of a repository.
func repoTable(tree *object.Snapshot, path string) func() *table {
	return func() *table {
		data, err := tree.File(path)
		if err != nil {
			return nil
		}
		return newEntryTable(data)
	}
}
