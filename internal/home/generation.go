package home

import (
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/gitsrc/object"
	"cargohome/index"
)

// Generation is which Cargos call a folder as it is called: they hash the source, by two
// functions so far (spec 2.4).
type Generation string

// The generations, and what is none.
const (
	Current           Generation = "1.85 and newer"
	Old               Generation = "before 1.85"
	Nightly           Generation = "nightlies of 2023" // of crates.io's sparse index only (spec 2.5)
	UnknownGeneration Generation = ""                  // the source is not known, so the hash says nothing
)

// Owned is a folder of the registry or git folder, as far as it is known whose it is.
type Owned struct {
	Name       string         // of the folder
	Generation Generation     // by which it is called
	Source     crate.SourceID // zero if it is not known

	shallow bool // of the unstable shallow repositories
}

// In returns what the Cargos of a generation call the folders of the source, "" if that is
// not known.
func (o Owned) In(g Generation) string {
	if o.Source == (crate.SourceID{}) {
		return ""
	}
	for _, other := range ownedBy(o.Source) {
		if other.Generation == g && other.shallow == o.shallow {
			return other.Name
		}
	}
	return ""
}

// Owners knows whose the folders of a home are. It is safe for concurrent use.
type Owners struct {
	home                     *Home
	registries, repositories map[string]Owned // by name
}

// Owners finds out whose folders are whose. The hash in a name proves the source that it
// is of: those known are tried, crates.io, what repositories and indexes in git say that
// they were fetched from, and for sparse indexes what their config.json names, as many
// registries have all they offer below one address.
func (h *Home) Owners(known []crate.SourceID) *Owners {
	o := &Owners{h, map[string]Owned{}, map[string]Owned{}}
	for _, src := range append([]crate.SourceID{cratesIO(crate.CratesIOSparse), cratesIO(crate.CratesIOGit)}, known...) {
		o.add(src)
	}
	for _, name := range h.indexNames() {
		if _, ok := o.registries[name]; ok {
			continue
		}
		for _, src := range h.mayIndex(name) {
			if slices.ContainsFunc(ownedBy(src), func(o Owned) bool { return o.Name == name }) {
				o.add(src)
			}
		}
	}
	for _, name := range h.Folders(DBPath) {
		for _, url := range object.Remotes(filepath.Join(h.dir, filepath.FromSlash(DBPath), name)) {
			if src, err := crate.NewGitSource(url, crate.GitRef{Kind: crate.DefaultBranch}); err == nil {
				o.add(src)
			}
		}
	}
	return o
}

// add: of several spellings of a source the first counts.
func (o *Owners) add(src crate.SourceID) {
	to := o.registries
	if src.Kind() == crate.Git {
		to = o.repositories
	}
	for _, owned := range ownedBy(src) {
		if _, ok := to[owned.Name]; !ok {
			to[owned.Name] = owned
		}
	}
}

// Registry tells whose a folder of registry/index, registry/cache or registry/src is.
func (o *Owners) Registry(name string) Owned { return ownerIn(o.registries, name) }

// Repository tells whose a folder of git/db or git/checkouts is.
func (o *Owners) Repository(name string) Owned { return ownerIn(o.repositories, name) }

// Under returns the name by which the Cargos of a generation look for what a folder of a
// registry, or of a repository, has; "" if that is not known, or is its own. Old Cargos read
// crates.io's index in git, newer ones that which they have of the sparse one.
func (o *Owners) Under(owned Owned, g Generation) string {
	if owned.Generation == g {
		return ""
	}
	if g == Current && owned.Source.IsCratesIO() && owned.Source.Kind() == crate.Registry {
		if sparse, _ := Ident(cratesIO(crate.CratesIOSparse)); !missing(o.home.indexDir(sparse)) {
			return sparse
		}
	}
	return owned.In(g)
}

// Folders returns the names of the folders in a part of the home, such as [DBPath], in order.
func (h *Home) Folders(part string) []string {
	return folders(filepath.Join(h.dir, filepath.FromSlash(part)))
}

func ownerIn(known map[string]Owned, name string) Owned {
	if owned, ok := known[name]; ok {
		return owned
	}
	return Owned{Name: name}
}

// ownedBy returns the folders that Cargos have for a source, the most trusted first: by the
// current function, by that of Cargo up to 1.84, and each with the suffix of the unstable
// shallow repositories (spec 2.1). For some time in 2023 nightlies hashed crates.io's sparse
// URL with the number of the git protocol (spec 2.5).
func ownedBy(src crate.SourceID) []Owned {
	const shallow = "-shallow"
	current, old := Ident(src)
	all := []Owned{{Name: current, Generation: Current, Source: src}, {Name: old, Generation: Old, Source: src}}
	switch {
	case src.Kind() == crate.Git || src.Kind() == crate.Registry:
		for _, o := range all[:2] {
			o.Name, o.shallow = o.Name+shallow, true
			all = append(all, o)
		}
	case src.IsCratesIO():
		_, nightly := registryIdent(src, kindNumbers[crate.Registry])
		all = append(all, Owned{Name: nightly, Generation: Nightly, Source: src})
	}
	return slices.DeleteFunc(all, func(o Owned) bool { return !isElement(o.Name) })
}

// maxGuesses bounds how many addresses are tried for an index.
const maxGuesses = 64

// mayIndex returns the registries that a folder of registry/index may be the index of.
func (h *Home) mayIndex(name string) (all []crate.SourceID) {
	var urls []string
	for _, url := range object.Remotes(h.indexDir(name)) { // which git cuts the end off
		urls = append(urls, url, url+".git", url+"/")
	}
	for _, above := range h.offered(name) {
		urls = append(urls, "sparse+"+above, "sparse+"+above+"index/")
	}
	for _, url := range urls[:min(len(urls), maxGuesses)] {
		if src, err := crate.NewRegistrySource(url); err == nil {
			all = append(all, src)
		}
	}
	return all
}

// offered returns the addresses that a sparse index names in its config.json, and all
// above them, each with a slash at its end.
func (h *Home) offered(name string) (urls []string) {
	config, err := index.Sparse(h.indexDir(name)).Config()
	if err != nil {
		return nil
	}
	for _, url := range []string{config.Download, config.API} {
		scheme, rest, ok := strings.Cut(url, "://")
		for parts := strings.Split(rest, "/"); ok && len(parts) > 0; parts = parts[:len(parts)-1] {
			urls = append(urls, scheme+"://"+strings.Join(parts, "/")+"/")
		}
	}
	return urls
}
