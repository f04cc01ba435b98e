package verify

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/gitsrc"
	"cargohome/internal/home"
	"cargohome/internal/locate"
)

// NewPackage lists what a home has of one package: archives where Cargo looks for them, what
// is unpacked of them, repositories of its source, and checkouts of its commit. The
// lockfile vouches for the archives, or else the index.
func NewPackage(h *home.Home, pkg *locate.Package) *Plan {
	p := New(h, nil, []locate.Package{*pkg})
	for _, a := range pkg.Archives {
		if a.Trusted {
			p.addArchive(home.Cached{ID: pkg.ID, Archive: a})
		}
	}
	for _, u := range pkg.Unusable {
		p.cannot(Archives, u.Path, u.Err)
	}
	if pkg.From.IsRegistry() {
		p.addSourcesOf(pkg)
	}
	if pkg.From.Kind() == crate.Git {
		for _, name := range home.GitNames(pkg.From) {
			p.addRepository(name, pkg.From.Precise())
		}
	}
	return p
}

// addSourcesOf adds what is unpacked of a package, in each folder of its registry.
func (p *Plan) addSourcesOf(pkg *locate.Package) {
	names := p.home.IndexNames(pkg.From)
	for _, a := range pkg.Archives {
		if a.Trusted {
			names = append(names, a.Registry)
		}
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		path := p.home.SourceDir(name, pkg.ID)
		if _, err := os.Lstat(path); err == nil && name != "" {
			p.addSource(path, name, pkg.ID)
		}
	}
}

// addRepository adds the repository of a name, and the checkouts of a commit beside it.
func (p *Plan) addRepository(name, commit string) {
	path := filepath.Join(p.home.Dir(), filepath.FromSlash(home.DBPath), name)
	if _, err := os.Lstat(path); err == nil {
		p.addDatabase(path)
	}
	for _, short := range p.names(Checkouts, filepath.Join(p.home.Dir(), filepath.FromSlash(home.CheckoutsPath), name)) {
		if strings.HasPrefix(commit, short) {
			p.addCheckout(gitsrc.CheckoutName{Name: name, Short: short})
		}
	}
}
