package check

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"cargohome/crate"
	"cargohome/internal/compat"
	"cargohome/internal/home"
	"cargohome/internal/manifest"
)

// The cargos that brought what others do not know, as N of 1.N (spec 0); more is in package
// compat.
const (
	usual         = compat.Usual // whose rules these are where nothing is said
	sparseDefault = 70           // crates.io is reached by the sparse protocol
)

// lockVersions are the cargos that first read a version of lockfiles (spec 4.1).
var lockVersions = map[int]int{2: 38, 3: 47, 4: 78}

// editions are the cargos that first took an edition.
var editions = map[string]int{"2018": 31, "2021": 56, "2024": 85}

func versionOf(minor int) string { return fmt.Sprintf("1.%d", minor) }

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
	if !compat.Of(c.minor()).Has(compat.NewNames) {
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

// manifestOf looks at the manifest in an archive that cargo has to unpack: until then nobody
// has read it. Of others it counts where another cargo than ours is meant, as ours knows the
// editions that there are, and where the index asks for a newer rustc, as cargo asks the
// manifest.
func (r *registry) manifestOf(w *worker, p *project, one *piece) {
	if one.size == 0 || one.unpacked && r.minor() >= usual && !r.isTooOld(p.rust[one.number]) {
		return
	}
	text, err := w.unpacker.Manifest(r.ctx, p.vouched(one).Archive(one.ID, one.at(r)))
	if _, unread := errors.AsType[*fs.PathError](err); unread || r.ctx.Err() != nil {
		return // that an archive cannot be read is told elsewhere
	}
	var m *manifest.Manifest
	if err == nil {
		if m, err = manifest.Parse(text); err == nil {
			p.rust[one.number] = m.RustVersion
		}
	}
	newer, ok := errors.AsType[*manifest.NightlyError](err)
	if ok && (r.Manifests.Nightly || 0 < newer.Since && newer.Since <= r.minor()) {
		return
	}
	switch {
	case err != nil:
	case m.Virtual:
		err = errors.New("it is that of a workspace, and no package's")
	case m.Name != one.ID.Name || m.Version != one.ID.Version:
		err = fmt.Errorf("it is of %s %s", m.Name, m.Version)
	case m.Edition != "2015" && editions[m.Edition] == 0:
		err = fmt.Errorf("edition %q is not known", m.Edition)
	default:
		r.checkEdition(one.ID, m, one.at(r).Path, fetching)
		return
	}
	if !one.unpacked {
		r.find(Finding{Code: ArchiveManifest, ID: one.ID, Path: one.at(r).Path, Reason: "cargo cannot use the manifest in it: " + err.Error(), Remedy: Remedy{Kind: Mend}, reach: fetching})
	}
}

// at is where the archive of a package lies.
func (one *piece) at(r *registry) home.Archive {
	return home.Archive{Path: filepath.Join(r.cache, one.ID.Stem()+".crate"), Size: one.size}
}
