package check

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"unicode/utf8"

	"cargohome/crate"
	"cargohome/internal/fsx"
	"cargohome/internal/reextract"
)

// mark is how Cargo takes the .cargo-ok of a folder in registry/src (spec 5.4; cargo 1.95:
// RegistrySource::unpack_package).
type mark uint8

const (
	believed    mark = iota // it uses the folder as it is
	absent                  // there is no folder
	disbelieved             // it unpacks anew
	unusable                // it gives up
)

const maxMark = 1 << 16 // in bytes; Cargo reads what is there

// readMark reads that of a folder, and says what is wrong with one that is not believed.
func readMark(dir string) (m mark, why string) {
	path := filepath.Join(dir, crate.OKFile)
	text, err := fsx.ReadRegular(path, maxMark)
	switch {
	case err == nil && reextract.IsOK(text):
		return believed, ""
	case err == nil && !utf8.Valid(text):
		return unusable, crate.OKFile + " is no text"
	case err == nil:
		return disbelieved, crate.OKFile + " is not of this cargo"
	case errors.Is(err, fsx.ErrTooLarge):
		return disbelieved, crate.OKFile + " is not of cargo"
	case !errors.Is(err, fs.ErrNotExist):
		return unusable, crate.OKFile + " cannot be read: " + fsx.WithoutPath(err).Error()
	}
	if _, err := os.Lstat(path); err == nil {
		return unusable, crate.OKFile + " is a link that leads nowhere"
	}
	if _, err := os.Lstat(dir); err == nil {
		return disbelieved, "it has no " + crate.OKFile
	}
	return absent, ""
}

// changedSince reports whether a file, or what a link there leads to, was changed or put in
// its place after another. Where the system does not tell when that was, the time of its
// content counts.
func changedSince(path, other string) bool {
	a, err := fsx.Lstat(path)
	if err != nil || a.Mode.Type() != 0 {
		return true
	}
	b, err := fsx.Lstat(other)
	if err != nil || b.Mode.Type() != 0 {
		return true
	}
	return a.Modified.After(b.Modified) || a.Changed.After(b.Changed)
}
