package locate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"cargohome/crate"
	"cargohome/crate/archive"
)

// Record is the content of a .cargo-checksum.json: of every other file its SHA-256, and
// of a registry package that of its archive. Cargo 1.97 adds a key "$comment".
type Record struct {
	Files   map[string]string `json:"files"`   // by their paths, '/'-separated
	Package *string           `json:"package"` // nil for a package from git, which has no archive
}

// ParseRecord reads a record of any form. One of more files than an archive may have is
// refused: each entry takes some 200 bytes of memory, and six of the text.
func ParseRecord(data []byte) (*Record, error) {
	if bytes.Count(data, []byte(`":`)) > archive.MaxEntries {
		return nil, fmt.Errorf("%s: %w", crate.ChecksumFile, &archive.LimitError{What: "files", Limit: archive.MaxEntries})
	}
	var r Record
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("%s: %w", crate.ChecksumFile, err)
	}
	return &r, nil
}

// archive returns the checksum of the package's archive as text, "" for none.
func (r *Record) archive() string {
	if r.Package == nil {
		return ""
	}
	return *r.Package
}

// readRecord reads the record, without which cargo does not read the folder either.
func (t *Folder) readRecord() (*Record, error) {
	text, err := t.ReadFile(crate.ChecksumFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("it has no %s", crate.ChecksumFile)
	}
	if err != nil {
		return nil, err
	}
	return ParseRecord(text)
}
