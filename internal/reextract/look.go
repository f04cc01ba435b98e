package reextract

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"cargohome/crate"
	"cargohome/internal/fsx"
)

const (
	okContent = `{"v":1}` // cargo 1.95: LockMetadata
	maxOK     = 1 << 16   // in bytes; Cargo reads what is there
)

// Look tells how Cargo would take a folder of registry/src, and what is wrong with a
// [Broken] one. A mark that cannot be read is no missing one: Cargo gives up on it, and
// does not unpack anew (cargo 1.95: RegistrySource::unpack_package).
func Look(dir string) (State, string) { return look(dir, false) }

// looker is for looking at many sources, nearly all of which lie in one folder.
type looker struct {
	folder string       // in which the last one lies
	found  fsx.Presence // of that
}

func (l *looker) look(dir string) (State, string) {
	if folder := filepath.Dir(dir); folder != l.folder {
		l.folder = folder
		l.found, _ = fsx.Look(filepath.Dir(folder), filepath.Base(folder))
	}
	if l.found == fsx.NotThere {
		return Absent, ""
	}
	return look(dir, l.found == fsx.There)
}

// look is Look for a folder in one that may be known to be there.
func look(dir string, known bool) (State, string) {
	info, err := os.Lstat(dir)
	switch {
	case known && errors.Is(err, fs.ErrNotExist):
		return Absent, ""
	case err != nil:
		if found, err := fsx.Look(filepath.Dir(dir), filepath.Base(dir)); found != fsx.NotThere {
			return Unknown, whyUnknown(err)
		}
		return Absent, ""
	case !info.IsDir() && !fsx.IsLink(info.Mode()):
		return Broken, "not a directory"
	}
	switch found, err := fsx.Look(dir, crate.OKFile); found {
	case fsx.NotThere:
		return Broken, "has no " + crate.OKFile
	case fsx.Unknown:
		return Unknown, whyUnknown(err)
	}
	path := filepath.Join(dir, crate.OKFile)
	text, err := fsx.ReadRegular(path, maxOK)
	switch {
	case errors.Is(err, fsx.ErrNotRegular) || errors.Is(err, fsx.ErrTooLarge):
		return Broken, crate.OKFile + " is not what cargo writes"
	case err != nil:
		return Unknown, whyUnknown(err)
	}
	if !IsOK(text) {
		return Broken, crate.OKFile + " is of another version of cargo"
	}
	return Present, ""
}

func whyUnknown(err error) string {
	if err == nil { // it came while we looked
		return "somebody is at work in it"
	}
	return "cannot be looked at: " + fsx.WithoutPath(err).Error()
}

// IsOK reports whether Cargo would take the text of a .cargo-ok: an object whose
// "v" is the number 1, whatever else is in it.
func IsOK(text []byte) bool {
	if string(text) == okContent { // as it is written
		return true
	}
	var members map[string]json.RawMessage
	return json.Unmarshal(text, &members) == nil && string(members["v"]) == "1"
}
