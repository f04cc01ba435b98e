package vendoring

import (
	"fmt"
	"path"
	"slices"

	"cargohome/crate"
	"cargohome/internal/compat"
	"cargohome/internal/locate"
	"cargohome/internal/lockfile"
)

// Arrangement says where packages go.
type Arrangement struct {
	Packages []lockfile.Package // of all lockfiles, each once, in Cargo's order of their ids; without Dependencies
	Folders  []string           // of each package, below the vendor folder, '/'-separated
	Groups   []Group            // at least one, the vendor folder itself being the first
	Rule     compat.Rule        // whose bytes the folders are to have; not set by Arrange

	Warnings []string // where one lockfile gets what another one says
}

// Group is one directory source: the vendor folder, or a folder in it for a
// source whose packages cannot be in that.
type Group struct {
	Folder  string           // below the vendor folder, "" for that itself
	Sources []crate.SourceID // whose packages it holds, in Cargo's order
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
	merged, err := locate.Merge(packages)
	if err != nil {
		return nil, err
	}
	a := &Arrangement{Packages: merged.Packages}
	for _, o := range merged.Outvoted {
		a.Warnings = append(a.Warnings, fmt.Sprintf("%s v%s is vendored at commit %s for all lockfiles, though one has %s", o.ID.Name, o.ID.Version, o.ID.Source.Precise(), o.Commit))
	}
	if err := refuseReplaced(a.Packages); err != nil {
		return nil, err
	}
	a.Groups = groups(a.Packages)
	a.nameFolders(versioned)
	return a, nil
}

// nameFolders relies on the order of [locate.Merge]: the highest version of a name is the last.
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

// ReplaceError says that a package stands in the lockfile beside the one that
// replaces it through [replace]. Cargo cannot vendor such a project, and no
// configuration makes it build from vendor folders.
type ReplaceError struct{ Original, By crate.ID } // the one that is replaced, and the other

func (e *ReplaceError) Error() string {
	return fmt.Sprintf("%s is replaced by %s through [replace], which cannot be vendored", e.Original, e.By)
}

// Hint says what to use instead.
func (e *ReplaceError) Hint() string { return "use [patch] in Cargo.toml, which can do the same" }

// refuseReplaced relies on the order of [locate.Merge]: equal names and versions are
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
