package check

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"cargohome/crate"
	"cargohome/internal/home"
	"cargohome/internal/manifest"
)

// The cargos that brought what others do not know, as N of 1.N (spec 0).
const (
	usual          = 95 // whose rules these are where nothing is said
	sparseDefault  = 70 // crates.io is reached by the sparse protocol
	newNames       = 85 // folders are named by another hash
	submodulesInDB = 94 // submodules have repositories of their own in git/db
)

// lockVersions are the cargos that first read a version of lockfiles (spec 4.1).
var lockVersions = map[int]int{2: 38, 3: 47, 4: 78}

// editions are the cargos that first took an edition.
var editions = map[string]int{"2018": 31, "2021": 56, "2024": 85}

func versionOf(minor int) string { return fmt.Sprintf("1.%d", minor) }

// ParseCargo reads the version of a cargo, 1.N or 1.N.M, and returns N.
func ParseCargo(text string) (minor int, err error) {
	parts := strings.Split(text, ".")
	if len(parts) >= 2 && len(parts) <= 3 && parts[0] == "1" {
		if minor, err = strconv.Atoi(parts[1]); err == nil && minor > 0 {
			return minor, nil
		}
	}
	return 0, fmt.Errorf("%q is no version of cargo such as 1.84", text)
}

// minor is N of the cargo 1.N that is meant.
func (c *checker) minor() int {
	if c.Cargo == 0 {
		return usual
	}
	return c.Cargo
}

// name is the one that the cargo gives to the folders of a source.
func (c *checker) name(src crate.SourceID) string {
	current, old := home.Ident(src)
	if c.minor() < newNames {
		return old
	}
	return current
}

// checkVersion makes sure that the cargo reads the lockfile, and the manifests of the
// user's own.
func (c *checker) checkVersion(p *project) {
	if since := lockVersions[p.lock.Version]; c.minor() < since {
		c.find(Finding{Code: LockVersion, Path: p.path, Remedy: Remedy{Kind: Mend},
			Reason: fmt.Sprintf("version %d of lockfiles is known from cargo %s on", p.lock.Version, versionOf(since))})
	}
	for _, m := range p.own {
		c.checkEdition(crate.ID{Name: m.Name, Version: m.Version}, m, m.File, all)
	}
}

// checkEdition makes sure that the cargo knows the edition of a package. It reads the
// manifests of packages from elsewhere when it gets them.
func (c *checker) checkEdition(id crate.ID, m *manifest.Manifest, path string, r reach) {
	if since := editions[m.Edition]; c.minor() < since {
		c.find(Finding{Code: EditionUnknown, ID: id, Path: path, Remedy: Remedy{Kind: Mend}, reach: r,
			Reason: fmt.Sprintf("edition %s is known from cargo %s on", m.Edition, versionOf(since))})
	}
}

// editionOf reads that of a package of a registry, if another cargo than ours is meant:
// ours knows those that there are.
func (r *registry) editionOf(w *worker, p *project, one *piece) {
	if r.minor() >= usual || one.size == 0 {
		return
	}
	text, err := w.unpacker.Manifest(r.ctx, p.vouched(one).Archive(one.ID, one.at(r)))
	if err != nil {
		return // what is wrong with the archive is told elsewhere
	}
	if m, err := manifest.Parse(text); err == nil {
		r.checkEdition(one.ID, m, one.at(r).Path, fetching)
	}
}

// at is where the archive of a package lies.
func (one *piece) at(r *registry) home.Archive {
	return home.Archive{Path: filepath.Join(r.cache, one.ID.Stem()+".crate"), Size: one.size}
}
