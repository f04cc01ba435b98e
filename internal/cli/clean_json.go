package cli

import (
	"slices"

	"cargohome/internal/lastuse"
	"cargohome/internal/project"
	"cargohome/internal/usage"
)

// cleanJSON is what --format json prints, format 1.
type cleanJSON struct {
	Format     int           `json:"format"`
	DryRun     bool          `json:"dry_run,omitempty"`
	Home       string        `json:"home"`
	Before     usage.Size    `json:"before"`
	After      usage.Size    `json:"after"`
	Parts      []partJSON    `json:"parts"`
	Items      []removalJSON `json:"items"`
	Short      int64         `json:"short,omitempty"` // bytes more than --until-size allows
	Keep       *keepJSON     `json:"keep,omitempty"`
	Spared     []problemJSON `json:"spared,omitempty"`
	Unknown    []string      `json:"unknown_needs,omitempty"` // why no repository and no checkout goes
	Moved      []moveJSON    `json:"moved,omitempty"`
	Thinned    []thinJSON    `json:"thinned,omitempty"`
	CachePaths []string      `json:"cache_paths,omitempty"`
	Proxies    []string      `json:"rustup_proxies,omitempty"` // names in bin that are left out of these
	Problems   []problemJSON `json:"problems,omitempty"`
}

// partJSON is what one kind of items took, and gave back.
type partJSON struct {
	Kind    usage.Kind `json:"kind"`
	Removed int        `json:"removed"`
	Before  usage.Size `json:"before"`
	After   usage.Size `json:"after"`
}

// keepJSON is what was found to keep things for.
type keepJSON struct {
	Lockfiles []string `json:"lockfiles"`
	Unlocked  []string `json:"without_lockfile,omitempty"` // folders of projects that have none
}

type removalJSON struct {
	Kind usage.Kind `json:"kind"`
	Path string     `json:"path"` // below the home
	usage.Size
	Reason    string         `json:"reason"`
	Expensive bool           `json:"expensive,omitempty"` // needs a network again
	LastUse   int64          `json:"last_use,omitempty"`
	From      lastuse.Origin `json:"last_use_from,omitempty"`
	Action    string         `json:"action,omitempty"` // "removed" or "failed"
	Error     string         `json:"error,omitempty"`
}

// moveJSON is a repository that gets what only checkouts had.
type moveJSON struct {
	Path    string   `json:"path"`
	Commits []string `json:"commits"`
	From    []string `json:"from"`
	Error   string   `json:"error,omitempty"` // why the checkouts stay
}

type thinJSON struct {
	Path    string      `json:"path"`
	Commits []string    `json:"commits"`
	Before  usage.Size  `json:"before"`
	After   *usage.Size `json:"after,omitempty"`
	Error   string      `json:"error,omitempty"` // why it is left as it was
}

func cleanAsJSON(job *cleanJob, out *usage.Outcome, gives map[usage.Kind]usage.Total) cleanJSON {
	plan := job.plan
	v := cleanJSON{Format: 1, DryRun: out == nil, Home: job.home, Before: plan.Before.GivesBack(), After: plan.Before.GivesBack(), Parts: []partJSON{}, Items: []removalJSON{}, Short: plan.Short}
	for _, part := range parts {
		give, was := gives[part.kind], part.givesBack(plan.Before)
		v.After = minus(v.After, give.Size)
		if was.Count > 0 || give.Count > 0 {
			v.Parts = append(v.Parts, partJSON{part.kind, give.Count, was.Size, minus(was.Size, give.Size)})
		}
	}
	removals := plan.Removals
	if out == nil {
		removals = slices.Concat(removals, plan.Stale)
	}
	for _, r := range removals {
		v.Items = append(v.Items, describeRemoval(r, out == nil))
	}
	if job.sel.Keep != nil {
		v.Keep = describeKeep(job.keep)
	}
	for _, m := range plan.Moves {
		v.Moved = append(v.Moved, describeMove(m))
	}
	for _, t := range plan.Thins {
		v.Thinned = append(v.Thinned, describeThin(t))
	}
	for _, s := range plan.Spared {
		v.Spared = append(v.Spared, problemJSON{s.Path, s.Why.Error()})
	}
	if job.sel.Keep != nil {
		for _, err := range job.sel.Keep.Unknown {
			v.Unknown = append(v.Unknown, err.Error())
		}
	}
	for _, p := range plan.Before.Problems {
		v.Problems = append(v.Problems, problemJSON{p.Path, p.Err.Error()})
	}
	if job.sel.CI {
		v.CachePaths, v.Proxies = job.cachePaths()
	}
	return v
}

func describeKeep(search *project.Search) *keepJSON {
	v := &keepJSON{Lockfiles: []string{}}
	for _, l := range search.Locks {
		v.Lockfiles = append(v.Lockfiles, l.Name)
	}
	for _, p := range search.Unlocked {
		v.Unlocked = append(v.Unlocked, p.Name)
	}
	return v
}

func describeRemoval(r *usage.Removal, dryRun bool) removalJSON {
	v := removalJSON{
		Kind: r.Kind, Path: r.Path(), Size: r.Back, Reason: r.Reason, Expensive: !r.Kind.Rebuildable(),
		LastUse: r.Last, From: r.From,
	}
	switch err := r.Err(); {
	case dryRun:
	case err != nil:
		v.Action, v.Error = "failed", err.Error()
	default:
		v.Action = "removed"
	}
	return v
}

func describeMove(m *usage.Move) moveJSON {
	v := moveJSON{Path: m.Path(), Commits: m.Commits, From: m.From}
	if m.Err != nil {
		v.Error = m.Err.Error()
	}
	return v
}

func describeThin(t *usage.Thin) thinJSON {
	v := thinJSON{Path: t.Path(), Commits: t.Commits, Before: t.Before}
	switch {
	case t.Err != nil:
		v.Error = t.Err.Error()
	case t.After != usage.Size{}:
		v.After = &t.After
	}
	return v
}
