package locate

import (
	"fmt"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/lockfile"
)

// Merged is the packages of one or several lockfiles.
type Merged struct {
	Packages []lockfile.Package // each once, in Cargo's order of their ids; without Dependencies
	Outvoted []Outvoted         // in order of the packages that brought it about
}

// Outvoted is a package of a git source that lockfiles have at two commits.
type Outvoted struct {
	ID     crate.ID // at the commit that counts
	Commit string   // that does not
}

// Merge puts the packages of lockfiles together. Path packages are left out. Of several
// spellings of a source the first counts, as Cargo interns them. Where lockfiles have a
// package of a git source at two commits, the last one's counts for all, as with `cargo
// vendor --sync`. Checksums must be those of the same archive.
func Merge(packages []lockfile.Package) (*Merged, error) {
	type key struct {
		name, version string
		source        crate.SourceKey
	}
	m, place := &Merged{}, map[key]int{}
	for _, p := range packages {
		if p.ID.Source.Kind() == crate.Path {
			continue
		}
		k := key{p.ID.Name, p.ID.Version, p.ID.Source.Key()}
		i, seen := place[k]
		if !seen {
			place[k] = len(m.Packages)
			p.Dependencies = nil // indices into another list
			m.Packages = append(m.Packages, p)
			continue
		}
		if err := m.agree(&m.Packages[i], p); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(m.Packages, func(a, b lockfile.Package) int { return a.ID.Compare(b.ID) })
	return m, nil
}

// agree takes over the commit, or the checksum, of a package found in a second lockfile.
func (m *Merged) agree(have *lockfile.Package, p lockfile.Package) error {
	if old, commit := have.ID.Source.Precise(), p.ID.Source.Precise(); !strings.EqualFold(old, commit) {
		have.ID.Source = have.ID.Source.At(commit)
		m.Outvoted = append(m.Outvoted, Outvoted{have.ID, old})
	}
	if have.Checksum == nil {
		have.Checksum = p.Checksum
	}
	if p.Checksum != nil && *p.Checksum != *have.Checksum {
		return fmt.Errorf("the lockfiles disagree about %s: one has checksum %s, another %s", p.ID, have.Checksum, p.Checksum)
	}
	return nil
}
