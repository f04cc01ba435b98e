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

// mark is readMark of a folder in src, which also describes the mark if it is believed, in
// fewer calls where all is well.
func (w *worker) mark(src *fsx.Folder, dir string) (m mark, ok fsx.Entry, why string) {
	if src != nil {
		n, ok, err := src.ReadBelow(filepath.Join(filepath.Base(dir), crate.OKFile), w.buf)
		if err == nil && ok.Size == int64(n) && reextract.IsOK(w.buf[:n]) {
			return believed, ok, ""
		}
	}
	if m, why = readMark(dir); m == believed {
		ok, _ = fsx.Lstat(filepath.Join(dir, crate.OKFile))
	}
	return m, ok, why
}
