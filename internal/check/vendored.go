package check

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"cargohome/crate"
	"cargohome/internal/declared"
	"cargohome/internal/fsx"
	"cargohome/internal/locate"
	"cargohome/internal/manifest"
	"cargohome/internal/par"
	"cargohome/vendoring"
)

// directory is a vendor folder, as Cargo reads it: all of its packages, before it asks for
// any (spec 8; cargo 1.95: DirectorySource::block_until_ready).
type directory struct {
	*checker
	dir      string
	packages map[nameVersion]*vendored
	versions map[string][]string // by name
}

type nameVersion struct{ name, version string }

// vendored is a package in it.
type vendored struct {
	dir      string
	record   *locate.Record
	manifest *manifest.Manifest
	err      error
}

// openDirectory reads the packages of a vendor folder, and tells of those that spoil it.
func (c *checker) openDirectory(from crate.SourceID) *directory {
	d := &directory{checker: c, dir: from.LocalPath(), packages: map[nameVersion]*vendored{}, versions: map[string][]string{}}
	entries, err := unsorted(d.dir)
	if err != nil {
		d.find(Finding{Code: VendoredBroken, Path: d.dir, Reason: "the vendor folder cannot be listed: " + fsx.WithoutPath(err).Error(), Remedy: d.remedy()})
		return d
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), ".") })
	read := make([]*vendored, len(entries))
	par.Do(c.ctx, c.Jobs, len(entries), newWorker, func(_ *worker, i int) error {
		read[i] = c.readVendored(filepath.Join(d.dir, entries[i].Name()))
		return nil
	})
	for _, v := range read {
		if v == nil {
			continue
		}
		if v.err != nil {
			d.find(Finding{Code: VendoredBroken, Path: v.dir, Reason: v.err.Error() + "; cargo then reads none of the vendor folder", Remedy: d.remedy()})
			continue
		}
		if _, filtered := vendoring.ParseMark(v.record.Comment); filtered {
			d.filter()
		}
		d.packages[nameVersion{v.manifest.Name, v.manifest.Version}] = v
		d.versions[v.manifest.Name] = append(d.versions[v.manifest.Name], v.manifest.Version)
	}
	return d
}

// unsorted lists a folder in the order that the file system has: of two folders with one package
// Cargo takes the last.
func unsorted(dir string) ([]fs.DirEntry, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.ReadDir(-1)
}

func (d *directory) remedy() Remedy { return Remedy{Vendor, "cargohome vendor " + quoted(d.dir)} }

// maxRecord bounds a record, in bytes: that of a crate of 100,000 files has 12 MiB.
const maxRecord = 64 << 20

// remedyOf is what to do about a package, which is nobody's to make anew if it was patched.
func (d *directory) remedyOf(v *vendored) Remedy {
	if v.record.Patched != "" {
		return Remedy{Kind: Mend}
	}
	return d.remedy()
}

// readVendored reads the package in a folder, nil if it is none for Cargo, which follows links
// wherever they lead.
func (c *checker) readVendored(dir string) *vendored {
	info, err := os.Stat(filepath.Join(dir, manifest.FileName))
	if err != nil {
		return nil
	}
	v := &vendored{dir: dir}
	if !info.Mode().IsRegular() { // to open a pipe takes forever
		v.err = fmt.Errorf("%s: %w", manifest.FileName, fsx.ErrNotRegular)
		return v
	}
	if v.manifest, v.err = c.load(c.Manifests.Tree(os.DirFS(dir)), "."); v.err != nil {
		return v
	}
	if v.manifest.Virtual {
		v.err = errors.New("its manifest is that of a workspace, and no package's")
		return v
	}
	text, err := fsx.ReadRegular(filepath.Join(dir, crate.ChecksumFile), maxRecord)
	if errors.Is(err, fs.ErrNotExist) {
		v.err = fmt.Errorf("it has no %s", crate.ChecksumFile)
		return v
	}
	if err == nil {
		v.record, err = locate.ParseRecord(text)
	}
	if err == nil && v.record.Files == nil {
		err = fmt.Errorf("its %s lists no files", crate.ChecksumFile)
	}
	v.err = err
	return v
}

