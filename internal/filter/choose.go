package filter

import (
	"context"
	"errors"
	"fmt"

	"cargohome/crate"
	"cargohome/internal/declared"
	"cargohome/internal/locate"
	"cargohome/internal/lockfile"
	"cargohome/internal/par"
	"cargohome/internal/platform"
	"cargohome/internal/resolve"
	"cargohome/internal/workspace"
)

// Project is a workspace with its lockfile.
type Project struct {
	Name      string               // of the lockfile, for people
	Lock      *lockfile.Lockfile   // never nil
	Workspace *workspace.Workspace // nil if it is not known
	Found     []locate.Package     // what is locked and not the user's own, in any order
}

// Options is what else counts.
type Options struct {
	Jobs      int                                       // archives that are read at the same time
	Registry  func(name string) (crate.SourceID, error) // of cargo's configuration
	Rustflags Rustflags                                 // what rustc is told for a target
	ProcMacro func(*locate.Package) (is, known bool)    // see [declared.Sources]
	// Unpacked is that of [declared.Sources]; nil if archives are read.
	Unpacked func(p *locate.Package, buf []byte) (text []byte, ok bool)
	Reasons  bool // why packages are dropped is asked for
	Gets     bool // what Cargo gets before it builds is, too; see [Choice.Gets]
}

// Choice says of packages whether they are kept.
type Choice struct {
	Targets  []string // that is built for, sorted; none if all platforms are meant
	Hosts    []string // that were counted as what does the building, sorted; none likewise
	Unused   []string // specifications of members that exclude none
	verdicts map[key]Verdict
	macros   map[crate.ID]bool
	gets     map[key]bool
}

// Verdict is what becomes of a package, and why.
type Verdict struct {
	Kept   bool       // or it becomes a stub
	Reason string     // a clause, as "only other platforms need it"; "" for one that is dropped if nobody asked
	Path   []crate.ID // from a member to the package, by the fewest dependencies; may be empty
}

// key tells packages apart, of a repository at whatever commit.
type key struct {
	name, version string
	source        crate.SourceKey
}

func keyOf(id crate.ID) key { return key{id.Name, id.Version, id.Source.Key()} }

// Of returns the verdict on a package. One that nothing was asked about is not kept.
func (c *Choice) Of(id crate.ID) Verdict { return c.verdicts[keyOf(id)] }

// Gets reports whether Cargo gets a package before it builds, and so must find it: one that
// is built, or that lies on the way though no feature turns it on in the end; see
// [resolve.Survey.Accessible]. It was to be asked for.
func (c *Choice) Gets(id crate.ID) bool { return c.gets[keyOf(id)] || c.Of(id).Kept }

// ProcMacro says of a package of which an archive was read whether its library is a
// procedural macro.
func (c *Choice) ProcMacro(id crate.ID) (is, ok bool) {
	is, ok = c.macros[id]
	return is, ok
}

