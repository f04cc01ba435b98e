package check

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"cargohome/crate"
	"cargohome/internal/compat"
	"cargohome/internal/config"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/par"
)

// Options say what is looked at.
type Options struct {
	Jobs      int            // packages looked at at the same time, 0 for as many as processors
	Dir       string         // the current folder, whose workspace is meant if nothing else is
	Manifest  string         // a Cargo.toml, "" for that of Dir
	Lockfiles []string       // read in place of the workspace's; without Manifest they need none
	Home      *home.Home     // never nil
	Config    *config.Config // cargo's, of Dir
	Arguments []string       // that were given to it: KEY=VALUE, or files
	NamedHome bool           // Home is not the one that cargo would use by itself
	// Proven are archives, by their paths, that are known to be what the index says: they
	// are not hashed.
	Proven map[string]bool
	// Manifests says how the manifests of packages are taken.
	Manifests locate.Manifests

	// Vendor is a vendor folder, and Registry a local registry, absolute, out of which all
	// is to come, whatever the configuration says; "" for none. That it says so is made
	// sure of.
	Vendor, Registry string
	Selection        *Selection   // what is built; nil for anything
	Portable, Git    bool         // whether vendor folders can be carried to other systems, and by git
	Cargo            int          // N of the cargo 1.N that is meant; 0 for 1.95
	Made             *compat.Rule // by which vendor folders are to be made; nil for any
}

// Report is what was found.
type Report struct {
	Findings []Finding // by remedy, then code and package
	Packages int       // of the lockfiles, the user's own left out
	Patched  []Patched // vendored packages that were patched on purpose
	Notes    []string  // of what is as it should be for the cargo that is meant, and not for others
}

// Patched is a vendored package that was patched on purpose.
type Patched struct {
	ID   crate.ID // as it is locked
	Path string   // of its folder
	Why  string   // as it was recorded
}

// Run looks at everything. What is wrong is in the report; the error is that nothing can be
// looked at, or that of ctx.
func Run(ctx context.Context, o *Options) (*Report, error) {
	report, err := once(ctx, o)
	for _, pause := range pauses {
		if err != nil || !report.isRecent(time.Now()) {
			break
		}
		if err := par.Sleep(ctx, pause); err != nil {
			return nil, err
		}
		first := report
		if report, err = once(ctx, o); err == nil {
			report.keep(first)
		}
	}
	return report, err
}

// once looks at everything once.
func once(ctx context.Context, o *Options) (*Report, error) {
	c := &checker{Options: o, ctx: ctx, registries: map[crate.SourceID]*registry{}, directories: map[crate.SourceID]*directory{}}
	defer c.close()
	c.checkKeys()
	replaced, err := o.Config.Sources(true)
	if err != nil {
		c.find(Finding{Code: SourceBroken, Reason: err.Error(), Remedy: Remedy{Kind: Configure}})
		return c.done()
	}
	c.replaced, c.sources = replaced, locate.NewSources(o.Home, replaced, o.Manifests)
	c.lockable()
	c.checkOverrides()
	c.checkTools()
	projects, err := c.projects()
	if err != nil {
		return nil, err
	}
	for _, p := range projects {
		first := len(c.report.Findings)
		if err := c.project(p); err != nil {
			return nil, err
		}
		c.aim(first, p.manifest)
	}
	if err := c.carried(); err != nil {
		return nil, err
	}
	return c.done()
}

// Misconfigured is the report of what is found where cargo's configuration cannot be read.
func Misconfigured(ctx context.Context, o *Options, err error) *Report {
	c := &checker{Options: o, ctx: ctx}
	c.find(Finding{Code: ConfigBroken, Reason: err.Error(), Remedy: Remedy{Kind: Configure}})
	report, _ := c.done()
	return report
}

// checker is one run.
type checker struct {
	*Options
	ctx         context.Context
	replaced    *config.SourceMap
	sources     *locate.Sources
	registries  map[crate.SourceID]*registry
	directories map[crate.SourceID]*directory

	overrides map[string]override // that `paths` names, by name

	checkouts atomic.Int64 // files that cargo has to check out
	unasked   bool         // the configuration does not have all come from the folder that was asked about

	mu       sync.Mutex
	report   Report
	filtered bool // a vendor folder has less than all of what it is for
}

// find takes in a finding. It is safe for concurrent use.
func (c *checker) find(f Finding) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.report.Findings = append(c.report.Findings, f)
}

// patch takes in a package that was patched on purpose.
func (c *checker) patch(p Patched) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.report.Patched = append(c.report.Patched, p)
}

// filter notes that a vendor folder was filtered.
func (c *checker) filter() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.filtered = true
}

func (c *checker) done() (*Report, error) {
	c.aim(0, c.Manifest)
	for i := range c.report.Findings {
		f := &c.report.Findings[i]
		f.Remedy.Command = c.line(f, f.Remedy.Command, false)
	}
	slices.SortFunc(c.report.Findings, compareFindings)
	slices.SortFunc(c.report.Patched, func(a, b Patched) int { return a.ID.Compare(b.ID) })
	c.report.Findings = slices.CompactFunc(c.report.Findings, func(a, b Finding) bool { return compareFindings(a, b) == 0 })
	for i := range c.report.Findings {
		f := &c.report.Findings[i]
		if f.reach == all && f.Breaks == nil {
			f.Breaks = everything
		}
		f.Breaks = c.lines(f, f.Breaks)
		if c.filtered && strings.Contains(f.Remedy.Command, "cargohome vendor ") {
			f.Reason += "; the folder was filtered, and needs the same flags again"
		}
	}
	return &c.report, c.ctx.Err()
}

