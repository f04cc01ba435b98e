package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"cargohome/internal/home"
	"cargohome/internal/lastuse"
	"cargohome/internal/usage"
)

// part is one of those that a result is told by.
type part struct {
	kind usage.Kind
	name string
	size func(*usage.Report) usage.Total
}

var parts = []part{
	{usage.Source, "Sources", sumOf(func(r usage.Registry) usage.Total { return r.Sources })},
	{usage.Checkout, "Checkouts", func(r *usage.Report) usage.Total { return r.Git.Checkouts }},
	{usage.Archive, "Archives", sumOf(func(r usage.Registry) usage.Total { return r.Archives })},
	{usage.Index, "Indexes", sumOf(func(r usage.Registry) usage.Total { return r.Index })},
	{usage.Database, "Repositories", func(r *usage.Report) usage.Total { return r.Git.Databases }},
	{usage.Build, "Builds", func(r *usage.Report) usage.Total { return r.Builds }},
	{usage.Leftover, "Leftovers", func(r *usage.Report) usage.Total { return r.Leftovers }},
}

func sumOf(part func(usage.Registry) usage.Total) func(*usage.Report) usage.Total {
	return func(r *usage.Report) (t usage.Total) {
		for _, reg := range r.Registries {
			t = plus(t, part(reg))
		}
		return t
	}
}

func plus(a, b usage.Total) usage.Total {
	return usage.Total{Count: a.Count + b.Count, Size: usage.Size{Apparent: a.Apparent + b.Apparent, Allocated: a.Allocated + b.Allocated}}
}

func minus(a, b usage.Size) usage.Size {
	return usage.Size{Apparent: a.Apparent - b.Apparent, Allocated: a.Allocated - b.Allocated}
}

// givesBack is what a part takes, without what has names elsewhere.
func (p part) givesBack(r *usage.Report) usage.Total {
	t := p.size(r)
	t.Size = minus(t.Size, r.Elsewhere[p.kind])
	return t
}

// reportClean prints what was removed, or with no outcome what would be.
func (r *run) reportClean(job *cleanJob, out *usage.Outcome, took time.Duration) error {
	gives := job.plan.Gives
	if out != nil {
		gives = out.Gives
	}
	r.summarizeClean(job, gives, out == nil, took)
	r.summarizeMoves(job.plan, out == nil)
	r.summarizeThins(job.plan, out == nil)
	switch {
	case r.flags.format == "json":
		return r.out.json(cleanAsJSON(job, out, gives))
	case out == nil:
		if err := r.printPlan(job.plan); err != nil {
			return err
		}
	}
	return r.printCachePaths(job)
}

func (r *run) summarizeClean(job *cleanJob, gives map[usage.Kind]usage.Total, dryRun bool, took time.Duration) {
	before := job.plan.Before
	var all usage.Total
	for _, part := range parts {
		all = plus(all, gives[part.kind])
	}
	takes := before.GivesBack()
	text := fmt.Sprintf("%s: %s ⇒ %s on the disk", plural(all.Count, "item", "items"), size(takes.Allocated), size(takes.Allocated-all.Allocated))
	if dryRun {
		r.out.status("Would remove", "%s", text)
	} else {
		r.out.status("Removed", "%s, in %.2fs", text, took.Seconds())
	}
	for _, part := range parts {
		give, was := gives[part.kind], part.givesBack(before)
		if give.Count > 0 || give.Allocated != 0 {
			text := fmt.Sprintf("%s ⇒ %s, %s back", size(was.Allocated), size(was.Allocated-give.Allocated), size(give.Allocated))
			if part.kind != usage.Index { // of which single entries may go
				text += fmt.Sprintf(" from %d of %d", give.Count, was.Count)
			}
			r.out.status(part.name, "%s", text)
		}
	}
}

// summarizeMoves: what is moved is where Cargo looks for it since 1.94.
func (r *run) summarizeMoves(plan *usage.Plan, dryRun bool) {
	done := 0
	for _, m := range plan.Moves {
		from := plural(len(m.From), "checkout", "checkouts")
		switch {
		case dryRun:
			r.out.status("Would move", "%s of submodules from %s to git/db/%s", plural(len(m.Commits), "commit", "commits"), from, m.Name)
		case m.Err == nil:
			done++
			r.out.status("Moved", "%s of submodules from %s to git/db/%s", plural(len(m.Commits), "commit", "commits"), from, m.Name)
		}
	}
	if done > 0 {
		r.out.note("cargo before 1.94 keeps submodules in checkouts only: for it, `cargohome checkout` brings them back")
	}
}

func (r *run) summarizeThins(plan *usage.Plan, dryRun bool) {
	for _, t := range plan.Thins {
		commits := plural(len(t.Commits), "commit", "commits")
		switch {
		case dryRun:
			r.out.status("Would reduce", "%s (%s) to %s", t.Name, size(t.Before.Allocated), commits)
		case t.Err == nil:
			r.out.status("Reduced", "%s to %s: %s ⇒ %s", t.Name, commits, size(t.Before.Allocated), size(t.After.Allocated))
		default:
			r.out.note(fmt.Sprintf("%q is left as it is: %v", t.Name, t.Err))
		}
	}
}

// printPlan prints what goes, on stdout.
func (r *run) printPlan(plan *usage.Plan) error {
	t := &table{out: r.out}
	removals := slices.Concat(plan.Removals, plan.Stale)
	if len(removals) > 0 {
		t.head("", "apparent", "on disk", "", "last use", "why")
	}
	for _, i := range removals {
		t.row(i.Path(), size(i.Back.Apparent), size(i.Back.Allocated), "", lastUse(i.Last, i.From, lastuse.Cargo), i.Reason)
	}
	return t.print()
}

// cacheNames are what a cache of CI holds, as far as it is there. Sources and
// checkouts take longer to bring back than to make anew; credentials are nobody's.
var cacheNames = []string{".crates.toml", ".crates2.json", "bin", "registry/index", "registry/cache", "git/db"}

// cachePaths returns the paths to cache, and the names of rustup's proxies in bin: those
// are of the machine's rustup, and where a cache brings back others it no longer works.
func (j *cleanJob) cachePaths() (paths, proxies []string) {
	for _, name := range cacheNames {
		path := filepath.Join(j.home, filepath.FromSlash(name))
		if _, err := os.Lstat(path); err != nil {
			continue
		}
		if name == "bin" {
			var own []string
			if own, proxies = home.Binaries(path); len(proxies) > 0 {
				for _, binary := range own {
					paths = append(paths, filepath.Join(path, binary))
				}
				continue
			}
		}
		paths = append(paths, path)
	}
	return paths, proxies
}

func (r *run) printCachePaths(job *cleanJob) error {
	if !job.sel.CI {
		return nil
	}
	paths, proxies := job.cachePaths()
	if len(proxies) > 0 {
		r.out.note(fmt.Sprintf("rustup's own files in bin are left out of the paths to cache: %s", strings.Join(proxies, ", ")))
	}
	for _, path := range paths {
		if err := r.out.write(shownLine(path) + "\n"); err != nil {
			return err
		}
	}
	return nil
}
