package verify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/filelist"
	"cargohome/internal/fsx"
	"cargohome/internal/locate"
)

// maxRecord bounds a checksum file, in bytes: a crate of 100,000 files has 12 MiB.
const maxRecord = 64 << 20

// record is a .cargo-checksum.json with all that is in it.
type record struct {
	files   map[string]string // SHA-256 by path
	sum     *crate.Checksum   // of the archive, nil for none
	text    string            // the same as it is there
	patched string            // why; "" if it is not
	comment string            // of those who made it, "" if there is none
	strange bool              // it has keys that neither cargo nor we write
}

// readRecord reads the record of a folder. Keys are taken as Cargo takes them, to the
// letter.
func readRecord(dir fsx.Folder) (*record, error) {
	text, err := dir.ReadRegular(crate.ChecksumFile, maxRecord)
	if err != nil {
		return nil, err
	}
	return parseRecord(text)
}

func parseRecord(text []byte) (*record, error) {
	said, err := locate.ParseRecord(text)
	if err != nil {
		return nil, err
	}
	if said.Files == nil {
		return nil, errors.New(crate.ChecksumFile + " lists no files")
	}
	r := &record{files: said.Files, patched: said.Patched, comment: said.Comment, strange: said.Strange}
	if said.Package == nil {
		return r, nil
	}
	sum, err := crate.ParseChecksum(*said.Package)
	r.sum, r.text = &sum, *said.Package
	return r, err
}

// says reports whether two records are of the same files and archive, in the words that
// Cargo compares.
func (r *record) says(o *record) bool {
	return r.strange == o.strange && (r.sum == nil) == (o.sum == nil) && r.text == o.text && maps.Equal(r.files, o.files)
}

// recordWriter compares a record with the one that it should be: of what other versions of
// cargo write in another way the meaning counts.
type recordWriter struct {
	compared
	text bytes.Buffer
}

// Write takes in a piece.
func (w *recordWriter) Write(piece []byte) (int, error) { return w.text.Write(piece) }

// Close compares.
func (w *recordWriter) Close() error {
	if w.file == nil {
		return nil
	}
	_ = w.file.Close()
	want, err := parseRecord(w.text.Bytes())
	if err != nil {
		return err
	}
	got, err := readRecord(w.c.root)
	if err != nil || !got.says(want) {
		w.c.add(w.path, Changed)
	}
	if err == nil {
		w.c.got, w.c.want = got, want
	}
	return nil
}

// vendored is a comparison with a folder of a vendor folder.
type vendored struct{ *comparison }

// Create implements archive.Folder.
func (v vendored) Create(path string, mode fs.FileMode) (archive.FileWriter, error) {
	f, err := v.comparison.Create(path, mode)
	if c, ok := f.(*compared); ok && err == nil && path == crate.ChecksumFile {
		return &recordWriter{compared: *c}, nil
	}
	return f, err
}

// recorded compares the folder with its own record, which says nothing of modes.
func (c *comparison) recorded(r *record) error {
	c.anyMode = true
	for _, path := range slices.Sorted(maps.Keys(r.files)) {
		if !fs.ValidPath(path) { // what is elsewhere is not looked at
			c.add(crate.ChecksumFile, Changed)
			continue
		}
		dir, ok, err := c.expect(path)
		if err != nil {
			return fmt.Errorf("its record: %w", err)
		}
		how := Missing
		if ok {
			how = c.hasSum(dir, filelist.Base(path), r.files[path])
		}
		if how != "" {
			c.add(path, how)
		}
	}
	c.skip(crate.ChecksumFile)
	return nil
}

// hasSum returns how a file is not one that has a checksum, "" if it is.
func (c *comparison) hasSum(dir fsx.Folder, name, want string) How {
	sum, err := fileSum(dir, name, c.piece)
	switch {
	case err != nil:
		return why(err)
	case sum != want:
		return Changed
	}
	return ""
}

// fileSum returns the SHA-256 of a regular file as records have it.
func fileSum(dir fsx.Folder, name string, buf []byte) (string, error) {
	f, err := dir.OpenToRead(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if f.Size() > maxFile {
		return "", fsx.ErrTooLarge
	}
	hash := sha256.New()
	_, err = io.CopyBuffer(hash, io.NewSectionReader(f, 0, f.Size()), buf)
	return hex.EncodeToString(hash.Sum(nil)), err
}

// maxFile bounds what is hashed of one file, in bytes: it can state any size and take no
// space.
const maxFile = 2 << 30
