package index

import (
	"bytes"
	"errors"
	"fmt"

	"cargohome/gitsrc/object"
)

// EachCrate reads all of an index in git, in dir, and calls do with the entries of each
// crate, in the order of their paths, until that returns an error. Where Cargo would pass
// over a line, a file or one of several lines for a version, that is an error: it is for an
// index that is to be added to another.
func EachCrate(dir string, do func(entries []Entry) error) error {
	tree, err := object.OpenIndex(dir)
	if err != nil {
		return err
	}
	err = tree.Each(func(path string, data []byte) error {
		if path == "config.json" {
			return nil
		}
		entries, err := parseLines(data)
		if err == nil {
			err = CheckPath(entries, path)
		}
		if err != nil {
			return fmt.Errorf("%q: %w", path, err)
		}
		return do(entries)
	})
	return errors.Join(err, tree.Close())
}

// parseLines reads all of an entry file.
func parseLines(data []byte) (entries []Entry, err error) {
	for line := range bytes.Lines(data) {
		e, err := ParseEntry(bytes.TrimSuffix(line, []byte{'\n'}))
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, checkTwice(entries)
}

// CheckPath is the error for entries of a crate whose file has another path, which are of
// several, or none.
func CheckPath(entries []Entry, path string) error {
	if len(entries) == 0 {
		return errors.New("it lists nothing")
	}
	for _, e := range entries {
		if at, err := Path(e.Name); err != nil || at != path || e.Name != entries[0].Name {
			return fmt.Errorf("it lists %q", e.Name)
		}
	}
	return nil
}

func checkTwice(entries []Entry) error {
	seen := map[string]bool{}
	for _, e := range entries {
		if seen[e.Version] {
			return fmt.Errorf("version %s occurs twice", e.Version)
		}
		seen[e.Version] = true
	}
	return nil
}
