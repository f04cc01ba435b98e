package check

import (
	"errors"
	"fmt"

	"cargohome/crate"
	"cargohome/internal/declared"
	"cargohome/internal/platform"
	"cargohome/internal/resolve"
)

// resolve makes sure that the lockfile is in step with the manifests, and says who needs
// which package. Cargo makes the lockfile anew in every command, and with --locked gives up
// if that comes to another one (cargo 1.95: resolve_with_registry, write_pkg_lockfile). It
// is guided by the lockfile, so that the two are the same if, and only if, for each
// dependency that some feature turns on the lockfile has a package that fits, has nothing
// beside, and has no packages that exclude each other.
func (c *checker) resolve(p *project) *needs {
	host, _ := platform.Find(platform.Here())
	if c.Selection != nil && len(c.Selection.Hosts) > 0 {
		host = c.Selection.Hosts
	}
	n := &needs{p: p, host: host, selections: selectionsOf(c.Selection, host)}
	if p.ws == nil || !c.checkOwn(p) {
		return n
	}
	ws, err := declared.Workspace(p.lock, p.ws)
	if err == nil {
		var g *resolve.Graph
		n.packages = c.declare(p)
		if g, err = resolve.New(p.lock, n.packages); err == nil {
			n.all, err = c.step(p, g, ws)
			n.g, n.ws = g, ws
		}
	}
	if err != nil {
		n.g = nil
		c.stale(p, crate.ID{}, err.Error())
	}
	return n
}

func (c *checker) stale(p *project, id crate.ID, reason string) {
	c.find(Finding{Code: LockStale, ID: id, Path: p.path, Reason: reason, Remedy: Remedy{Relock, p.relock()}})
}

// checkOwn compares the user's own packages with those that are locked.
func (c *checker) checkOwn(p *project) bool {
	whole := true
	for _, m := range p.ws.Members {
		id := crate.ID{Name: m.Name, Version: m.Version}
		if p.lock.Find(id) >= 0 {
			continue
		}
		whole = false
		reason := "it is not locked"
		for _, locked := range p.lock.Packages {
			if locked.ID.Name == m.Name && locked.ID.Source == (crate.SourceID{}) {
				reason += ", but in version " + locked.ID.Version
			}
		}
		c.stale(p, id, reason)
	}
	return whole
}

// declare returns what the packages say they need. One of which that is not known is taken
// to need what is locked for it.
func (c *checker) declare(p *project) []resolve.Package {
	sources := &declared.Sources{Registry: c.Config.Registry}
	all, exactly := make([]resolve.Package, len(p.lock.Packages)), make([]string, len(p.lock.Packages))
	for i := range exactly {
		exactly[i] = "=" + p.lock.Packages[i].ID.Version
	}
	for i := range all {
		locked := &p.lock.Packages[i]
		var err error = errUnknown
		switch own := p.ownPackage(locked.ID); {
		case locked.ID.Source == (crate.SourceID{}) && own != nil:
			all[i], err = sources.FromManifest(own, locked.ID.Source), nil
			p.links[i], p.rust[i] = own.Links, own.RustVersion
		case p.declared[i] != nil:
			all[i], err = *p.declared[i], nil
		}
		if err != nil {
			all[i] = p.asLocked(i, exactly)
		}
	}
	return all
}

var errUnknown = errors.New("it is not known what it needs")

// asLocked makes of what is locked for a package what it needs, by requirements for just that.
func (p *project) asLocked(number int, exactly []string) (out resolve.Package) {
	ends := p.lock.Packages[number].Dependencies
	out.Dependencies = make([]resolve.Dependency, len(ends))
	for i, to := range ends {
		id := p.lock.Packages[to].ID
		out.Dependencies[i] = resolve.Dependency{Name: id.Name, Package: id.Name, Requirement: exactly[to], Source: id.Source, DefaultFeatures: true}
	}
	return out
}

// step compares the lockfile with what the manifests ask for, which it returns. The error is
// that nothing could be compared.
func (c *checker) step(p *project, g *resolve.Graph, ws *resolve.Workspace) (*resolve.Survey, error) {
	all, err := g.Survey(ws, &resolve.Request{All: true, AllFeatures: true})
	if err != nil {
		return nil, err
	}
	patches, err := c.patches(p)
	if err != nil {
		return nil, err
	}
	root, err := p.ws.RootManifest()
	if err != nil {
		return nil, err
	}
	s := stepper{checker: c, p: p, patches: patches, members: ws.Members, reached: make([]bool, len(p.lock.Packages)), linked: make([][]bool, len(p.lock.Packages)), ends: map[int]int{}, names: map[[2]int]string{}}
	for _, m := range ws.Members {
		s.reached[m] = true
	}
	links := all.Links()
	for _, l := range links {
		s.follow(l)
	}
	s.rest()
	s.checkSeries(links)
	s.checkLinks()
	s.checkCycles(links)
	s.checkFeatures(links)
	s.checkPatches()
	s.checkReplaced(root.Replaced)
	return all, nil
}

