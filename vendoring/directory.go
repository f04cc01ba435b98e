package vendoring

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
	"cargohome/gitsrc"
	"cargohome/internal/manifest"
)

// directory is the store of packages that are read from a vendor folder, in place of
// their registry or repository (spec 7.10). Cargo copies what `cargo package` would
// list of each folder; hidden files are not among that, unless the manifest includes
// them. Of a package from git it writes the manifest anew, as it does when the package
// comes out of its repository.
//
// Where the folder is in a git work tree, cargo asks git for the list, with the
// checksum files in it, and makes packages that no build accepts. That is not
// imitated: the folder's own content is all that counts here. Nor are files copied that
// have another checksum than the folder's record says, which cargo finds out when it
// builds from the folder.
type directory struct {
	dir       string
	manifests Manifests
	names     func() map[nameVersion]string
}

// FromDirectory returns the store of the vendor folder dir. It reads nothing.
func FromDirectory(dir string, manifests Manifests) Store {
	return directory{dir, manifests, sync.OnceValue(func() map[nameVersion]string { return namesIn(dir) })}
}

// locate implements Store.
func (d directory) locate(_ context.Context, steps []*Step) ([]finding, error) {
	findings := make([]finding, len(steps))
	for i, s := range steps {
		f, err := d.find(s)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.ID, err)
		}
		findings[i] = f
	}
	return findings, nil
}

// find tries the names that a package's folder has, with or without its version, and
// then looks into all folders, as cargo does.
func (d directory) find(s *Step) (finding, error) {
	why := d.dir + " does not have it"
	for _, name := range []string{s.ID.Name, s.ID.Stem()} {
		f, there, err := d.findIn(name, s)
		if there || err != nil {
			return f, err
		}
		why = cmp.Or(f.detail, why)
	}
	if name, ok := d.names()[s.nameVersion()]; ok {
		f, _, err := d.findIn(name, s)
		return f, err
	}
	return finding{gap: Missing, detail: why, place: d.dir}, nil
}

// findIn looks into one folder; one of another name or version is not there. Then the
// detail of the finding says why it is not, if it could be.
func (d directory) findIn(name string, s *Step) (f finding, there bool, err error) {
	tree, err := openFolder(filepath.Join(d.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return f, false, nil
	}
	if err != nil {
		return f, false, err
	}
	manifests := d.manifests.tree(tree)
	found, err := manifests.Find(s.ID.Name, s.ID.Version)
	if broken, ok := errors.AsType[*manifest.NoPackageError](err); ok && broken.Broken() {
		f.detail = tree.dir + ": " + err.Error()
	}
	if errors.Is(err, fs.ErrNotExist) || err == nil && found.Dir != "." {
		return f, false, nil
	}
	if err == nil {
		f, err = take(s, tree, manifests, found)
	}
	if err != nil {
		return f, true, fmt.Errorf("%s: %w", tree.dir, err)
	}
	return f, true, nil
}

// take makes the package of a folder that of the step.
func take(s *Step, tree *folderTree, manifests *manifest.Tree, found *manifest.Found) (finding, error) {
	c := &folderCopy{tree: tree, warned: found.Warnings}
	recorded, err := c.readRecord()
	if err != nil {
		return finding{}, err
	}
	locked := ""
	if s.Checksum != nil {
		locked = s.Checksum.String()
	}
	if recorded != locked {
		return finding{gap: Disagreeing, detail: fmt.Sprintf("the lockfile says %q, and %s %q", locked, tree.dir, recorded)}, nil
	}
	listing, err := gitsrc.ListFolder(tree, found.Include, found.Exclude)
	if err != nil {
		return finding{}, err
	}
	c.files, s.copied = listing.Files, c
	if s.ID.Source.Kind() == crate.Git {
		err = c.normalize(manifests)
	}
	return finding{}, err
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
		packages, err := Manifests{Nightly: true}.tree(&folderTree{dir: filepath.Join(dir, e.Name())}).Packages()
		if err != nil {
			continue
		}
		for _, p := range packages {
			if p.Dir == "." {
				names[nameVersion{p.Name, p.Version}] = e.Name()
			}
		}
	}
	return names
}