// look looks at one locked package.
func (d *directory) look(w *worker, p *project, one *piece) {
	v := d.packages[nameVersion{one.ID.Name, one.ID.Version}]
	if v == nil {
		d.find(d.missing(one))
		return
	}
	said := (&declared.Sources{Registry: d.Config.Registry}).FromManifest(v.manifest, one.ID.Source)
	p.declared[one.number], p.links[one.number], p.rust[one.number] = &said, v.manifest.Links, v.manifest.RustVersion
	if !utf8.ValidString(v.dir) { // it prints where each package is
		d.find(Finding{Code: VendoredBroken, ID: one.ID, Path: v.dir, Reason: "the name of its folder is not UTF-8", Remedy: d.remedyOf(v), Breaks: []string{metadata}})
	}
	d.checkRecord(p, one, v)
	d.checkMade(one, v)
	d.checkEdition(one.ID, v.manifest, filepath.Join(v.dir, manifest.FileName), all)
	if v.record.Patched != "" {
		d.patch(Patched{one.ID, v.dir, v.record.Patched})
	}
	d.hash(w, p, one, v)
}

func (d *directory) missing(one *piece) Finding {
	f := Finding{Code: VendoredMissing, ID: one.ID, Path: d.dir, Reason: "the vendor folder does not have it", Remedy: d.remedy()}
	if others := d.versions[one.ID.Name]; len(others) > 0 {
		f.Code, f.Reason = VendoredVersion, "the vendor folder has it in version "+strings.Join(slices.Sorted(slices.Values(others)), " and ")
		if len(others) == 1 {
			f.Remedy = d.remedyOf(d.packages[nameVersion{one.ID.Name, others[0]}])
		}
	}
	return f
}

// checkRecord compares the checksum that a package has there with the lockfile's (spec 8).
func (d *directory) checkRecord(p *project, one *piece, v *vendored) {
	locked, has := p.lock.Packages[one.number].Checksum, v.record.Package
	f := Finding{Code: VendoredChecksum, ID: one.ID, Path: filepath.Join(v.dir, crate.ChecksumFile), Remedy: d.remedyOf(v)}
	switch {
	case locked == nil && has == nil && p.lock.Packages[one.number].Unsummed && one.ID.Source.IsRegistry():
		f.Code, f.Path, f.Remedy = LockChecksum, p.path, Remedy{Relock, p.relock()}
		f.Reason = "the lockfile says neither its checksum nor that it has none"
	case locked == nil && has == nil:
		return
	case locked == nil:
		f.Reason = "its record has a checksum, and the lockfile none"
	case has == nil:
		f.Reason = "its record has no checksum, and the lockfile has one"
	case *has != locked.String():
		f.Reason = fmt.Sprintf("its record has checksum %q, the lockfile %s", *has, locked)
	default:
		return
	}
	d.find(f)
}

// hash compares the files with the record, as Cargo does when it compiles the package
// (cargo 1.95: DirectorySource::verify). What is not on record is not looked at.
func (d *directory) hash(w *worker, p *project, one *piece, v *vendored) {
	for _, path := range slices.Sorted(maps.Keys(v.record.Files)) {
		sum, err := w.sumOf(v, path)
		f := Finding{Code: VendoredChanged, ID: one.ID, Path: filepath.Join(v.dir, filepath.FromSlash(path)), Remedy: d.remedyOf(v), reach: building,
			Breaks: []string{p.command("cargohome verify vendor "+quoted(d.dir), nil)}}
		switch {
		case err != nil:
			f.Reason = "it is on record, and cannot be read: " + fsx.WithoutPath(err).Error()
		case sum != v.record.Files[path]:
			f.Reason = "it is not the file that its package has on record"
			if v.record.Patched != "" {
				f.Reason += ", and was patched before: " + v.record.Patched
			}
		default:
			continue
		}
		d.find(f)
	}
}

// sumOf is [worker.sum] of what is in a package, and nowhere else: a record may name any file.
func (w *worker) sumOf(v *vendored, path string) (string, error) {
	local := filepath.FromSlash(path)
	if !filepath.IsLocal(local) {
		return "", errors.New("it is outside of the package")
	}
	return w.sum(filepath.Join(v.dir, local))
}

// maxVendored bounds what is hashed of one file, in bytes: a file may have a size that no
// disk has. Cargo has no bound; whole archives have at most half of this as a rule.
const maxVendored = 1 << 30

// sum returns the SHA-256 of a file, as records have it.
func (w *worker) sum(path string) (string, error) {
	f, err := fsx.OpenToRead(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if f.Size() > maxVendored {
		return "", fmt.Errorf("larger than %d bytes", int64(maxVendored))
	}
	w.hash.Reset()
	if _, err := io.CopyBuffer(w.hash, io.NewSectionReader(f, 0, f.Size()), w.buf); err != nil {
		return "", err
	}
	return hex.EncodeToString(w.hash.Sum(w.digest[:0])), nil
}
