package ui

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"cargohome/internal/lastuse"
	"cargohome/internal/project"
	"cargohome/internal/usage"
)

// Cleaned is what clean did, or would do.
type Cleaned struct {
	Format     Format1          `json:"format"`                   // 1
	DryRun     bool             `json:"dry_run,omitempty"`        // nothing was done
	Home       string           `json:"home"`                     // absolute
	Before     usage.Size       `json:"before"`                   // that removing all of the home would have given back
	After      usage.Size       `json:"after"`                    // that it would give back now
	Parts      []CleanedPart    `json:"parts"`                    // in order of [usage.Kinds]
	Items      []RemovedItem    `json:"items"`                    // in order of Path
	Short      int64            `json:"short,omitempty"`          // bytes more than --until-size allows
	Keep       *KeptLockfiles   `json:"keep,omitempty"`           // nil if nothing was to be kept
	Spared     []Problem        `json:"spared,omitempty"`         // selected items that stay, in order of Path
	Unknown    []string         `json:"unknown_needs,omitempty"`  // why no repository and no checkout goes
	Moved      []MovedCommits   `json:"moved,omitempty"`          // in order of Path
	Thinned    []ThinRepository `json:"thinned,omitempty"`        // in order of Path
	CachePaths []string         `json:"cache_paths,omitempty"`    // what a cache of CI is to hold, absolute
	Proxies    []string         `json:"rustup_proxies,omitempty"` // names in bin that are left out of these
	Problems   []Problem        `json:"problems,omitempty"`       // the first of what could not be looked at

	Limit  string        `json:"-"` // of --until-size, as typed
	Took   time.Duration `json:"-"` // the whole run
	failed []usage.Failure
}

// CleanedPart is what one kind of items took, and gave back.
type CleanedPart struct {
	Kind    usage.Kind `json:"kind"`    // of the items
	Removed int        `json:"removed"` // items
	Before  usage.Size `json:"before"`  // as in [Cleaned]
	After   usage.Size `json:"after"`   // as in [Cleaned]

	count int // before
}

// KeptLockfiles is what was found to keep things for.
type KeptLockfiles struct {
	Lockfiles []string `json:"lockfiles"`                  // for people
	Unlocked  []string `json:"without_lockfile,omitempty"` // folders of projects that have none
}

// RemovedItem is an item that goes.
type RemovedItem struct {
	Kind usage.Kind `json:"kind"` // of item
	Path string     `json:"path"` // below the home, '/'-separated
	usage.Size
	Reason    string         `json:"reason"`                  // it goes
	Expensive bool           `json:"expensive,omitempty"`     // needs a network again
	LastUse   int64          `json:"last_use,omitempty"`      // in Unix seconds
	From      lastuse.Origin `json:"last_use_from,omitempty"` // who says so
	Action    string         `json:"action,omitempty"`        // "removed" or "failed", "" in a dry run
	Error     string         `json:"error,omitempty"`         // why it failed
}

// MovedCommits is a repository that gets what only checkouts had.
type MovedCommits struct {
	Path    string   `json:"path"`            // below the home
	Commits []string `json:"commits"`         // that it gets
	From    []string `json:"from"`            // below the home
	Error   string   `json:"error,omitempty"` // why the checkouts stay
}

// ThinRepository is a repository that is reduced to some commits.
type ThinRepository struct {
	Path    string      `json:"path"`            // below the home
	Commits []string    `json:"commits"`         // that it keeps, in order
	Before  usage.Size  `json:"before"`          // its files with several names counted
	After   *usage.Size `json:"after,omitempty"` // nil in a dry run, and if it is as it was
	Error   string      `json:"error,omitempty"` // why it is left as it was
}

// NewCleaned tells of a plan for a home and of what carrying it out came to, nil if that
// was not to be. The search is what things were kept for.
func NewCleaned(home string, plan *usage.Plan, sel *usage.Selection, search *project.Search, out *usage.Outcome) *Cleaned {
	v := &Cleaned{DryRun: out == nil, Home: home, Short: plan.Short, Items: []RemovedItem{}, Problems: newProblems(plan.Before.Problems)}
	v.addSpared(plan.Spared)
	if out == nil {
		v.addParts(plan.Before, plan.Gives)
		v.addPlan(plan)
	} else {
		v.addParts(plan.Before, out.Gives)
		v.addOutcome(out)
	}
	if sel.Keep != nil {
		v.addKept(search, sel.Keep)
	}
	if sel.CI {
		v.CachePaths, v.Proxies = usage.CachePaths(home)
		for _, s := range plan.Spared {
			if errors.Is(s, usage.ErrOldSubmodules) {
				v.CachePaths = append(v.CachePaths, filepath.Join(home, filepath.FromSlash(s.Path)))
			}
		}
	}
	return v
}

