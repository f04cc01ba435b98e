package verify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"path/filepath"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/filelist"
	"cargohome/internal/fsx"
	"cargohome/internal/staging"
)

// Rehash makes the record of a package's folder in a vendor folder that of the files which
// are there now, so that Cargo accepts them, and says in it why they are others than
// those of the archive. It returns how many differ from what the record said before.
func Rehash(ctx context.Context, dir, reason string) (differ int, err error) {
	root, err := fsx.OpenFolderHere(dir)
	if err != nil {
		return 0, err
	}
	defer root.Close()
	old, err := readRecord(root)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", dir, err)
	}
	r := &rehash{ctx: ctx, files: map[string]string{}, buf: make([]byte, 256<<10)}
	if err := r.walk(root, "", 0); err != nil {
		return 0, fmt.Errorf("%s: %w", dir, err)
	}
	text, err := r.record(old, reason)
	if err != nil {
		return 0, err
	}
	record, err := staging.NewReplacement(ctx, filepath.Join(dir, crate.ChecksumFile), text)
	if err != nil {
		return 0, err
	}
	return r.differing(old), record.Commit()
}

// rehash is the files of a folder with their checksums.
type rehash struct {
	ctx   context.Context
	files map[string]string
	buf   []byte
}

// walk refuses what is neither file nor folder: no build would see what it is. Nor can a record
// name an empty folder, which would be found in it ever after.
func (r *rehash) walk(d fsx.Folder, at string, depth int) error {
	list, err := d.List()
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return fmt.Errorf("%q is an empty folder, which no record can name: remove it", at)
	}
	for _, e := range list {
		path := filelist.Join(at, e.Name)
		switch typ := d.Type(e); {
		case len(r.files) > archive.MaxEntries || depth > archive.MaxDepth:
			return &archive.LimitError{What: "files", Limit: archive.MaxEntries}
		case path == crate.ChecksumFile:
		case typ == fs.ModeDir:
			if err := r.enter(d, e.Name, path, depth); err != nil {
				return err
			}
		default:
			sum, err := fileSum(d, e.Name, r.buf)
			if err != nil {
				return fmt.Errorf("%q: %w", path, fsx.WithoutPath(err))
			}
			r.files[path] = sum
		}
	}
	return r.ctx.Err()
}

func (r *rehash) enter(d fsx.Folder, name, path string, depth int) error {
	sub, err := d.Open(name)
	if err != nil {
		return err
	}
	defer sub.Close()
	return r.walk(sub, path, depth+1)
}

// record is the text of the new record.
func (r *rehash) record(old *record, reason string) ([]byte, error) {
	var sum *string
	if old.sum != nil {
		sum = &old.text
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(struct {
		Files   map[string]string `json:"files"`
		Package *string           `json:"package"`
		Patched string            `json:"cargohome-patched"` // locate.PatchKey
	}{r.files, sum, reason})
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

func (r *rehash) differing(old *record) (n int) {
	for path, sum := range r.files {
		if old.files[path] != sum {
			n++
		}
	}
	for path := range old.files {
		if _, there := r.files[path]; !there {
			n++
		}
	}
	return n
}
