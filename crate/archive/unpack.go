package archive

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"cargohome/crate"
	"cargohome/internal/inflate"
	"cargohome/internal/staging"
)

// File is one file that was unpacked.
type File struct {
	Path string // relative to the package's folder, '/'-separated
	Size int64  // in bytes
	Sum  crate.Checksum
}

// Contents is what an archive was unpacked to.
type Contents struct {
	Files []File // in byte order of Path, each path once
	Size  int64  // of all files together, in bytes
}

// Include reports whether an entry is wanted, by its path below the package's
// folder.
type Include func(path string) bool

// Unpacker unpacks archives one after another, reusing its buffers and hash
// states: each worker has one. The zero value is ready. It is not safe for
// concurrent use. Beside the list of files, which is bounded by MaxEntries and
// MaxPaths, it holds about 500 KiB whatever the archives are.
type Unpacker struct {
	// NoSums leaves the sums of files zero, for a caller that has no use for them.
	NoSums bool

	in   hashingReader
	gz   *inflate.Reader
	tar  tarReader
	file hash.Hash // of a file that comes in several pieces

	manifest []byte // the beginning of the last Cargo.toml written
}

// Unpack reads the archive of id from r, size bytes, and writes its entries to
// dst, which it leaves for the caller to finish. A nil include wants everything. A nil
// dst has nothing written: what then is no error could be unpacked.
// It returns a [ChecksumError] if the archive's bytes, to the last one, are not
// those of want; that error also replaces any that such bytes caused earlier.
//
// After an error what dst holds is not to be used. Other errors: [EntryError],
// [LimitError], ErrMalformed, those of dst and of r. All but the last name the entry
// at which, or after which, they came up.
func (u *Unpacker) Unpack(ctx context.Context, dst *staging.Tree, id crate.ID, r io.Reader, size int64, want crate.Checksum, include Include) (*Contents, error) {
	u.in.reset(r)
	contents, err := u.unpack(ctx, dst, id, size, include)
	got, hashErr := u.in.sum(ctx)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case hashErr != nil:
		return nil, hashErr
	case got != want:
		return nil, &crate.ChecksumError{What: "the archive", Want: want, Got: got}
	case err != nil:
		return nil, err
	}
	return contents, nil
}

