package ui

import (
	"errors"
	"fmt"
	"slices"

	"cargohome/internal/project"
	"cargohome/internal/usage"
)

// Unlocked warns of packages that no lockfile is for.
func (p *Printer) Unlocked(packages []project.Unlocked) {
	if len(packages) > 0 {
		p.Warning(listed(plural(len(packages), "project has", "projects have")+" no Cargo.lock, so what is needed is not known, and not kept:", packages))
	}
}

// Keeping says what was found to keep things for.
func (p *Printer) Keeping(search *project.Search, needs *usage.Needs) {
	text := "what 1 lockfile needs"
	if n := len(search.Locks); n != 1 {
		text = fmt.Sprintf("what %d lockfiles need", n)
	}
	p.Status("Keeping", "%s", text)
	for _, l := range search.Locks {
		p.Detail("Keeping", "what %s needs", l.Name)
	}
	if len(needs.Unknown) > 0 {
		p.Warning(listed("no repository and no checkout goes, as not all that is needed of git was found:", needs.Unknown))
	}
}

// CleanPlan says what a plan could not count in; limited is whether the home is to become
// as small as a limit.
func (p *Printer) CleanPlan(plan *usage.Plan, limited bool) {
	p.problems(newProblems(plan.Before.Problems), plan.Before.Unseen)
	if len(plan.Spared) > 0 {
		text := plural(len(plan.Spared), "item is selected, but left as it is:", "items are selected, but left as they are:")
		p.Warning(listed(text, plan.Spared))
	}
	if slices.ContainsFunc(plan.Spared, func(s usage.Spared) bool { return errors.Is(s, usage.ErrOnlyThere) }) {
		p.Note("`cargohome relink` brings what a newer cargo lacks under the name that it looks for, without a network")
	}
	if elsewhere := plan.Before.Total.Minus(plan.Before.GivesBack()).Allocated; limited && elsewhere > 0 {
		p.Note(fmt.Sprintf("%s more lie in files that have names outside of the home: they do not count, as removing them gives nothing back", size(elsewhere)))
	}
}

// CleanProgress shows how far carrying out a plan has got. It sets the hooks of opts.
func (p *Printer) CleanProgress(plan *usage.Plan, opts *usage.ExecuteOptions) {
	p.StartProgress(Work{"Removing", len(plan.Removals), 0})
	opts.Leftover = p.Leftover
	opts.Removed = func(i *usage.Removal) {
		p.Detail("Removed", "%s", i.Path())
		p.Advance(1, 0)
	}
}

// Unrecorded tells of a database that still has what was removed: one that is not
// Cargo's, that is in use, or that a full disk has no journal for.
func (p *Printer) Unrecorded(err error) {
	if err != nil {
		p.Warning(fmt.Sprintf("what was removed is still in cargo's database of last uses; cargo finds out when it next collects: %v", err))
	}
}
