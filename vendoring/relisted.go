package vendoring

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"time"

	"cargohome/crate/archive"
	"cargohome/gitsrc/object"
	"cargohome/internal/compat"
	"cargohome/internal/filelist"
	"cargohome/internal/manifest"
	"cargohome/internal/packagelist"
)

// relisted is an archive by the rule before 1.89: cargo vendor had it unpacked into
// registry/src, and copied from there what `cargo package` would have listed (cargo 1.88:
// ops/vendor.rs; sources/path.rs). Times were those of the copying. The archive is read
// twice, as only at its end it is known which files belong to packages in subfolders.
type relisted struct{ archived }

func (r relisted) write(ctx context.Context, u *archive.Unpacker, dst archive.Folder) ([]archive.File, error) {
	listed, err := r.list(ctx, u)
	if err != nil {
		return nil, err
	}
	return r.unpack(ctx, u, copying{dst}, func(path string) bool { return listed[path] })
}

// list returns the files that are copied.
func (r relisted) list(ctx context.Context, u *archive.Unpacker) (map[string]bool, error) {
	seen := newSurvey(true)
	all, err := withoutSums(u, func() ([]archive.File, error) { return r.unpack(ctx, u, seen, nil) })
	if err != nil {
		return nil, err
	}
	there := filePaths(all)
	about, err := manifest.Select(string(seen.manifest.text), there)
	if err != nil {
		return nil, err
	}
	listing, err := packagelist.ListFolder(r.rule, newUnpackedFiles(there), about.Include, about.Exclude)
	if err != nil {
		return nil, err
	}
	listed := map[string]bool{}
	for _, f := range lockedFiles(r.rule, listing.Files, about.Runs) {
		listed[f.Path] = true
	}
	return listed, nil
}

// lockedFiles leaves out Cargo.lock of a package without a program where that was the rule
// (cargo 1.83: Package::include_lockfile).
func lockedFiles(rule compat.Rule, files []packagelist.File, runs bool) []packagelist.File {
	if runs || rule.Has(compat.AllLocks) {
		return files
	}
	return slices.DeleteFunc(files, func(f packagelist.File) bool { return f.Path == "Cargo.lock" })
}

// withoutSums is for those who only want to know what there is.
func withoutSums(u *archive.Unpacker, read func() ([]archive.File, error)) ([]archive.File, error) {
	defer func(was bool) { u.NoSums = was }(u.NoSums)
	u.NoSums = true
	return read()
}

// unpackedFiles is what an archive is unpacked to, as a [packagelist.Lister].
type unpackedFiles struct {
	entries []filelist.Entry
	work    *object.Budget
}

func newUnpackedFiles(paths []string) *unpackedFiles {
	f := &unpackedFiles{work: object.NewBudget()}
	for _, path := range paths {
		f.entries = append(f.entries, filelist.Entry{Path: path})
	}
	return f
}

func (f *unpackedFiles) Entries() []filelist.Entry { return f.entries }
func (f *unpackedFiles) Spend(steps int64) error   { return f.work.Spend(steps) }

// ReadFile is not asked for anything: there are no repositories.
func (f *unpackedFiles) ReadFile(string) ([]byte, error) { return nil, errors.ErrUnsupported }

// copying is a folder that files are copied into: only folders with files come about, and
// nobody says when a file was modified.
type copying struct{ archive.Folder }

// Mkdir implements archive.Folder.
func (c copying) Mkdir(string, fs.FileMode) error { return nil }

// Create implements archive.Folder.
func (c copying) Create(path string, mode fs.FileMode) (archive.FileWriter, error) {
	f, err := c.Folder.Create(path, mode)
	if f == nil || err != nil {
		return nil, err
	}
	return undated{f}, nil
}

type undated struct{ archive.FileWriter }

func (undated) SetTime(time.Time) error { return nil }