func (v *Cleaned) addParts(before *usage.Report, gives map[usage.Kind]usage.Total) {
	v.Before, v.After, v.Parts = before.GivesBack(), before.GivesBack(), []CleanedPart{}
	for _, kind := range usage.Kinds {
		give, was := gives[kind], before.GivesBackOf(kind)
		v.After = v.After.Minus(give.Size)
		if was.Count > 0 || give.Count > 0 {
			v.Parts = append(v.Parts, CleanedPart{kind, give.Count, was.Size, was.Minus(give.Size), was.Count})
		}
	}
}

func (v *Cleaned) addKept(search *project.Search, needs *usage.Needs) {
	v.Keep = &KeptLockfiles{Lockfiles: []string{}}
	for _, l := range search.Locks {
		v.Keep.Lockfiles = append(v.Keep.Lockfiles, l.Name)
	}
	for _, p := range search.Unlocked {
		v.Keep.Unlocked = append(v.Keep.Unlocked, p.Name)
	}
	for _, err := range needs.Unknown {
		v.Unknown = append(v.Unknown, err.Error())
	}
}

// addPlan tells what would be done.
func (v *Cleaned) addPlan(plan *usage.Plan) {
	for _, r := range slices.Concat(plan.Removals, plan.Stale) {
		v.Items = append(v.Items, newRemovedItem(r))
	}
	for _, m := range plan.Moves {
		v.Moved = append(v.Moved, newMovedCommits(m))
	}
	for _, t := range plan.Thins {
		v.Thinned = append(v.Thinned, newThinRepository(t))
	}
}

// addOutcome tells what was done.
func (v *Cleaned) addOutcome(out *usage.Outcome) {
	v.failed = out.Failed
	v.addSpared(out.Spared)
	for _, r := range out.Removed {
		item := newRemovedItem(r.Removal)
		item.Size, item.Action, item.Error = r.Back, "removed", textOf(r.Err)
		if r.Err != nil {
			item.Action = "failed"
		}
		v.Items = append(v.Items, item)
	}
	for _, m := range out.Moved {
		moved := newMovedCommits(m.Move)
		moved.Error = textOf(m.Err)
		v.Moved = append(v.Moved, moved)
	}
	for _, t := range out.Thinned {
		thin := newThinRepository(t.Thin)
		if thin.Error = textOf(t.Err); t.Err == nil {
			thin.After = &t.After
		}
		v.Thinned = append(v.Thinned, thin)
	}
}

func (v *Cleaned) addSpared(spared []usage.Spared) {
	for _, s := range spared {
		v.Spared = append(v.Spared, Problem{s.Path, s.Why.Error()})
	}
}

func newRemovedItem(r *usage.Removal) RemovedItem {
	return RemovedItem{
		Kind: r.Kind, Path: r.Path(), Size: r.Back, Reason: r.Reason, Expensive: r.Expensive(),
		LastUse: r.Last, From: r.From,
	}
}

func newMovedCommits(m *usage.Move) MovedCommits {
	return MovedCommits{Path: m.Path(), Commits: m.Commits, From: m.From}
}

func newThinRepository(t *usage.Thin) ThinRepository {
	return ThinRepository{Path: t.Path(), Commits: t.Commits, Before: t.Before}
}

// textOf is the text of an error, "" for none.
func textOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Err is an error if items stayed that were to go, or if the home did not become as small
// as asked for.
func (v *Cleaned) Err() error { return errors.Join(v.failures(), v.short()) }

func (v *Cleaned) failures() error {
	if len(v.failed) == 0 {
		return nil
	}
	list := &listError{head: plural(len(v.failed), "item was", "items were") + " not removed; all others are"}
	for _, f := range v.failed {
		list.errs = append(list.errs, fmt.Errorf("%q: %w", f.Path, f.Err))
	}
	return list
}

func (v *Cleaned) short() error {
	if v.Short == 0 {
		return nil
	}
	err := fmt.Errorf("all that is selected is not enough for %s: the home takes %s more", v.Limit, size(v.Short))
	return WithHint(err, "select or keep less, or see with `cargohome size` what takes the space")
}
