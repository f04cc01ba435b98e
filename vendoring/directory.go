package vendoring

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/gitsrc"
	"cargohome/internal/fsx"
	"cargohome/internal/manifest"
	"cargohome/internal/staging"
)

// DirectorySource is a vendor folder that packages are read from, in place of
// their registry (spec 7.10). Cargo copies what `cargo package` would list of
// each folder; hidden files are not among that, unless the manifest includes
// them. It is safe for concurrent use.
//
// Where the folder is in a git work tree, cargo asks git for the list, with the
// checksum files in it, and makes packages that no build accepts. That is not
// imitated: the folder's own content is all that counts here.
type DirectorySource struct{ dir string }

// FromDirectory returns the directory source in dir. It reads nothing.
func FromDirectory(dir string) *DirectorySource { return &DirectorySource{dir} }

// folderCopy is a package of a directory source.
type folderCopy struct {
	tree  *folderTree
	files []gitsrc.File
	sums  map[string]string // the folder's own record
}

// locate implements Store. A package's folder has its name, with or without its
// version.
func (d *DirectorySource) locate(_ context.Context, s *Step) (finding, error) {
	for _, name := range []string{s.ID.Name, s.ID.Stem()} {
		c, recorded, err := d.open(name, s.ID)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return finding{}, err
		case recorded != s.Checksum.String():
			return finding{gap: Disagreeing, detail: fmt.Sprintf("the lockfile says %s, and %s %q", s.Checksum, filepath.Join(d.dir, name), recorded)}, nil
		}
		s.copied = c
		return finding{}, nil
	}
	return finding{gap: Missing, detail: d.dir + " does not have it"}, nil
}

// open reads the package in one folder; one of another name or version does not
// exist.
func (d *DirectorySource) open(name string, id crate.ID) (*folderCopy, string, error) {
	tree, err := openFolder(filepath.Join(d.dir, name))
	if err != nil {
		return nil, "", err
	}
	record, err := tree.ReadFile(ChecksumName)
	if err != nil {
		return nil, "", err
	}
	sums, err := parseChecksumFile(record)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", tree.dir, err)
	}
	found, err := manifest.FindPackage(tree, id.Name, id.Version)
	if err != nil {
		return nil, "", err
	}
	listing, err := gitsrc.ListFolder(tree, found.Include, found.Exclude)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", tree.dir, err)
	}
	recorded := ""
	if sums.Package != nil {
		recorded = *sums.Package
	}
	return &folderCopy{tree, listing.Files, sums.Files}, recorded, nil
}

// maxFolder bounds what is copied of one package of a directory source, in bytes. What
// Cargo unpacks has 512 MiB, unless its archive has more than 25.
const maxFolder = 2 << 30

// write copies the files with their modes (spec 7.6), each of which must have the
// content on record.
func (c *folderCopy) write(ctx context.Context, dst *staging.Tree) ([]crate.File, error) {
	files, left := make([]crate.File, 0, len(c.files)), int64(maxFolder)
	for _, f := range c.files {
		sum, size, err := c.copyFile(ctx, dst, f, left)
		if err != nil {
			return nil, err
		}
		if want, recorded := c.sums[f.From]; recorded && want != sum.String() {
			return nil, fmt.Errorf("%s: file %q has checksum %s, not %s as recorded", c.tree.dir, f.From, sum, want)
		}
		files = append(files, crate.File{Path: f.Path, Size: size, Sum: sum})
		left -= size
	}
	return files, nil
}

// copyFile copies at most limit bytes, a piece at a time.
func (c *folderCopy) copyFile(ctx context.Context, dst *staging.Tree, f gitsrc.File, limit int64) (sum crate.Checksum, size int64, err error) {
	from, err := c.tree.Open(f.From)
	if err != nil {
		return sum, 0, err
	}
	defer from.Close()
	to, err := dst.Create(f.Path, c.tree.modes[f.From])
	if err != nil {
		return sum, 0, err
	}
	hash := sha256.New()
	size, err = io.Copy(io.MultiWriter(to, hash), io.LimitReader(contextReader{ctx, from}, limit+1))
	if err == nil && size > limit {
		err = fmt.Errorf("%s: %w", c.tree.dir, &crate.LimitError{What: "bytes in all files", Limit: maxFolder})
	}
	hash.Sum(sum[:0])
	return sum, size, errors.Join(err, to.Close())
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

func (c *folderCopy) warnings() []string { return nil }

// folderTree is a folder as a work tree. Nothing outside of it is ever opened,
// and it keeps nothing open.
type folderTree struct {
	dir     string
	entries []gitsrc.Entry
	modes   map[string]fs.FileMode // of regular files
}

// openFolder lists a folder.
func openFolder(dir string) (*folderTree, error) {
	t := &folderTree{dir: dir, modes: map[string]fs.FileMode{}}
	err := fs.WalkDir(t, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		return t.add(name, e)
	})
	slices.SortFunc(t.entries, func(a, b gitsrc.Entry) int { return strings.Compare(a.Path, b.Path) })
	return t, err
}

// add lists a file or link; pipes and the like are not there for anybody.
func (t *folderTree) add(name string, e fs.DirEntry) (err error) {
	entry := gitsrc.Entry{Path: name}
	switch e.Type() {
	case 0:
		info, err := e.Info()
		if err != nil {
			return err
		}
		t.modes[name] = info.Mode().Perm()
	case fs.ModeSymlink:
		entry.Kind = gitsrc.Symlink
		if entry.Target, err = os.Readlink(filepath.Join(t.dir, filepath.FromSlash(name))); err != nil {
			return err
		}
	default:
		return nil
	}
	if t.entries = append(t.entries, entry); len(t.entries) > crate.MaxEntries {
		return fmt.Errorf("%s: %w", t.dir, &crate.LimitError{What: "files", Limit: crate.MaxEntries})
	}
	return nil
}

// Entries implements gitsrc.Lister.
func (t *folderTree) Entries() []gitsrc.Entry { return t.entries }

// Open implements fs.FS.
func (t *folderTree) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	info, err := os.Stat(filepath.Join(t.dir, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	if !info.IsDir() && !info.Mode().IsRegular() { // opening a pipe would hang
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	return os.OpenInRoot(t.dir, filepath.FromSlash(name))
}

// ReadFile implements gitsrc.Lister. It is for manifests, lists and records, of at
// most maxRecord bytes.
func (t *folderTree) ReadFile(name string) ([]byte, error) {
	f, err := t.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxRecord+1))
	if err == nil && len(data) > maxRecord {
		err = &fs.PathError{Op: "read", Path: filepath.Join(t.dir, filepath.FromSlash(name)), Err: fsx.ErrTooLarge}
	}
	return data, err
}
