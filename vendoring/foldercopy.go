package vendoring

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/locate"
	"cargohome/internal/packagelist"
)

// folderCopy is a package of a directory source. Cargo copies what `cargo package` would
// list of its folder; hidden files are not among that, unless the manifest includes
// them. Of a package from git it writes the manifest anew, as it does when the package
// comes out of its repository.
//
// Where the folder is in a git work tree, cargo asks git for the list, with the
// checksum files in it, and makes packages that no build accepts. That is not
// imitated: the folder's own content is all that counts here. Nor are files copied that
// have another checksum than the folder's record says, which cargo finds out when it
// builds from the folder.
type folderCopy struct {
	from     *locate.Folder
	files    []packagelist.File
	manifest []byte // the Cargo.toml that takes the place of the package's own, nil to keep that
}

// addFolder works out what is copied of a directory source.
func (s *Step) addFolder() error {
	listing, err := packagelist.ListFolder(s.rule, s.Vendored, s.Found.Include, s.Found.Exclude)
	if err != nil {
		return fmt.Errorf("%s: %w", s.Vendored.Dir, err)
	}
	c := &folderCopy{from: s.Vendored, files: listing.Files}
	s.Warnings, s.contents, s.weight = s.Found.Warnings, []contents{c}, weightOf(c.files)
	if s.ID.Source.Kind() != crate.Git {
		return nil
	}
	normal, err := s.Vendored.Manifests.Normalize(s.rule, ".", pathsOf(c.files))
	if err != nil {
		return fmt.Errorf("%s: %w", s.Vendored.Dir, err)
	}
	c.files = lockedFiles(s.rule, c.files, normal.Runs)
	c.manifest, s.Warnings = normal.Text, slices.Concat(s.Warnings, normal.Warnings)
	return nil
}

// ListedError says, in the words that cargo has for it when it builds, that a file of a
// vendor folder is not the recorded one.
type ListedError struct {
	Path     string         // of the file, absolute
	Expected string         // as it is recorded
	Actual   crate.Checksum // of what is there
}

func (e *ListedError) Error() string {
	return fmt.Sprintf("the listed checksum of `%s` has changed:\nexpected: %s\nactual:   %s", e.Path, e.Expected, e.Actual)
}

// Hint is cargo's as well.
func (e *ListedError) Hint() string {
	return "directory sources are not intended to be edited, if modifications are required then it is recommended that `[patch]` is used with a forked copy of the source"
}

// maxFolder bounds what is copied of one package of a vendor folder, in bytes. What
// Cargo unpacks has 512 MiB, unless its archive has more than 25.
const maxFolder = 2 << 30

// write copies the files with their modes (spec 7.6), each of which must have the
// content on record.
func (c *folderCopy) write(ctx context.Context, _ *archive.Unpacker, dst archive.Folder) ([]archive.File, error) {
	files, left := make([]archive.File, 0, len(c.files)), int64(maxFolder)
	for _, f := range c.files {
		copy := c.copyFile
		if c.manifest != nil && path.Base(f.Path) == "Cargo.toml" {
			copy = c.writeManifest
		}
		file, err := copy(ctx, dst, f, left)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
		left -= file.Size
	}
	return files, nil
}

// check compares a file with the record, which need not have it.
func (c *folderCopy) check(f packagelist.File, sum crate.Checksum) error {
	if want, recorded := c.from.Sums[f.From]; recorded && want != sum.String() {
		return &ListedError{filepath.Join(c.from.Dir, filepath.FromSlash(f.From)), want, sum}
	}
	return nil
}

// writeManifest puts the generated manifest in place of the folder's.
func (c *folderCopy) writeManifest(_ context.Context, dst archive.Folder, f packagelist.File, _ int64) (archive.File, error) {
	own, err := c.from.ReadFile(f.From)
	if err == nil {
		err = c.check(f, crate.Sum(own))
	}
	if err == nil {
		err = writeFile(dst, f.Path, 0o666, c.manifest)
	}
	return archive.File{Path: f.Path, Size: int64(len(c.manifest)), Sum: crate.Sum(c.manifest)}, err
}

// copyFile copies at most limit bytes, a piece at a time.
func (c *folderCopy) copyFile(ctx context.Context, dst archive.Folder, f packagelist.File, limit int64) (archive.File, error) {
	file := archive.File{Path: f.Path}
	from, err := c.from.Open(f.From)
	if err != nil {
		return file, err
	}
	defer from.Close()
	to, err := dst.Create(f.Path, c.from.Modes[f.From])
	if err != nil {
		return file, err
	}
	hash := sha256.New()
	file.Size, err = io.Copy(io.MultiWriter(to, hash), io.LimitReader(contextReader{ctx, from}, limit+1))
	if err == nil && file.Size > limit {
		err = fmt.Errorf("%s: %w", c.from.Dir, &archive.LimitError{What: "bytes in all files", Limit: maxFolder})
	}
	hash.Sum(file.Sum[:0])
	if err := errors.Join(err, to.Close()); err != nil {
		return file, err
	}
	return file, c.check(f, file.Sum)
}

// contextReader reads until ctx ends.
type contextReader struct {
	ctx context.Context
	io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

func (c *folderCopy) explain(id crate.ID, err error) error { return fmt.Errorf("copy %s: %w", id, err) }
