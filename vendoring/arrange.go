package vendoring

import (
	"fmt"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/home"
)

// Package is a locked package. The checksum is the lockfile's, zero if it has
// none.
type Package struct {
	ID       crate.ID
	Checksum crate.Checksum
}

// Step is one package of a plan, with the folder it gets.
type Step struct {
	Package
	Folder string // name in the vendor folder

	archives []home.Archive // where copies of the archive lie, the most trusted first
}

// ArchiveSize is the size of the package's archive in bytes, once it is located.
func (s Step) ArchiveSize() int64 {
	if len(s.archives) == 0 {
		return 0
	}
	return s.archives[0].Size
}

// Arrange merges the packages of one or several lockfiles and gives each its
// folder: the highest version of a name the bare name and all others
// NAME-VERSION, or with versioned all of them that. Path packages are left out.
// The result is in Cargo's order of package ids.
//
// The errors are [GitError] if there are git packages, and [ConflictError] for
// equal names and versions from two sources.
func Arrange(packages []Package, versioned bool) ([]Step, error) {
	merged, err := merge(packages)
	if err != nil {
		return nil, err
	}
	if err := refuseGit(merged); err != nil {
		return nil, err
	}
	if err := refuseConflicts(merged); err != nil {
		return nil, err
	}
	steps := make([]Step, len(merged))
	for i, p := range merged {
		highest := i+1 == len(merged) || merged[i+1].ID.Name != p.ID.Name
		steps[i] = Step{Package: p, Folder: p.ID.Stem()}
		if highest && !versioned {
			steps[i].Folder = p.ID.Name
		}
	}
	return steps, nil
}

// merge drops path packages and repetitions, and sorts. Of several spellings of
// a source the first counts, as Cargo interns them.
func merge(packages []Package) ([]Package, error) {
	type key struct {
		name, version string
		source        crate.SourceKey
	}
	place := map[key]int{}
	var merged []Package
	for _, p := range packages {
		if p.ID.Source.Kind() == crate.Path {
			continue
		}
		k := key{p.ID.Name, p.ID.Version, p.ID.Source.Key()}
		i, seen := place[k]
		if !seen {
			place[k] = len(merged)
			merged = append(merged, p)
			continue
		}
		if err := agree(&merged[i], p); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(merged, func(a, b Package) int { return a.ID.Compare(b.ID) })
	return merged, nil
}

// agree takes over the checksum of a package found in a second lockfile.
func agree(have *Package, p Package) error {
	if have.Checksum.IsZero() {
		have.Checksum = p.Checksum
	}
	if !p.Checksum.IsZero() && p.Checksum != have.Checksum {
		return fmt.Errorf("the lockfiles disagree about %s: one has checksum %s, another %s", p.ID, have.Checksum, p.Checksum)
	}
	return nil
}

// GitError says that packages come from git repositories.
type GitError struct{ IDs []crate.ID }

func (e *GitError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s from git, which this version cannot vendor:", count(len(e.IDs), "package comes", "packages come"))
	for _, id := range e.IDs {
		fmt.Fprintf(&b, "\n  %s", id)
	}
	return b.String()
}

func refuseGit(packages []Package) error {
	var ids []crate.ID
	for _, p := range packages {
		if p.ID.Source.Kind() == crate.Git {
			ids = append(ids, p.ID)
		}
	}
	if ids == nil {
		return nil
	}
	return &GitError{ids}
}

// ConflictError says that a name and version are locked to two sources. One
// directory source cannot hold both.
type ConflictError struct{ A, B crate.ID }

func (e *ConflictError) Error() string {
	return fmt.Sprintf("%s v%s comes from two sources, and a vendor folder can hold one of them:\n  source 1: %s\n  source 2: %s",
		e.A.Name, e.A.Version, e.A.Source.Display(), e.B.Source.Display())
}

// refuseConflicts relies on the order of merge: equal names and versions are
// neighbours.
func refuseConflicts(packages []Package) error {
	for i := 1; i < len(packages); i++ {
		a, b := packages[i-1].ID, packages[i].ID
		if a.Name == b.Name && a.Version == b.Version {
			return &ConflictError{a, b}
		}
	}
	return nil
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
