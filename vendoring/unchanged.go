package vendoring

import (
	"bytes"
	"crypto/sha256"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"cargohome/crate"
)

// prover proves folders unchanged. Each worker has its own; not safe for
// concurrent use.
type prover struct {
	sum hash.Hash
	buf []byte
}

// unchanged reports whether dir is, as far as can be told without its archive,
// what would be written there for s: what was recorded on writing is for the
// same archive, every file recorded is there with the recorded content, and
// there is no other. Whatever cannot be read counts as changed.
//
// That a folder is true to its record does not mean that it is what cargo 1.95
// makes: other versions of cargo, and version control, leave other files and
// times (spec 0). They are told apart by signs that cost nothing to look at;
// see madeLikeThis.
func (p *prover) unchanged(dir string, s *Step) (files []crate.File, ok bool) {
	record, err := readRecord(filepath.Join(dir, ChecksumName))
	if err != nil {
		return nil, false
	}
	sums, err := parseChecksumFile(record)
	if err != nil || sums.Package == nil || *sums.Package != s.Checksum.String() {
		return nil, false
	}
	files, ok = sums.list()
	if !ok || !bytes.Equal(record, appendChecksumFile(nil, files, s.Checksum)) {
		return nil, false
	}
	if !madeLikeThis(dir, sums) || !holdsOnly(dir, sums) {
		return nil, false
	}
	for i := range files {
		if files[i].Size, ok = p.hasSum(filepath.Join(dir, filepath.FromSlash(files[i].Path)), files[i].Sum); !ok {
			return nil, false
		}
	}
	return files, true
}

// maxRecord bounds a checksum file, in bytes: a crate of 100,000 files has 12 MiB.
const maxRecord = 64 << 20

// readRecord reads a checksum file. It looks first, as opening a pipe would hang.
func readRecord(path string) ([]byte, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxRecord {
		return nil, fs.ErrInvalid
	}
	return os.ReadFile(path)
}

// list returns the files recorded, in byte order; false if the record is not
// one of ours.
func (f *checksumFile) list() ([]crate.File, bool) {
	files := make([]crate.File, 0, len(f.Files))
	for path, text := range f.Files {
		sum, err := crate.ParseChecksum(text)
		if err != nil || !validPath(path) {
			return nil, false
		}
		files = append(files, crate.File{Path: path, Sum: sum})
	}
	slices.SortFunc(files, func(a, b crate.File) int { return strings.Compare(a.Path, b.Path) })
	return files, true
}

// madeLikeThis looks for the marks of another cargo or of version control:
// before 1.89 cargo left out Cargo.toml.orig, before 1.94 it kept nested
// .gitignore files, before 1.93 the manifest had another time, and a checkout
// gives it the current one.
func madeLikeThis(dir string, sums *checksumFile) bool {
	for path := range sums.Files {
		if !crate.Vendored(path) {
			return false
		}
	}
	if _, ok := sums.Files["Cargo.toml.orig"]; !ok {
		return false
	}
	info, err := os.Lstat(filepath.Join(dir, "Cargo.toml"))
	return err == nil && info.ModTime().Equal(time.Unix(crate.GeneratedTime, 0))
}

// holdsOnly reports whether dir holds nothing but the files recorded, the record,
// and the folders they are in. An empty folder counts as something else, although
// an archive can ask for one: such packages, which are rare, are made anew.
func holdsOnly(dir string, sums *checksumFile) bool {
	found, folders := 0, map[string]bool{".": true}
	for path := range sums.Files {
		for parent := filepath.Dir(path); !folders[parent]; parent = filepath.Dir(parent) {
			folders[parent] = true
		}
	}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if e.IsDir() && folders[rel] {
			return nil
		}
		if _, ok := sums.Files[filepath.ToSlash(rel)]; !ok && rel != ChecksumName || !e.Type().IsRegular() {
			return fs.ErrInvalid
		}
		found++
		return nil
	})
	return err == nil && found == len(sums.Files)+1
}

// hasSum reports whether the file has that checksum, and its size.
func (p *prover) hasSum(path string, want crate.Checksum) (int64, bool) {
	f, err := os.Open(path)
	if err != nil {
		return 0, false
	}
	defer f.Close()
	if p.sum == nil {
		p.sum, p.buf = sha256.New(), make([]byte, 64<<10)
	}
	p.sum.Reset()
	size, err := io.CopyBuffer(struct{ io.Writer }{p.sum}, struct{ io.Reader }{f}, p.buf)
	if err != nil {
		return 0, false
	}
	var got crate.Checksum
	p.sum.Sum(got[:0])
	return size, got == want
}
