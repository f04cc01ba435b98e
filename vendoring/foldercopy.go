package vendoring

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/gitsrc"
	"cargohome/internal/manifest"
	"cargohome/internal/staging"
)

// folderCopy is a package of a vendor folder.
type folderCopy struct {
	tree     *folderTree
	files    []gitsrc.File
	sums     map[string]string // the folder's own record
	manifest []byte            // the Cargo.toml that takes the place of the package's own, if any
	warned   []string
}

// readRecord reads the checksum file, without which cargo does not read the folder
// either. It returns the checksum of the archive, "" for none.
func (c *folderCopy) readRecord() (archive string, err error) {
	text, err := c.tree.ReadFile(ChecksumName)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("it has no %s", ChecksumName)
	}
	if err != nil {
		return "", err
	}
	record, err := parseChecksumFile(text)
	if err != nil {
		return "", err
	}
	c.sums = record.Files
	if record.Package != nil {
		archive = *record.Package
	}
	return archive, nil
}

func (c *folderCopy) normalize(manifests *manifest.Tree) error {
	paths := make([]string, len(c.files))
	for i, f := range c.files {
		paths[i] = f.Path
	}
	normal, err := manifests.Normalize(".", paths)
	if err != nil {
		return err
	}
	c.manifest, c.warned = normal.Text, append(c.warned, normal.Warnings...)
	return nil
}

// ListedError says, in the words that cargo has for it when it builds, that a file of a
// vendor folder is not the recorded one.
type ListedError struct {
	Path     string
	Expected string
	Actual   crate.Checksum
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
func (c *folderCopy) write(ctx context.Context, dst *staging.Tree) ([]archive.File, error) {
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
func (c *folderCopy) check(f gitsrc.File, sum crate.Checksum) error {
	if want, recorded := c.sums[f.From]; recorded && want != sum.String() {
		return &ListedError{filepath.Join(c.tree.dir, filepath.FromSlash(f.From)), want, sum}
	}
	return nil
}

// writeManifest puts the generated manifest in place of the folder's.
func (c *folderCopy) writeManifest(_ context.Context, dst *staging.Tree, f gitsrc.File, _ int64) (archive.File, error) {
	own, err := c.tree.ReadFile(f.From)
	if err == nil {
		err = c.check(f, crate.Sum(own))
	}
	if err == nil {
		err = dst.WriteFile(f.Path, 0o666, c.manifest)
	}
	return archive.File{Path: f.Path, Size: int64(len(c.manifest)), Sum: crate.Sum(c.manifest)}, err
}

// copyFile copies at most limit bytes, a piece at a time.
func (c *folderCopy) copyFile(ctx context.Context, dst *staging.Tree, f gitsrc.File, limit int64) (archive.File, error) {
	file := archive.File{Path: f.Path}
	from, err := c.tree.Open(f.From)
	if err != nil {
		return file, err
	}
	defer from.Close()
	to, err := dst.Create(f.Path, c.tree.modes[f.From])
	if err != nil {
		return file, err
	}
	hash := sha256.New()
	file.Size, err = io.Copy(io.MultiWriter(to, hash), io.LimitReader(contextReader{ctx, from}, limit+1))
	if err == nil && file.Size > limit {
		err = fmt.Errorf("%s: %w", c.tree.dir, &archive.LimitError{What: "bytes in all files", Limit: maxFolder})
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

func (c *folderCopy) warnings() []string { return c.warned }
