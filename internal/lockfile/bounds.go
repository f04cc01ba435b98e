package lockfile

import (
	"errors"

	"cargohome/internal/tomltext"
)

// The TOML library recurses once for each level of nesting, and for each key
// stores the whole path to it: 20 MB of '[' end the process with a stack
// overflow that nothing can catch, and a table with a name of a megabyte costs a
// megabyte for each of its keys (BurntSushi/toml 1.6). These bounds on the shape
// of the text keep its cost linear in the size.
const (
	maxSize   = 64 << 20 // bytes; 100,000 packages take about 30 MB, the largest projects known 1 MB
	maxValues = 2 << 20  // keys and commas, each about 250 bytes of memory; a package has about 11
	maxParts  = 5 << 18  // of the full names of all keys, each about 330 bytes of memory; a package has about 10
	maxTables = 1 << 18  // headers, each about 600 bytes of memory; a package has one
	maxLinks  = 3 << 18  // dependencies of all packages, each about 500 bytes of memory for who goes along them; a package has about 5
	maxDepth  = 8        // open brackets; Cargo writes two
	maxDots   = 8        // of one key, outside of strings; Cargo writes one
	maxHeader = 128      // bytes of a table's name with its brackets
	maxName   = 255      // bytes of a name or version; both become parts of file names
	maxSource = 4 << 10  // bytes of a source, which is printed for each package
)

// checkShape keeps a text within the bounds, as far as it was looked at.
func checkShape(s *tomltext.Shape) error {
	if excess := excessOf(s); excess != "" {
		return &lineError{s.Line, errors.New(excess)}
	}
	return nil
}

func excessOf(s *tomltext.Shape) string {
	switch {
	case s.Kind == tomltext.TableOpen:
		return "an inline table has no place in a lock file"
	case s.Name > maxHeader:
		return "the name of a table is too long"
	case s.Depth > maxDepth:
		return "arrays are nested too deep"
	case s.Dots > maxDots:
		return "a key has too many parts"
	case s.Values > maxValues:
		return "the file has too many values"
	case s.Paths > maxParts || s.Tables > maxTables:
		return "the file has too many keys"
	}
	return ""
}
