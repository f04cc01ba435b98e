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

// Sweep deletes from dir what runs that were killed left there: what has a name as
// this package makes them, and nobody has locked. A live run holds the lock of its
// temporary folder or file from before it writes anything into it. What cannot be
// deleted stays: it hinders nobody.
func Sweep(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !isTemporary(e.Name()) || !e.IsDir() && !e.Type().IsRegular() {
			continue
		}
		path := filepath.Join(dir, e.Name())
		if held, err := lock(path); err == nil {
			_ = RemoveAll(path)
			held.Close()
		}
	}
}

// isTemporary: the prefix and a number, as os.MkdirTemp and os.CreateTemp make it.
func isTemporary(name string) bool {
	number, ok := strings.CutPrefix(name, Prefix)
	return ok && number != "" && strings.Trim(number, "0123456789") == ""
}

// Prefix begins the name of every temporary folder and file made by this package;
// behind it is a number.
const Prefix = ".cargohome-tmp-"