func (c *checker) close() {
	for _, r := range c.registries {
		r.close()
	}
}

// project looks at one lockfile, and at what it needs: first at all that says what packages
// need, and then, beside what follows from that, at their archives.
func (c *checker) project(p *project) error {
	if p.lock == nil {
		return nil
	}
	first := len(c.report.Findings)
	c.checkVersion(p)
	c.checkFiles(p)
	pieces := c.place(p)
	c.report.Packages += len(pieces)
	c.each(pieces, func(w *worker, one *piece) { c.look(w, p, one) })
	if err := c.git(p, pieces); err != nil {
		return err
	}
	var needs *needs
	var resolved sync.WaitGroup
	resolved.Go(func() { needs = c.resolve(p) })
	c.each(pieces, func(w *worker, one *piece) { c.archive(w, p, one) })
	c.later(p, pieces)
	c.room(pieces)
	resolved.Wait()
	c.override(needs)
	needs.checkRust(c)
	if c.Selection != nil {
		if needs.work(); needs.err != nil {
			return needs.err
		}
	}
	here := needs.here(c.Selection)
	c.each(pieces, func(w *worker, one *piece) { c.source(w, p, one, here[one.number]) })
	if err := c.ctx.Err(); err != nil {
		return err
	}
	if c.Selection != nil {
		c.report.Findings = slices.DeleteFunc(c.report.Findings, func(f Finding) bool { return !needs.counts(&f) })
	}
	for i := first; i < len(c.report.Findings); i++ {
		needs.tell(&c.report.Findings[i])
	}
	c.unread(p)
	return nil
}

// each does something with each package, on all processors.
func (c *checker) each(pieces []piece, work func(w *worker, one *piece)) {
	par.Do(c.ctx, c.Jobs, len(pieces), newWorker, func(w *worker, i int) error {
		work(w, &pieces[i])
		return nil
	})
}

// piece is a locked package that is not the user's own.
type piece struct {
	locate.Placed
	number   int       // in the lockfile
	size     int64     // of its archive, in bytes
	unpacked bool      // cargo believes that it is, and the archive may be sound
	marked   time.Time // when its .cargo-ok was written
	noted    time.Time // the same by the clock of the file system
	later    time.Time // when something was done to the archive, if that was after it was unpacked
}

// place finds out where the packages of a lockfile are read from.
func (c *checker) place(p *project) (pieces []piece) {
	bad := map[crate.SourceID]bool{}
	for i := range p.lock.Packages {
		id := p.lock.Packages[i].ID
		c.checkLocked(p, &p.lock.Packages[i])
		if id.Source.Kind() == crate.Path {
			continue
		}
		from, err := c.of(id.Source)
		if err != nil {
			if !bad[id.Source] {
				bad[id.Source] = true
				c.find(Finding{Code: SourceBroken, ID: crate.ID{Source: id.Source}, Reason: err.Error(), Remedy: Remedy{Kind: Configure}})
			}
			continue
		}
		c.prepare(from)
		one := piece{Placed: locate.Placed{ID: id, From: from}, number: i}
		if r := c.registries[from]; r != nil {
			r.index.Expect(one.At().Name, one.At().Version)
		}
		pieces = append(pieces, one)
	}
	return pieces
}

// prepare makes what the packages of a source share, before goroutines look at them.
func (c *checker) prepare(from crate.SourceID) {
	switch {
	case from.IsRegistry():
		if c.registries[from] == nil {
			c.registries[from] = c.openRegistry(from)
		}
	case from.Kind() == crate.Directory:
		if c.directories[from] == nil {
			c.directories[from] = c.openDirectory(from)
		}
	}
}

// look finds out what one package needs. Those of repositories are looked at together.
func (c *checker) look(w *worker, p *project, one *piece) {
	switch {
	case one.From.IsRegistry():
		c.registries[one.From].lookUp(p, one)
	case one.From.Kind() == crate.Directory:
		c.directories[one.From].look(w, p, one)
	case one.From.Kind() != crate.Git:
		c.find(Finding{Code: SourceBroken, ID: one.ID, Reason: fmt.Sprintf("nothing is read from a source of kind %v", one.From.Kind()), Remedy: Remedy{Kind: Configure}})
	}
}

// archive looks at the archive of a package, if it has one.
func (c *checker) archive(w *worker, p *project, one *piece) {
	if r := c.registries[one.From]; r != nil {
		r.archive(w, p, one)
	}
}

// source looks at what was unpacked of it. Of what nothing on this machine compiles cargo
// reads no more than the manifest.
func (c *checker) source(w *worker, p *project, one *piece, here bool) {
	if one.unpacked {
		c.registries[one.From].source(w, p, one, here)
	}
}
