package index

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"cargohome/crate"
	"cargohome/gitsrc/object"
)

// unknownVersion is the index version of a cache file that does not say how old it is:
// when it is next online Cargo asks for all of the crate's file. With the ETag of a fuller
// one Cargo would be told that nothing has changed, and take what it has for all there is
// (cargo 1.95: HttpRegistry::load).
const unknownVersion = "Unknown"

// AppendCache appends to dst the cache file of a sparse index that lists entries, in
// their order. Cargo believes it as long as it is offline.
func AppendCache(dst []byte, entries []Entry) []byte {
	dst = appendHead(dst, unknownVersion)
	for _, e := range entries {
		dst = appendPair(dst, e.Version, e.Line)
	}
	return dst
}

func appendHead(dst []byte, indexVersion string) []byte {
	return append(append(append(dst, cacheHead...), indexVersion...), 0)
}

func appendPair(dst []byte, version string, line []byte) []byte {
	return append(append(append(append(dst, version...), 0), line...), 0)
}

// ParseCache reads all of a cache file. The entries keep data. Where Cargo would pass over
// a line, or take the last of several for a version, that is an error: it is for files
// that are to be added to an index.
func ParseCache(data []byte) (entries []Entry, err error) {
	seen := map[string]bool{}
	bad := eachCached(data, func(version, line []byte) {
		e, bad := parseCached(line, string(version))
		if bad == nil && seen[e.Version] {
			bad = fmt.Errorf("version %s occurs twice", e.Version)
		}
		seen[e.Version] = true
		entries, err = append(entries, e), errors.Join(err, bad)
	})
	if bad != nil {
		return nil, bad
	}
	if err != nil {
		return nil, err
	}
	return entries, nil
}

// ConflictError says that an index lists a version already, as another package.
type ConflictError struct {
	Index   string // the folder of the index
	Name    string // of the package
	Version string // with build metadata
	Have    string // the checksum it lists
	Want    string // the one it was to list
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("%s lists %s %s with checksum %s, not %s", e.Index, printable(e.Name), printable(e.Version), printable(e.Have), printable(e.Want))
}

// Merged returns the content of a crate's cache file with more versions in it, nil if the
// index lists them all and the file may stay as it is. What Cargo finds in the index now it
// finds in what is returned, line by line and in that order; the others come behind. A
// version that is listed stays as it is listed, yanked or not: with another checksum it is
// a [*ConflictError].
//
// What comes of it is read at once, offline, and replaced when Cargo is next online: in a
// sparse index the file is of unknown age then, and in the git form Cargo believes it as
// long as the last commit has the crate's file as it is now (spec 3.4). So there the
// crate must be in the repository: the error matches [ErrNoCrate] if it is not.
func (x *Index) Merged(name string, more []Entry) ([]byte, error) {
	path, err := Path(name)
	if err != nil {
		return nil, err
	}
	have, err := x.listingOf(path)
	if err != nil {
		return nil, err
	}
	added, err := have.lacks(more)
	var conflict *ConflictError
	if errors.As(err, &conflict) {
		conflict.Index = x.dir
	}
	if err != nil || len(added) == 0 && have.whole {
		return nil, err
	}
	data := append(appendHead(nil, have.next), have.pairs...)
	for _, e := range added {
		data = appendPair(data, e.Version, e.Line)
	}
	return data, nil
}

// listing is what Cargo knows of a crate, to be written as a cache file.
type listing struct {
	pairs []byte            // as they stand there
	lines map[string][]byte // by version, the last of each
	next  string            // the index version that it has when it is changed
	whole bool              // Cargo can read it as it is
}

func (c *listing) add(version, line []byte) {
	c.pairs = appendPair(c.pairs, string(version), line)
	c.lines[string(version)] = line
}

// listingOf reads what Cargo knows of a crate: its cache file, or if there is a
// repository and the cache is not of its last commit, the lines of that.
func (x *Index) listingOf(path string) (*listing, error) {
	c := &listing{lines: map[string][]byte{}, next: unknownVersion}
	var data []byte
	if err := readFile(filepath.Join(x.dir, ".cache", filepath.FromSlash(path)), &data); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var lines []byte
	if x.repo != nil {
		tree, err := x.repo()
		if err != nil {
			return nil, err
		}
		if lines, err = tree.File(path); errors.Is(err, fs.ErrNotExist) {
			err = ErrNoCrate
		}
		if err != nil {
			return nil, err
		}
		c.next = object.BlobName(lines)
		if !bytes.HasPrefix(data, appendHead(nil, c.next)) {
			c.addLines(lines)
			c.whole = true // Cargo makes the file itself
			return c, nil
		}
	}
	c.whole = eachCached(data, c.add) == nil // or else the pairs before its damage
	return c, nil
}

// addLines takes in an entry file, but for lines of which Cargo could not even tell name
// and version: they do not come into a cache (cargo 1.95: IndexPackageMinimum).
func (c *listing) addLines(data []byte) {
	for line := range bytes.SplitSeq(data, []byte{'\n'}) {
		if e, err := minimum(line); err == nil {
			c.add([]byte(e.Version), line)
		}
	}
}

// minimum reads name and version of a line, and nothing else.
func minimum(line []byte) (e Entry, err error) {
	err = eachMember(string(line), func(key, value string) error {
		if key == "name" || key == "vers" {
			return e.set(key, value)
		}
		return nil
	})
	if err == nil && e.Name == "" {
		err = ErrEntry
	}
	return e, cmp.Or(err, crate.CheckVersion(e.Version))
}

// lacks returns those of more that are not listed.
func (c *listing) lacks(more []Entry) (added []Entry, err error) {
	for _, e := range more {
		have, err := parseCached(c.lines[e.Version], e.Version)
		switch {
		case err != nil: // none, or one that Cargo passes over
			added = append(added, e)
		case have.Name != e.Name || have.ChecksumText != e.ChecksumText:
			return nil, &ConflictError{Name: have.Name, Version: e.Version, Have: have.ChecksumText, Want: e.ChecksumText}
		}
	}
	return added, nil
}
