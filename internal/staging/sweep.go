package staging

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

var (
	errTaken   = errors.New("locked or removed by somebody else")
	errNoLocks = errors.New("no locks here")
)

// sweep deletes from dir what runs that were killed left there: the names that
// begin with Prefix and that nobody has locked. A live run holds the lock of its
// temporary folder from before it writes anything into it. What cannot be
// deleted stays: it hinders nobody.
func sweep(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), Prefix) {
			continue
		}
		path := filepath.Join(dir, e.Name())
		if held, err := lock(path); err == nil {
			_ = RemoveAll(path)
			held.Close()
		}
	}
}