// Choose works out which packages of the projects are built: those that any of them needs.
// The error is as of [resolve.Graph.Resolve], of reading what packages say, of targets
// ([platform.ErrUnknown]), or matches [ErrNoManifest].
func Choose(ctx context.Context, f *Filter, projects []Project, o Options) (*Choice, error) {
	machines, err := f.Machines(o.Rustflags)
	if err != nil {
		return nil, err
	}
	request, err := f.Request()
	if err != nil {
		return nil, err
	}
	request.Targets, request.AnyPlatform = machines.Targets, len(machines.Targets) == 0
	c := &Choice{verdicts: map[key]Verdict{}, macros: map[crate.ID]bool{}, gets: map[key]bool{}}
	c.Targets, c.Hosts = names(machines.Targets), names(machines.Hosts())
	missing := map[string]error{} // by specification that no project so far has
	for i := range projects {
		one, err := c.newChooser(ctx, &projects[i], request, &machines, o)
		if err == nil && len(projects) > 1 && len(f.Packages) > 0 {
			err = one.narrow(missing)
		}
		if err == nil {
			err = one.choose(ctx, c, &o)
		}
		if err != nil && !errors.Is(err, resolve.ErrRequest) {
			err = fmt.Errorf("%s: %w", projects[i].Name, err)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, spec := range f.Packages {
		if missing[spec] != nil {
			return nil, missing[spec]
		}
	}
	return c, nil
}

// chooser works on one project.
type chooser struct {
	*Project
	graph     *resolve.Graph
	workspace *resolve.Workspace
	request   *resolve.Request // without a host
	machines  *Machines
	jobs      int
}

func (to *Choice) newChooser(ctx context.Context, p *Project, request *resolve.Request, machines *Machines, o Options) (*chooser, error) {
	if p.Workspace == nil {
		return nil, ErrNoManifest
	}
	own, err := p.Workspace.PathPackages()
	if err != nil {
		return nil, err
	}
	sources := &declared.Sources{Found: p.Found, Own: own, Registry: o.Registry, ProcMacro: o.ProcMacro, Unpacked: o.Unpacked}
	packages, err := declared.Packages(ctx, o.Jobs, p.Lock, sources)
	if err != nil {
		return nil, err
	}
	for i := range p.Found {
		at := p.Lock.Find(p.Found[i].ID)
		if _, known := sources.IsProcMacro(&p.Found[i]); !known && at >= 0 && len(p.Found[i].Archives) > 0 {
			to.macros[p.Found[i].ID] = packages[at].ProcMacro
		}
	}
	c := &chooser{Project: p, request: request, machines: machines, jobs: o.Jobs}
	if c.workspace, err = declared.Workspace(p.Lock, p.Workspace); err != nil {
		return nil, err
	}
	c.graph, err = resolve.New(p.Lock, packages)
	return c, err
}

// narrow leaves of the packages asked for those that the project has. The others, of which
// no project before it had one either, are missing.
func (c *chooser) narrow(missing map[string]error) error {
	narrow := *c.request
	narrow.Packages = nil
	for _, spec := range c.request.Packages {
		_, err := c.graph.Resolve(c.workspace, &resolve.Request{Packages: []string{spec}, AnyPlatform: true, Kinds: resolve.AllKinds})
		known, was := missing[spec]
		switch {
		case err == nil:
			missing[spec] = nil
			narrow.Packages = append(narrow.Packages, spec)
		case !errors.Is(err, resolve.ErrRequest):
			return err
		case !was || known != nil:
			missing[spec] = err
		}
	}
	c.request = &narrow
	return nil
}

// choose keeps what is built, and what Cargo gets, if that is asked for. Nothing is where
// packages are asked for, and the project has none of them.
func (c *chooser) choose(ctx context.Context, to *Choice, o *Options) error {
	if len(c.request.Packages) == 0 && !c.request.All {
		if o.Reasons {
			c.dismiss(to, unasked)
		}
		return nil
	}
	err := c.build(ctx, to, o.Reasons)
	if err == nil && o.Gets {
		err = c.access(to)
	}
	return err
}

// build keeps what is built on any of the hosts. One that builds on several at once would
// need more than each of them.
func (c *chooser) build(ctx context.Context, to *Choice, reasons bool) error {
	built, err := c.resolve(ctx, c.on(c.machines.Hosts()...))
	if err != nil {
		return err
	}
	to.Unused = append(to.Unused, built[0].Unmatched...)
	for _, one := range built {
		c.keep(one, to)
	}
	if reasons {
		c.explain(to)
	}
	if len(c.request.Targets) > 1 {
		if built, err = c.resolve(ctx, c.alone()); err != nil {
			return err
		}
	}
	return c.prove(built, to)
}

// resolve answers requests, in order.
func (c *chooser) resolve(ctx context.Context, requests []*resolve.Request) ([]*resolve.Resolution, error) {
	answers := make([]*resolve.Resolution, len(requests))
	errs := par.Each(ctx, c.jobs, len(requests), func(i int) (err error) {
		answers[i], err = c.graph.Resolve(c.workspace, requests[i])
		return err
	})
	for _, err := range errs {
		if err != nil {
			return nil, err // the others are likely to say the same
		}
	}
	return answers, nil
}

// on returns the request for each host, and as it is if there is none.
func (c *chooser) on(hosts ...*platform.Target) []*resolve.Request {
	if len(hosts) == 0 {
		return []*resolve.Request{c.request}
	}
	var list []*resolve.Request
	for _, h := range hosts {
		r := *c.request
		r.Hosts = []*platform.Target{h}
		list = append(list, &r)
	}
	return list
}

// alone returns the requests for each target by itself, built there and by each builder.
func (c *chooser) alone() (list []*resolve.Request) {
	for i, t := range c.request.Targets {
		on := c.on(c.machines.hostsOf(i)...)
		for _, r := range on {
			r.Targets = []*platform.Target{t}
		}
		list = append(list, on...)
	}
	return list
}

// keep takes in what is built.
func (c *chooser) keep(built *resolve.Resolution, to *Choice) {
	for i, u := range built.Uses {
		id := keyOf(c.Lock.Packages[u.Package].ID)
		if !to.verdicts[id].Kept {
			to.verdicts[id] = Verdict{true, "it is built", c.path(built, i)}
		}
	}
}

// access adds what Cargo gets, on each of the hosts.
func (c *chooser) access(to *Choice) error {
	survey, err := c.graph.Survey(c.workspace, c.request)
	if err != nil {
		return err
	}
	for _, on := range c.on(c.machines.Hosts()...) {
		for i, gets := range survey.Accessible(on.Kinds, on.Targets, on.Hosts) {
			if gets {
				to.gets[keyOf(c.Lock.Packages[i].ID)] = true
			}
		}
	}
	return nil
}

func (c *chooser) path(r *resolve.Resolution, use int) (path []crate.ID) {
	for _, u := range r.Path(use) {
		path = append(path, c.Lock.Packages[r.Uses[u].Package].ID)
	}
	return path
}

// prove holds the choice against what some builds need.
func (c *chooser) prove(builds []*resolve.Resolution, choice *Choice) error {
	for _, needed := range builds {
		for _, u := range needed.Uses {
			if id := c.Lock.Packages[u.Package].ID; !choice.Of(id).Kept {
				return fmt.Errorf("a fault of the program itself: %s is needed and would be left out", id)
			}
		}
	}
	return nil
}