type stepper struct {
	*checker
	p       *project
	patches []patch
	members []int
	reached []bool
	linked  [][]bool          // of each package, which of its locked dependencies are needed; nil if none was looked at
	ends    map[int]int       // see lockedFor
	names   map[[2]int]string // what code calls a dependency of the user's own
}

// follow looks at one dependency that some feature turns on.
func (s *stepper) follow(l resolve.Link) {
	from, d := &s.p.lock.Packages[l.From], l.Dependency
	wanted := d.Package
	if d.Requirement != "" {
		wanted += " " + d.Requirement
	}
	switch {
	case l.To < 0:
		s.stale(s.p, from.ID, fmt.Sprintf("it needs %s, and nothing that fits is locked", wanted))
		return
	case l.Elsewhere && !s.isPatched(d, s.p.lock.Packages[l.To].ID):
		s.stale(s.p, from.ID, fmt.Sprintf("it needs %s of another source than is locked", wanted))
	case !l.Elsewhere && s.isOutdone(d, s.p.lock.Packages[l.To].ID):
		s.stale(s.p, from.ID, fmt.Sprintf("it needs %s, in place of which there is a [patch] that is not locked", wanted))
	}
	s.checkFolder(l)
	s.checkName(l)
	if i, is := s.lockedFor(l.From)[l.To]; is {
		s.linked[l.From][i] = true
		s.reach(s.p.lock.Packages[l.From].Dependencies[i])
		return
	}
	s.reach(l.To)
	s.stale(s.p, from.ID, fmt.Sprintf("it needs %s, which the lockfile has not among its dependencies", wanted))
}

// lockedFor returns which of the dependencies that the lockfile has for a package comes to what;
// the first, if several come to one. It is asked in the order of the packages.
func (s *stepper) lockedFor(number int) map[int]int {
	if s.linked[number] != nil {
		return s.ends
	}
	locked := s.p.lock.Packages[number].Dependencies
	s.linked[number] = make([]bool, len(locked))
	clear(s.ends)
	for i, to := range locked {
		if _, taken := s.ends[s.final(to)]; !taken {
			s.ends[s.final(to)] = i
		}
	}
	return s.ends
}

// checkFolder compares the package in a folder, as it is now, with what is locked for a
// dependency on it.
func (s *stepper) checkFolder(l resolve.Link) {
	d, from, to := l.Dependency, s.p.lock.Packages[l.From].ID, s.p.lock.Packages[l.To].ID
	if d.Dir == "" {
		return
	}
	m := s.p.folders[d.Dir]
	if m == nil {
		s.broken(from, "it needs %s, and there is no package in %s", d.Package, d.Dir)
	} else if err := holds(m, d.Package, d.Requirement); err != nil {
		s.broken(from, "it needs %s: %v", d.Package, err)
	} else if m.Version != to.Version {
		s.stale(s.p, to, "in its folder is version "+m.Version)
	}
}

// reach notes a package, and what [replace] puts in its place.
func (s *stepper) reach(number int) {
	s.reached[number], s.reached[s.final(number)] = true, true
}

// final is what [replace] puts in place of a package.
func (s *stepper) final(number int) int {
	if id := s.p.lock.Packages[number].Replace; id != nil {
		if at := s.p.lock.Find(*id); at >= 0 {
			return at
		}
	}
	return number
}

// rest tells of what is locked and not needed.
func (s *stepper) rest() {
	for i := range s.p.lock.Packages {
		locked := &s.p.lock.Packages[i]
		if s.forgotten(i) {
			continue
		}
		if !s.reached[i] {
			s.stale(s.p, locked.ID, "it is locked, and nothing needs it")
			continue
		}
		for n, to := range locked.Dependencies {
			if (s.linked[i] == nil || !s.linked[i][n]) && !s.forgotten(to) {
				s.stale(s.p, locked.ID, fmt.Sprintf("the lockfile has %s among its dependencies, and it does not need that", s.p.lock.Packages[to].ID))
			}
		}
	}
}

// forgotten reports whether Cargo passes over what is locked.
func (s *stepper) forgotten(number int) bool {
	return !s.reached[number] && s.p.isGone(s.p.lock.Packages[number].ID)
}
