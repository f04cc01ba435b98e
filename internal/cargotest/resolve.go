package cargotest

import (
	"encoding/json"
	"slices"
	"strings"

	"cargohome/crate"
)

// Lock returns the packages that Cargo would lock for the project with the
// crates whose index lines are in the home: for each dependency the highest
// version that meets its requirement, yanked or not. Optional dependencies of
// crates count only if a dependency on the crate lists a feature of that name.
//
// A requirement is "*", "=VERSION", or a version with or without "^", of which
// the beginning will do unless it is all zeros: enough for fixtures.
func (h *Home) Lock(p Project) []Locked {
	r := resolver{home: h, project: p, done: map[Ref]int{}}
	r.packages = []Locked{{Ref: Ref{Name: p.Name, Version: p.version()}}}
	for _, d := range p.Deps {
		r.link(0, r.lock(d))
	}
	return r.packages
}

type resolver struct {
	home     *Home
	project  Project
	packages []Locked
	done     map[Ref]int // index into packages
}

// link is called with indices, as packages grows meanwhile.
func (r *resolver) link(from, to int) {
	if ref := r.packages[to].Ref; !slices.Contains(r.packages[from].Deps, ref) {
		r.packages[from].Deps = append(r.packages[from].Deps, ref)
	}
}

// lock returns the index of the package that d means.
func (r *resolver) lock(d Dep) int {
	switch {
	case d.Path:
		return r.add(Locked{Ref: Ref{Name: d.Name, Version: d.Req}})
	case d.Git != "":
		return r.add(Locked{Ref: Ref{d.Name, d.Req, "git+" + d.Git}})
	}
	e := r.best(d)
	i := r.add(Locked{Ref: Ref{e.Name, e.Vers, r.source(d)}, Checksum: e.Cksum})
	for _, dd := range e.Deps {
		if dd.Kind != "dev" && (!dd.Optional || slices.Contains(d.Features, dd.Name)) {
			r.link(i, r.lock(dd.dep(d.Registry)))
		}
	}
	return i
}

func (r *resolver) add(p Locked) int {
	i, ok := r.done[p.Ref]
	if !ok {
		i = len(r.packages)
		r.packages = append(r.packages, p)
		r.done[p.Ref] = i
	}
	return i
}

func (r *resolver) source(d Dep) string {
	switch {
	case d.Registry == "":
		return CratesIOSource
	case strings.HasPrefix(d.Registry, "sparse+"):
		return d.Registry
	}
	return "registry+" + d.Registry
}

// best finds the highest fitting version; a home without the sparse index of
// crates.io may have one of its others.
func (r *resolver) best(d Dep) entry {
	folders := []string{CratesIO, CratesIOOld, CratesIOGit, CratesIOGitOld}
	if d.Registry != "" {
		folders = []string{r.project.Registries[d.Registry]}
	}
	var found []entry
	for _, folder := range folders {
		for _, line := range cachedLines(r.home.t, r.home.Registry(folder).CachePath(d.Name)) {
			var e entry
			check(r.home.t, json.Unmarshal(line, &e))
			if satisfies(e.Vers, d.req()) {
				found = append(found, e)
			}
		}
	}
	if len(found) == 0 {
		r.home.t.Fatalf("the home has no %s %s", d.Name, d.req())
	}
	return slices.MaxFunc(found, func(a, b entry) int { return crate.CompareVersions(a.Vers, b.Vers) })
}

// dep is the dependency as its crate's manifest had it; without a registry of
// its own it is in the crate's.
func (e entryDep) dep(registry string) Dep {
	d := Dep{Name: e.Name, Req: e.Req, Features: e.Features, Registry: registry}
	if e.Package != nil {
		d.Name = *e.Package
	}
	if e.Registry != nil {
		d.Registry = *e.Registry
	}
	return d
}

func satisfies(version, req string) bool {
	if exact, ok := strings.CutPrefix(req, "="); ok {
		return version == strings.TrimSpace(exact)
	}
	req = strings.TrimPrefix(req, "^")
	if req == "*" {
		return !strings.Contains(version, "-")
	}
	return crate.CompareVersions(version, full(req)) >= 0 && series(version) == series(full(req))
}

// full appends the numbers a requirement leaves out.
func full(req string) string {
	core, _, _ := strings.Cut(req, "-")
	return req + strings.Repeat(".0", max(0, 2-strings.Count(core, ".")))
}

// series is the part of a version that compatible ones share: up to its first
// number that is not 0.
func series(version string) string {
	core, _, _ := strings.Cut(version, "-")
	n := 0
	for part := range strings.SplitSeq(core, ".") {
		n += len(part) + 1
		if part != "0" {
			break
		}
	}
	return core[:min(n, len(core))]
}
