package locate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"cargohome/crate"
	"cargohome/internal/lockfile"
	"cargohome/internal/manifest"
)

// directory finds packages in a vendor folder that stands in for their registry or
// repository (spec 7.10).
type directory struct {
	from      crate.SourceID
	dir       string
	manifests Manifests
	names     func() map[nameVersion]string
}

// nameVersion is what cargo tells the packages of a directory source apart by.
type nameVersion struct{ name, version string }

func newDirectory(from crate.SourceID, manifests Manifests) directory {
	dir := from.LocalPath()
	return directory{from, dir, manifests, sync.OnceValue(func() map[nameVersion]string { return namesIn(dir) })}
}

// find implements store.
func (d directory) find(_ context.Context, _ int, packages []lockfile.Package) ([]Package, error) {
	found := make([]Package, len(packages))
	for i, p := range packages {
		found[i] = Package{Package: p, From: d.from}
		if err := d.findOne(&found[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", p.ID, err)
		}
	}
	return found, nil
}

// findOne tries the names that a package's folder has, with or without its version, and
// then looks into all folders, as cargo does.
func (d directory) findOne(p *Package) error {
	why := d.dir + " does not have it"
	for _, name := range []string{p.ID.Name, p.ID.Stem()} {
		not, err := d.findIn(name, p)
		if p.Vendored != nil || err != nil {
			return err
		}
		why = cmp.Or(not, why)
	}
	if name, ok := d.names()[nameVersion{p.ID.Name, p.ID.Version}]; ok {
		if _, err := d.findIn(name, p); p.Vendored != nil || err != nil {
			return err
		}
	}
	p.Gap = &Gap{Reason: Missing, ID: p.ID, Detail: why, Place: d.dir}
	return nil
}

// findIn looks into one folder; one of another name or version is not the package's.
// Then not says why it is not, if it could be.
func (d directory) findIn(name string, p *Package) (not string, err error) {
	folder, err := openFolder(filepath.Join(d.dir, name), d.manifests)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	found, err := folder.Manifests.Find(p.ID.Name, p.ID.Version)
	if broken, ok := errors.AsType[*manifest.NoPackageError](err); ok && broken.Broken() {
		not = folder.Dir + ": " + err.Error()
	}
	if errors.Is(err, fs.ErrNotExist) || err == nil && found.Dir != "." {
		return not, nil
	}
	if err == nil {
		err = p.take(folder, found)
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", folder.Dir, err)
	}
	return "", nil
}

// take makes a folder that of the package.
func (p *Package) take(folder *Folder, found *manifest.Found) error {
	record, err := folder.readRecord()
	if err != nil {
		return err
	}
	p.Vendored, p.Found, folder.Sums = folder, found, record.Files
	locked := ""
	if p.Checksum != nil {
		locked = p.Checksum.String()
	}
	switch {
	case record.archive() != locked:
		p.Gap = &Gap{Reason: Disagreeing, ID: p.ID, Detail: fmt.Sprintf("the lockfile says %q, and %s %q", locked, folder.Dir, record.archive())}
	case p.Checksum == nil && p.ID.Source.IsRegistry():
		p.Gap = &Gap{Reason: Unvouched, ID: p.ID}
	}
	return nil
}

// namesIn returns the folders in dir by the packages they hold. What cannot be read is
// passed over; it is not what is looked for, or else missing.
func namesIn(dir string) map[nameVersion]string {
	names := map[nameVersion]string{}
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if name, version, err := PackageIn(filepath.Join(dir, e.Name())); err == nil {
			names[nameVersion{name, version}] = e.Name()
		}
	}
	return names
}

// IsIn reports whether the package in a folder of a directory source is the one that is locked:
// the checksum on record there, "" for none, and the manifest say so.
func IsIn(dir, recorded string, locked *lockfile.Package) bool {
	sum := ""
	if locked.Checksum != nil {
		sum = locked.Checksum.String()
	}
	name, version, err := PackageIn(dir)
	return sum == recorded && err == nil && name == locked.ID.Name && version == locked.ID.Version
}

// PackageIn tells which package lies in a folder, by its manifest. The error matches
// fs.ErrNotExist if there is none.
func PackageIn(dir string) (name, version string, err error) {
	packages, err := Manifests{Nightly: true}.Tree(&Folder{Dir: dir}).Packages()
	if err != nil {
		return "", "", err
	}
	for _, p := range packages {
		if p.Dir == "." {
			return p.Name, p.Version, nil
		}
	}
	return "", "", fs.ErrNotExist
}
