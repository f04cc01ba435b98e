package locate

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"unicode/utf8"

	"cargohome/crate"
	"cargohome/crate/archive"
)

// Record is the content of a .cargo-checksum.json: of every other file its SHA-256, and
// of a registry package that of its archive. Cargo 1.97 adds a key "$comment", and passes
// over all others (cargo 1.95: Checksum in sources/directory.rs), of which one is ours.
type Record struct {
	Files   map[string]string // by their paths, '/'-separated; nil if it has none, which Cargo does not take
	Package *string           // nil for a package from git, which has no archive
	Comment string            // under "$comment", "" if there is none, or something else than text
	Patched string            // under [PatchKey], in the same way
	Strange bool              // it has keys that neither cargo nor we write
}

// Sum is the checksum of the archive, "" for none.
func (r *Record) Sum() string {
	if r.Package == nil {
		return ""
	}
	return *r.Package
}

// PatchKey is the key under which stands why a package was patched.
const PatchKey = "cargohome-patched"

// ParseRecord reads a record of any form that Cargo takes: keys are spelt exactly, and stand
// there once. One of more files than an archive may have is refused: each entry takes some
// 200 bytes of memory, and six of the text.
func ParseRecord(data []byte) (*Record, error) {
	if bytes.Count(data, []byte(`":`)) > archive.MaxEntries {
		return nil, fmt.Errorf("%s: %w", crate.ChecksumFile, &archive.LimitError{What: "files", Limit: archive.MaxEntries})
	}
	r := &Record{}
	if err := r.parse(data); err != nil {
		return nil, fmt.Errorf("%s: %w", crate.ChecksumFile, err)
	}
	return r, nil
}

func (r *Record) parse(data []byte) error {
	if !utf8.Valid(data) {
		return errors.New("not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if token, err := d.Token(); err != nil || token != json.Delim('{') {
		return cmp.Or(err, errors.New("not an object"))
	}
	seen := map[string]bool{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		if err := r.member(d, name, seen); err != nil {
			return fmt.Errorf("key %q: %w", name, err)
		}
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("it goes on behind its end")
	}
	return nil
}

// member reads the value of a key.
func (r *Record) member(d *json.Decoder, name string, seen map[string]bool) error {
	switch name {
	case "files", "package":
	case "$comment":
		return decodeText(d, &r.Comment)
	case PatchKey:
		return decodeText(d, &r.Patched)
	default:
		r.Strange = true
		return d.Decode(new(json.RawMessage))
	}
	if seen[name] {
		return errors.New("it is there twice")
	}
	seen[name] = true
	if name == "package" {
		return d.Decode(&r.Package)
	}
	var files map[string]sum
	if err := d.Decode(&files); err != nil || files == nil {
		return err
	}
	r.Files = make(map[string]string, len(files))
	for path, s := range files {
		r.Files[path] = string(s)
	}
	return nil
}

// decodeText reads a value that cargo passes over, whatever it is.
func decodeText(d *json.Decoder, text *string) error {
	var value json.RawMessage
	if err := d.Decode(&value); err != nil {
		return err
	}
	*text = ""
	if value[0] == '"' {
		return json.Unmarshal(value, text)
	}
	return nil
}

// sum is a text that is never null, wherever it stands.
type sum string

func (s *sum) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return errors.New("a file has no checksum")
	}
	return json.Unmarshal(data, (*string)(s))
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
