package vendoring

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/home"
	"cargohome/internal/staging"
)

// Package is a locked package.
type Package struct {
	ID       crate.ID
	Checksum *crate.Checksum // the lockfile's, nil if it has none
	Replaced bool            // by another through [replace]
}

// copied is a package whose files are copied from somewhere.
type copied interface {
	// write copies all files and returns them in byte order of their paths.
	write(ctx context.Context, dst *staging.Tree) ([]archive.File, error)
	// warnings are what cargo warns of when it copies them.
	warnings() []string
}

// Step is one package of a plan, with the folder it gets.
type Step struct {
	Package
	Folder string // below the vendor folder, '/'-separated

	archives []home.Archive // where copies of the archive lie, the most trusted first
	copied   copied         // what is there instead, for a package that has no archive
}

// Warnings are what cargo warns of when it vendors the package.
func (s Step) Warnings() []string {
	if s.copied == nil {
		return nil
	}
	return s.copied.warnings()
}

// ArchiveSize is the size of the package's archive in bytes, once it is located.
func (s Step) ArchiveSize() int64 {
	if len(s.archives) == 0 {
		return 0
	}
	return s.archives[0].Size
}

// Arrangement says where packages go.
type Arrangement struct {
	Steps  []Step  // in Cargo's order of package ids
	Groups []Group // at least one, the vendor folder itself being the first

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
func Arrange(packages []Package, versioned bool) (*Arrangement, error) {
	a := &Arrangement{}
	merged, err := a.merge(packages)
	if err != nil {
		return nil, err
	}
	if err := refuseReplaced(merged); err != nil {
		return nil, err
	}
	a.Groups = groups(merged)
	for i, packages := range a.distribute(merged) {
		a.Steps = append(a.Steps, a.Groups[i].steps(packages, versioned)...)
	}
	slices.SortFunc(a.Steps, func(a, b Step) int { return a.ID.Compare(b.ID) })
	return a, nil
}

// distribute returns the packages of each group, in their order.
func (a *Arrangement) distribute(merged []Package) [][]Package {
	group := map[crate.SourceKey]int{}
	for i, g := range a.Groups {
		for _, source := range g.Sources {
			group[source.Key()] = i
		}
	}
	lists := make([][]Package, len(a.Groups))
	for _, p := range merged {
		i := group[p.ID.Source.Key()]
		lists[i] = append(lists[i], p)
	}
	return lists
}

// steps names the folders of the packages of the group.
func (g Group) steps(packages []Package, versioned bool) []Step {
	steps := make([]Step, len(packages))
	for i, p := range packages {
		steps[i] = Step{Package: p, Folder: path.Join(g.Folder, p.ID.Stem())}
	}
	for i, s := range steps {
		highest := i+1 == len(steps) || steps[i+1].ID.Name != s.ID.Name
		if highest && !versioned {
			steps[i].Folder = path.Join(g.Folder, s.ID.Name)
		}
	}
	return steps
}

// merge drops path packages and repetitions, and sorts. Of several spellings of
// a source the first counts, as Cargo interns them.
func (a *Arrangement) merge(packages []Package) ([]Package, error) {
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
		if err := a.agree(&merged[i], p); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(merged, func(a, b Package) int { return a.ID.Compare(b.ID) })
	return merged, nil
}

// agree takes over the commit, or the checksum, of a package found in a second
// lockfile. Checksums must be those of the same archive.
func (a *Arrangement) agree(have *Package, p Package) error {
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
func refuseReplaced(packages []Package) error {
	for i := 1; i < len(packages); i++ {
		a, b := packages[i-1], packages[i]
		if !same(a, b) {
			continue
		}
		if b.Replaced {
			a, b = b, a
		}
		if a.Replaced {
			return &ReplaceError{a.ID, b.ID}
		}
	}
	return nil
}

// same reports whether one folder cannot hold both.
func same(a, b Package) bool { return a.nameVersion() == b.nameVersion() }

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