func (u *Unpacker) unpack(ctx context.Context, dst *staging.Tree, id crate.ID, size int64, include Include) (*Contents, error) {
	u.open(MaxUnpacked(size))
	w := entryWriter{u: u, dst: dst, stem: id.Stem(), include: include}
	for n := 0; ; n++ {
		h, err := u.tar.next()
		if err == io.EOF {
			return w.contents(), w.checkManifest(id)
		}
		if err == nil && n == MaxEntries {
			err = &LimitError{"entries", MaxEntries}
		}
		if err != nil {
			return nil, w.after(err)
		}
		if err := firstError(ctx.Err(), w.entry(h)); err != nil {
			return nil, err
		}
	}
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// open prepares the decoder for the archive in u.in.
func (u *Unpacker) open(limit int64) {
	if u.gz == nil {
		u.gz, u.file = new(inflate.Reader), sha256.New()
	}
	u.gz.Reset(&u.in)
	u.tar.reset(u.gz, limit)
}

// entryWriter writes the entries of one archive.
type entryWriter struct {
	u       *Unpacker
	dst     *staging.Tree // nil to write nothing
	shape   shape         // what dst would hold, if it is nil
	stem    string
	include Include
	files   []File
	paths   int            // bytes of all paths of entries
	place   map[string]int // of each path in files; made when a path comes twice
	last    string         // the path of the last entry, as the archive has it

	manifest bool // there is one
}

// after says where in the archive an error is that is not of any entry.
func (w *entryWriter) after(err error) error {
	if w.last == "" {
		return err
	}
	return fmt.Errorf("after entry %s: %w", quoted(w.last), err)
}

// entry handles one entry. It is looked at before the filter is: `cargo vendor`
// unpacks into registry/src first and filters nothing there, so a link fails it
// even where it would not have been vendored (cargo 1.96: unpack).
func (w *entryWriter) entry(h *header) error {
	w.last = h.path
	path, err := entryPath(h.path, w.stem)
	if err != nil {
		return &EntryError{h.path, err}
	}
	isDir, err := isFolder(h)
	if err != nil {
		return &EntryError{h.path, err}
	}
	if err := checkPlace(path, isDir); err != nil {
		return &EntryError{h.path, err}
	}
	if w.include != nil && !w.include(path) || baseName(path) == okName {
		return nil
	}
	if w.paths += len(path); w.paths > MaxPaths {
		err = &LimitError{"bytes in all paths", MaxPaths}
	} else if isDir {
		err = w.mkdir(path, h.fileMode(0o777))
	} else {
		err = w.writeFile(path, h)
	}
	if err == nil && w.folders() > MaxFolders {
		err = &LimitError{"folders", MaxFolders}
	}
	if err != nil {
		return fmt.Errorf("entry %s: %w", quoted(h.path), err)
	}
	return nil
}

func (w *entryWriter) mkdir(path string, mode fs.FileMode) error {
	if w.dst == nil {
		return w.shape.folder(path)
	}
	return w.dst.Mkdir(path, mode)
}

// folders returns how many there are, the package's own included.
func (w *entryWriter) folders() int {
	if w.dst == nil {
		return w.shape.folders
	}
	return w.dst.Folders()
}

// okName is the file with which cargo marks a folder in registry/src as whole. It
// passes over entries of that name at any depth.
const okName = ".cargo-ok"

// checkPlace refuses paths where nothing can be, or nothing may.
func checkPlace(path string, isDir bool) error {
	switch {
	case path == "" && !isDir:
		return fmt.Errorf("%w: it is the package's folder", ErrPath)
	case strings.HasPrefix(path, okName+"/"):
		// Cargo unpacks it, and then cannot make its own file of that name.
		return fmt.Errorf("%w: %s is no folder", ErrPath, okName)
	case climbs(path):
		return fmt.Errorf("%w: it climbs", ErrPath)
	}
	return nil
}

// isFolder: a name that ends in a slash makes a folder of what the header calls
// a file, except in a ustar header (tar-rs: old BSD compatibility).
func isFolder(h *header) (bool, error) {
	switch h.typ {
	case '5':
		return true, nil
	case '0', 0:
		return !h.ustar && strings.HasSuffix(h.path, "/"), nil
	}
	return false, fmt.Errorf("%w: it is %s", ErrEntryType, typeName(h.typ))
}

func typeName(typ byte) string {
	switch typ {
	case '1':
		return "a hard link"
	case '2':
		return "a symbolic link"
	case '3', '4':
		return "a device"
	case '6':
		return "a pipe"
	case 'S':
		return "a sparse file"
	}
	return fmt.Sprintf("of type %q", typ)
}

// fileMode is the mode to ask for before the umask applies; other when the
// header's is not a number.
func (h *header) fileMode(other fs.FileMode) fs.FileMode {
	if !h.hasMode {
		return other
	}
	return fs.FileMode(h.mode) & fs.ModePerm
}

func (w *entryWriter) writeFile(path string, h *header) error {
	f, err := w.create(path, h.fileMode(0o666))
	if err != nil {
		return err
	}
	isManifest := path == manifestName
	w.manifest = w.manifest || isManifest
	sum, err := w.u.copyEntry(f, isManifest)
	if f != nil {
		err = finish(f, path, h, err)
	}
	if err == nil {
		w.record(File{Path: path, Size: int64(h.size), Sum: sum})
	}
	return err
}

// finish dates and closes a file. err is what came up before.
func finish(f *staging.File, path string, h *header, err error) error {
	if t, ok := modTime(path, h); ok && err == nil {
		err = f.SetTime(t)
	}
	return firstError(err, f.Close())
}

// create makes a new file, nil if none is to be written. One that this archive made
// before gives way, as the last entry of a path counts; anything else that is there is
// an error, such as a folder, or on some systems a file whose name differs in case only.
func (w *entryWriter) create(path string, mode fs.FileMode) (*staging.File, error) {
	if w.dst == nil {
		return nil, w.shape.file(path)
	}
	f, err := w.dst.Create(path, mode)
	if !errors.Is(err, fs.ErrExist) || !w.wrote(path) {
		return f, err
	}
	if err := w.dst.Remove(path); err != nil {
		return nil, err
	}
	return w.dst.Create(path, mode)
}

func (w *entryWriter) wrote(path string) bool {
	if w.place == nil {
		w.place = make(map[string]int, len(w.files))
		for i, f := range w.files {
			w.place[f.Path] = i
		}
	}
	_, ok := w.place[path]
	return ok
}

func (w *entryWriter) record(f File) {
	if i, ok := w.place[f.Path]; ok {
		w.files[i] = f
		return
	}
	if w.place != nil {
		w.place[f.Path] = len(w.files)
	}
	w.files = append(w.files, f)
}

func (w *entryWriter) contents() *Contents {
	slices.SortFunc(w.files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	c := &Contents{Files: w.files}
	for _, f := range w.files {
		c.Size += f.Size
	}
	return c
}

// checkManifest compares the manifest that was written with the package's ID. A
// caller that does not want a manifest gets none looked at.
func (w *entryWriter) checkManifest(id crate.ID) error {
	if w.include != nil && !w.include(manifestName) {
		return nil
	}
	err := fmt.Errorf("%w: there is none", ErrManifest)
	if w.manifest {
		err = checkManifest(w.u.manifest, id)
	}
	if err != nil {
		return &EntryError{w.stem + "/" + manifestName, err}
	}
	return nil
}

// copyEntry writes and hashes the data of the current entry in one pass, or only reads
// it if f is nil. It keeps the beginning of a manifest.
func (u *Unpacker) copyEntry(f *staging.File, manifest bool) (sum crate.Checksum, err error) {
	if manifest {
		u.manifest = u.manifest[:0]
	}
	single := u.tar.data <= maxPiece
	if !single {
		u.file.Reset()
	}
	for {
		piece, err := u.tar.chunk()
		if err != nil {
			return sum, err
		}
		switch {
		case u.NoSums:
		case single && (piece != nil || sum == (crate.Checksum{})):
			sum = sha256.Sum256(piece)
		case !single:
			u.file.Write(piece)
		}
		if piece == nil {
			break
		}
		if manifest {
			u.manifest = append(u.manifest, piece[:min(len(piece), maxManifest-len(u.manifest))]...)
		}
		if f == nil {
			continue
		}
		if _, err := f.Write(piece); err != nil {
			return sum, err
		}
	}
	if !single && !u.NoSums {
		u.file.Sum(sum[:0])
	}
	return sum, nil
}

// GeneratedTime is what cargo gives the files it generated when the crate was
// published, whose headers it once forgot to date (cargo 1.95:
// DETERMINISTIC_TIMESTAMP).
const GeneratedTime = 1153704088

// modTime is the time a file is to have; none if the header's is not a number.
func modTime(path string, h *header) (time.Time, bool) {
	switch {
	case path == "Cargo.toml" || path == "Cargo.lock" || path == ".cargo_vcs_info.json":
		return time.Unix(GeneratedTime, 0), true
	case h.mtime == 0:
		return time.Unix(1, 0), h.hasTime // tar-rs: some tools take 0 ill
	}
	return time.Unix(h.mtime, 0), h.hasTime
}
