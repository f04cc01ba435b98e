package vendoring

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/lockfile"
)

// Arrangement says where packages go.
type Arrangement struct {
	Packages []lockfile.Package // of all lockfiles, each once, in Cargo's order of their ids; without Dependencies
	Folders  []string           // of each package, below the vendor folder, '/'-separated
	Groups   []Group            // at least one, the vendor folder itself being the first

	Warnings []string // where one lockfile gets what another one says
}

// Group is one directory source: the vendor folder, or a folder in it for a
// source whose packages cannot be in that.
type Group struct {
	Folder  string // below the vendor folder, "" for that itself
	Sources []crate.SourceID
}

// Arrange merges the packages of one or several lockfiles and gives each its
// folder: the highest version of a name the bare name and all others
// NAME-VERSION, or with versioned all of them that. Path packages are left out.
//
// Where cargo gives up, because two sources have the same name and version, the
// later of them in Cargo's order gets a folder of its own in the vendor folder,
// with all its packages. Its name begins with an '@', which no package's does;
// cargo passes over a folder without Cargo.toml.
//
// Where lockfiles have a package of a git source at two commits, the last one's counts
// for all, as with `cargo vendor --sync`.
//
// The error is a [ReplaceError] if two packages are the same by [replace].
func Arrange(packages []lockfile.Package, versioned bool) (*Arrangement, error) {
	a := &Arrangement{}
	if err := a.merge(packages); err != nil {
		return nil, err
	}
	if err := refuseReplaced(a.Packages); err != nil {
		return nil, err
	}
	a.Groups = groups(a.Packages)
	a.nameFolders(versioned)
	return a, nil
}

// nameFolders relies on the order of merge: the highest version of a name is the last.
func (a *Arrangement) nameFolders(versioned bool) {
	type key struct {
		group int
		name  string
	}
	group := a.groupOf()
	named := map[key]bool{}
	a.Folders = make([]string, len(a.Packages))
	for i, p := range slices.Backward(a.Packages) {
		g, name := group[p.ID.Source.Key()], p.ID.Stem()
		if k := (key{g, p.ID.Name}); !named[k] {
			named[k] = true
			if !versioned {
				name = p.ID.Name
			}
		}
		a.Folders[i] = path.Join(a.Groups[g].Folder, name)
	}
}

// groupOf returns the place in Groups of each source.
func (a *Arrangement) groupOf() map[crate.SourceKey]int {
	group := map[crate.SourceKey]int{}
	for i, g := range a.Groups {
		for _, source := range g.Sources {
			group[source.Key()] = i
		}
	}
	return group
}

// merge drops path packages and repetitions, and sorts. Of several spellings of
// a source the first counts, as Cargo interns them.
func (a *Arrangement) merge(packages []lockfile.Package) error {
	type key struct {
		name, version string
		source        crate.SourceKey
	}
	place := map[key]int{}
	for _, p := range packages {
		if p.ID.Source.Kind() == crate.Path {
			continue
		}
		k := key{p.ID.Name, p.ID.Version, p.ID.Source.Key()}
		i, seen := place[k]
		if !seen {
			place[k] = len(a.Packages)
			p.Dependencies = nil // indices into another list
			a.Packages = append(a.Packages, p)
			continue
		}
		if err := a.agree(&a.Packages[i], p); err != nil {
			return err
		}
	}
	slices.SortFunc(a.Packages, func(a, b lockfile.Package) int { return a.ID.Compare(b.ID) })
	return nil
}

// agree takes over the commit, or the checksum, of a package found in a second
// lockfile. Checksums must be those of the same archive.
func (a *Arrangement) agree(have *lockfile.Package, p lockfile.Package) error {
	if old, commit := have.ID.Source.Precise(), p.ID.Source.Precise(); !strings.EqualFold(old, commit) {
		a.Warnings = append(a.Warnings, fmt.Sprintf("%s v%s is vendored at commit %s for all lockfiles, though one has %s", p.ID.Name, p.ID.Version, commit, old))
		have.ID.Source = have.ID.Source.At(commit)
	}
	if have.Checksum == nil {
		have.Checksum = p.Checksum
	}
	if p.Checksum != nil && *p.Checksum != *have.Checksum {
		return fmt.Errorf("the lockfiles disagree about %s: one has checksum %s, another %s", p.ID, have.Checksum, p.Checksum)
	}
	return nil
}

// ReplaceError says that a package stands in the lockfile beside the one that
// replaces it through [replace]. Cargo cannot vendor such a project, and no
// configuration makes it build from vendor folders.
type ReplaceError struct{ Original, By crate.ID }

func (e *ReplaceError) Error() string {
	return fmt.Sprintf("%s is replaced by %s through [replace], which cannot be vendored", e.Original, e.By)
}

// Hint says what to use instead.
func (e *ReplaceError) Hint() string { return "use [patch] in Cargo.toml, which can do the same" }

// refuseReplaced relies on the order of merge: equal names and versions are
// neighbours.
func refuseReplaced(packages []lockfile.Package) error {
	for i := 1; i < len(packages); i++ {
		a, b := packages[i-1], packages[i]
		if !same(a, b) {
			continue
		}
		if b.Replace != nil {
			a, b = b, a
		}
		if a.Replace != nil {
			return &ReplaceError{a.ID, b.ID}
		}
	}
	return nil
}

// same reports whether one folder cannot hold both.
func same(a, b lockfile.Package) bool { return nameVersionOf(a) == nameVersionOf(b) }

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
