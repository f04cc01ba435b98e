package bundle

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"cargohome/crate"
	"cargohome/crate/archive"
)

// Entry is a file, a folder or a link of a bundle.
type Entry struct {
	Path       string         // below the home, '/'-separated; that of a folder ends in '/'
	Size       int64          // in bytes; 0 of what is no file
	Sum        crate.Checksum // SHA-256 of the content; zero of what is no file
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

// entryLine is an entry in a manifest.
type entryLine struct {
	Path       string `json:"path"`
	Size       int64  `json:"size,omitempty"`
	SHA256     string `json:"sha256,omitempty"`
	Executable bool   `json:"executable,omitempty"`
	Link       string `json:"link,omitempty"`
	Package    string `json:"package,omitempty"`
	Held       bool   `json:"held,omitempty"`
}

// MarshalJSON returns the entry as the manifest has it.
func (e Entry) MarshalJSON() ([]byte, error) {
	line := entryLine{e.Path, e.Size, "", e.Executable, e.Link, e.Package, e.Held}
	if e.IsFile() {
		line.SHA256 = e.Sum.String()
	}
	return encode(line)
}

// UnmarshalJSON reads what MarshalJSON returns.
func (e *Entry) UnmarshalJSON(data []byte) error {
	var line entryLine
	if err := json.Unmarshal(data, &line); err != nil {
		return err
	}
	*e = Entry{line.Path, line.Size, crate.Checksum{}, line.Executable, line.Link, line.Package, line.Held}
	if !e.IsFile() {
		return nil
	}
	var err error
	e.Sum, err = crate.ParseChecksum(line.SHA256)
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

// modified is when everything in a bundle was.
var modified = time.Unix(archive.GeneratedTime, 0)

// header returns the blocks that stand before the entry's content in the tar.
func (e *Entry) header() ([]byte, error) {
	h := tar.Header{Typeflag: tar.TypeReg, Name: e.Path, Size: e.Size, Mode: 0o644, ModTime: modified}
	switch {
	case e.IsFolder():
		h.Typeflag, h.Mode = tar.TypeDir, 0o755
	case e.Link != "":
		h.Typeflag, h.Linkname, h.Mode = tar.TypeSymlink, e.Link, 0o777
	case e.Executable:
		h.Mode = 0o755
	}
	var b bytes.Buffer
	if err := tar.NewWriter(&b).WriteHeader(&h); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrName, err)
	}
	return b.Bytes(), nil
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
