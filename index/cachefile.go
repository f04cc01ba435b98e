package index

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"cargohome/crate"
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

func appendPair[T string | []byte](dst []byte, version string, line T) []byte {
	return append(append(append(append(dst, version...), 0), line...), 0)
}

// ParseCache reads all of a cache file. Where Cargo would pass over a line, or take the last
// of several for a version, that is an error: it is for files that are to be added to an
// index.
func ParseCache(data []byte) (entries []Entry, err error) {
	cut := eachCached(data, func(version, line []byte) {
		e, bad := parseCached(line, string(version))
		entries, err = append(entries, e), errors.Join(err, bad)
	})
	if cut != nil {
		return nil, cut
	}
	if err == nil {
		err = checkTwice(entries)
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

// Merged returns the content of a crate's file with more versions in it, nil if the index
// lists them all and the file may stay as it is: of the cache file in a sparse index, and in
// the git form of the file in the repository, of which Cargo makes the cache (spec 3.4). What
// Cargo finds in the index now it finds in what is returned, line by line and in that order;
// the others come behind. A version that is listed stays as it is listed, yanked or not:
// with another checksum it is a [*ConflictError].
//
// A cache file that comes of it is read at once, offline, and replaced when Cargo is next
// online, as it is of unknown age.
func (x *Index) Merged(name string, more []Entry) ([]byte, error) {
	path, err := Path(name)
	if err != nil {
		return nil, err
	}
	merge := x.mergedCache
	if x.repo != nil {
		merge = x.mergedFile
	}
	data, err := merge(path, more)
	if conflict, ok := errors.AsType[*ConflictError](err); ok {
		conflict.Index = x.dir
	}
	return data, err
}

// mergedCache merges the cache file at a path.
func (x *Index) mergedCache(path string, more []Entry) ([]byte, error) {
	var data []byte
	if err := readFile(x.cacheFile(path), &data); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	have, pairs := listing{}, []byte(nil)
	_ = eachCached(data, func(version, line []byte) { // as far as it goes
		if crate.CheckVersion(string(version)) == nil {
			have[string(version)] = line
			pairs = appendPair(pairs, string(version), line)
		}
	})
	added, err := have.lacks(more)
	if err != nil || len(added) == 0 && checkCache(data) == nil {
		return nil, err
	}
	data = append(appendHead(nil, unknownVersion), pairs...)
	for _, e := range added {
		data = appendPair(data, e.Version, e.Line)
	}
	return data, nil
}

// checkCache reports why Cargo would pass over a cache file, nil if it would not.
func checkCache(data []byte) error {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	_, err := eachStrict(bytes.NewReader(data), buf, func([]byte, []byte) {})
	return err
}

// mergedFile merges the file at a path in the repository, which may have none.
func (x *Index) mergedFile(path string, more []Entry) ([]byte, error) {
	tree, err := x.repo()
	if err != nil {
		return nil, err
	}
	data, err := tree.File(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	added, err := listed(data).lacks(more)
	if err != nil || len(added) == 0 {
		return nil, err
	}
	if data = slices.Clip(data); len(data) > 0 && !bytes.HasSuffix(data, []byte{'\n'}) {
		data = append(data, '\n')
	}
	for _, e := range added {
		data = append(append(data, e.Line...), '\n')
	}
	return data, nil
}

// listing is what Cargo knows of a crate: lines by version, the last of each.
type listing map[string][]byte

// listed reads an entry file, but for lines of which Cargo could not even tell name and
// version: they do not come into a cache (cargo 1.95: IndexPackageMinimum).
func listed(data []byte) listing {
	c := listing{}
	for line := range bytes.SplitSeq(data, []byte{'\n'}) {
		if e, err := minimum(line); err == nil {
			c[e.Version] = line
		}
	}
	return c
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
func (c listing) lacks(more []Entry) (added []Entry, err error) {
	for _, e := range more {
		have, err := parseStrict(c[e.Version])
		if err == nil {
			err = have.isOf(e.Version)
		}
		switch {
		case err != nil: // none, or one that Cargo passes over
			added = append(added, e)
		case have.Name != e.Name || have.ChecksumText != e.ChecksumText:
			return nil, &ConflictError{Name: have.Name, Version: e.Version, Have: have.ChecksumText, Want: e.ChecksumText}
		}
	}
	return added, nil
}
