package archive

import (
	"fmt"
	"io/fs"
	"strings"
	"time"

	"cargohome/crate"
)

// place returns what an entry is to become: its path below the package's folder, ""
// for that itself, and whether it is a folder. The error is an [EntryError].
func place(h *header, stem string) (path string, isDir bool, err error) {
	path, err = entryPath(h.path, stem)
	if err == nil {
		isDir, err = isFolder(h)
	}
	if err == nil {
		err = checkPlace(path, isDir)
	}
	if err != nil {
		err = &EntryError{h.path, err}
	}
	return path, isDir, err
}

// checkPlace refuses paths where nothing can be, or nothing may.
func checkPlace(path string, isDir bool) error {
	switch {
	case path == "" && !isDir:
		return fmt.Errorf("%w: it is the package's folder", ErrPath)
	case strings.HasPrefix(path, crate.OKFile+"/"):
		// Cargo unpacks it, and then cannot make its own file of that name.
		return fmt.Errorf("%w: %s is no folder", ErrPath, crate.OKFile)
	case climbs(path):
		return fmt.Errorf("%w: it climbs", ErrPath)
	}
	return nil
}

// isFolder: a name that ends in a slash makes a folder of what the header calls
// a file, except in a ustar header (tar-rs: old BSD compatibility).
func isFolder(h *header) (bool, error) {
	switch h.typ {
	case '5':
		return true, nil
	case '0', 0:
		return !h.ustar && strings.HasSuffix(h.path, "/"), nil
	}
	return false, fmt.Errorf("%w: it is %s", ErrEntryType, typeName(h.typ))
}

func typeName(typ byte) string {
	switch typ {
	case '1':
		return "a hard link"
	case '2':
		return "a symbolic link"
	case '3', '4':
		return "a device"
	case '6':
		return "a pipe"
	case 'S':
		return "a sparse file"
	}
	return fmt.Sprintf("of type %q", typ)
}

// fileMode is the mode to ask for before the umask applies; other when the
// header's is not a number.
func (h *header) fileMode(other fs.FileMode) fs.FileMode {
	if !h.hasMode {
		return other
	}
	return fs.FileMode(h.mode) & fs.ModePerm
}

// GeneratedTime is what cargo gives the files it generated when the crate was
// published, whose headers it once forgot to date (cargo 1.95:
// DETERMINISTIC_TIMESTAMP).
const GeneratedTime = 1153704088

// modTime is the time a file is to have; none if the header's is not a number. dated says
// that headers count for all files.
func modTime(path string, h *header, dated bool) (time.Time, bool) {
	switch {
	case !dated && (path == "Cargo.toml" || path == "Cargo.lock" || path == ".cargo_vcs_info.json"):
		return time.Unix(GeneratedTime, 0), true
	case h.mtime == 0:
		return time.Unix(1, 0), h.hasTime // tar-rs: some tools take 0 ill
	}
	return time.Unix(h.mtime, 0), h.hasTime
}
