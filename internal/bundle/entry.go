package bundle

import (
	"bytes"
	"encoding/json"
	"strings"

	"cargohome/crate"
)

// Entry is a file, a folder or a link of a bundle.
type Entry struct {
	Path       string         // below the home, '/'-separated; that of a folder ends in '/'
	Size       int64          // in bytes; 0 of what is no file
	Sum        crate.Checksum // SHA-256 of the content; zero of what is no file
	Content    *Content       // that is in the tar in place of an archive; nil if the entry itself is
	Executable bool           // it has mode 0755
	Link       string         // where a link leads, '/'-separated; "" if it is none
	Package    string         // what it is of: "NAME VERSION", or the NAME of an index entry
	Held       bool           // not in the tar, as what a delta was packed against has it
}

// IsFolder reports whether the entry is a folder.
func (e *Entry) IsFolder() bool { return strings.HasSuffix(e.Path, "/") }

// IsFile reports whether it is a file.
func (e *Entry) IsFile() bool { return !e.IsFolder() && e.Link == "" }

// CheckSum is an [*Error] if the content of a file has another checksum than the entry.
func (e *Entry) CheckSum(got crate.Checksum) error {
	if got == e.Sum {
		return nil
	}
	return e.error(sumError(got, e.Sum))
}

// EntryLine is an [Entry] as a manifest has it, in JSON.
type EntryLine struct {
	Path          string `json:"path"`                     // below the home
	Size          int64  `json:"size,omitempty"`           // in bytes
	SHA256        string `json:"sha256,omitempty"`         // of the content of a file
	ContentSize   int64  `json:"content_size,omitempty"`   // of what is in the tar in place of an archive, in bytes
	ContentSHA256 string `json:"content_sha256,omitempty"` // of that
	Recipe        string `json:"recipe,omitempty"`         // that makes the archive of it, in base64
	Base          string `json:"base,omitempty"`           // the archive of whose content it is a patch
	BaseSHA256    string `json:"base_sha256,omitempty"`    // of that archive
	Executable    bool   `json:"executable,omitempty"`     // it has mode 0755
	Link          string `json:"link,omitempty"`           // where a link leads
	Package       string `json:"package,omitempty"`        // "NAME VERSION", or the NAME of an index entry
	Held          bool   `json:"held,omitempty"`           // not in the tar of a delta
}

// MarshalJSON returns the entry as the manifest has it.
func (e Entry) MarshalJSON() ([]byte, error) {
	line := EntryLine{Path: e.Path, Size: e.Size, Executable: e.Executable, Link: e.Link, Package: e.Package, Held: e.Held}
	if e.IsFile() {
		line.SHA256 = e.Sum.String()
	}
	if c := e.Content; c != nil {
		line.ContentSize, line.ContentSHA256, line.Recipe = c.Size, c.Sum.String(), c.text()
		if line.Base = c.Base; c.Base != "" {
			line.BaseSHA256 = c.BaseSum.String()
		}
	}
	return encode(line)
}

// UnmarshalJSON reads what MarshalJSON returns.
func (e *Entry) UnmarshalJSON(data []byte) error {
	var line EntryLine
	if err := json.Unmarshal(data, &line); err != nil {
		return err
	}
	*e = Entry{Path: line.Path, Size: line.Size, Executable: line.Executable, Link: line.Link, Package: line.Package, Held: line.Held}
	if !e.IsFile() {
		return nil
	}
	var err error
	if e.Sum, err = crate.ParseChecksum(line.SHA256); err != nil {
		return err
	}
	e.Content, err = parseContent(line.ContentSize, line.ContentSHA256, line.Recipe, line.Base, line.BaseSHA256)
	return err
}

// encode is json.Marshal without escapes for HTML.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

const blockSize = 512 // of a tar, in bytes

// padding returns how many zeros follow so many bytes.
func padding(size int64) int64 { return -size & (blockSize - 1) }

var zeros [2 * blockSize]byte // the end of a tar

// Compare orders paths as a bundle has them: '/' comes first, so that what is in a folder
// stands together.
func Compare(a, b string) int {
	for i := range min(len(a), len(b)) {
		if x, y := a[i], b[i]; x != y {
			return int(rank(x)) - int(rank(y))
		}
	}
	return len(a) - len(b)
}

func rank(c byte) byte {
	if c == '/' {
		return 0
	}
	return c
}
