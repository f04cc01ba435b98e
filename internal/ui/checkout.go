package ui

import (
	"errors"
	"fmt"
	"time"

	"cargohome/crate"
	"cargohome/gitsrc"
	"cargohome/gitsrc/worktree"
)

// Restored is what checkout did, or would do.
type Restored struct {
	Format    Format1            `json:"format"`            // 1
	DryRun    bool               `json:"dry_run,omitempty"` // nothing was done
	Checkouts []RestoredCheckout `json:"checkouts"`         // in order of Dir
	Behind    []BehindRepository `json:"behind,omitempty"`  // in order of Dir
	Missing   []MissingPackage   `json:"missing,omitempty"` // what is not restored, as it is not held

	Took time.Duration `json:"-"` // the whole run
}

// RestoredCheckout is the checkout of a commit.
type RestoredCheckout struct {
	Sources []string `json:"sources"`          // as the lockfiles have them
	Dir     string   `json:"dir"`              // absolute
	State   string   `json:"state"`            // before: "present", "absent" or "broken"
	Why     string   `json:"why,omitempty"`    // it is broken
	Files   int      `json:"files"`            // files and links in it
	Action  string   `json:"action,omitempty"` // "restored" or "kept", "" in a dry run
}

// BehindRepository has not the commit of a source that others have.
type BehindRepository struct {
	Source string `json:"source"` // as the lockfile has it
	Dir    string `json:"dir"`    // absolute
	Why    string `json:"why"`    // what is lacking
}

var stateNames = map[gitsrc.CheckoutState]string{gitsrc.Present: "present", gitsrc.Absent: "absent", gitsrc.Broken: "broken"}

// NewRestored tells of a plan that was carried out, unless it is a dry run.
func NewRestored(plan *gitsrc.CheckoutPlan, dryRun bool) *Restored {
	v := &Restored{DryRun: dryRun, Checkouts: []RestoredCheckout{}, Missing: missingCommits(plan)}
	for _, c := range plan.Checkouts {
		if c.State != gitsrc.Unavailable {
			v.Checkouts = append(v.Checkouts, newRestoredCheckout(c, dryRun))
		}
	}
	for _, b := range plan.Behind {
		v.Behind = append(v.Behind, BehindRepository{crate.Redact(b.Source.String()), b.Dir, b.Why.Error()})
	}
	return v
}

func newRestoredCheckout(c *gitsrc.Checkout, dryRun bool) RestoredCheckout {
	v := RestoredCheckout{Dir: c.Dir, State: stateNames[c.State], Files: c.Files}
	for _, s := range c.Sources {
		v.Sources = append(v.Sources, crate.Redact(s.String()))
	}
	if c.State == gitsrc.Broken && c.Why != nil {
		v.Why = c.Why.Error()
	}
	switch {
	case dryRun:
	case c.State == gitsrc.Present:
		v.Action = "kept"
	default:
		v.Action = "restored"
	}
	return v
}

func (v *Restored) summarize(p *Printer) {
	checkouts, files := 0, 0
	for _, c := range v.Checkouts {
		if c.State != stateNames[gitsrc.Present] {
			checkouts, files = checkouts+1, files+c.Files
		}
	}
	text := fmt.Sprintf("%s (%s)", plural(checkouts, "checkout", "checkouts"), plural(files, "file", "files"))
	if kept := len(v.Checkouts) - checkouts; kept > 0 {
		text += fmt.Sprintf(", %d in order", kept)
	}
	if v.DryRun {
		p.Status("Would restore", "%s", text)
	} else {
		p.Status("Restored", "%s in %.2fs", text, v.Took.Seconds())
	}
}

func (v *Restored) writeText(*Printer) error { return nil }

// Behind says which folders nothing is restored for.
func (p *Printer) Behind(plan *gitsrc.CheckoutPlan) {
	for _, b := range plan.Behind {
		p.Note(fmt.Sprintf("nothing is checked out for a cargo that looks in %s: %v", b.Dir, b.Why))
	}
}

// unavailableError is [gitsrc.CheckoutPlan.Unavailable] of a plan.
type unavailableError struct {
	error
	plan *gitsrc.CheckoutPlan
}

func (e *unavailableError) Unwrap() error { return e.error }

// Unavailable is an error if a plan has checkouts that cannot be made. It advises to
// fetch only if something is missing: cargo does not mend what is there and cannot be read.
func Unavailable(plan *gitsrc.CheckoutPlan) error {
	err := plan.Unavailable()
	if err == nil {
		return nil
	}
	told := &unavailableError{fmt.Errorf("git sources cannot be checked out:\n%w", err), plan}
	if _, missing := errors.AsType[*worktree.MissingError](err); !missing {
		return told
	}
	return WithHint(told, "run `cargo fetch --locked` where there is a network, for the same cargo home")
}

// RestoreProgress shows how far carrying out a plan has got. It sets the hooks of opts.
func (p *Printer) RestoreProgress(plan *gitsrc.CheckoutPlan, opts *gitsrc.RestoreOptions) {
	_, files := plan.Needed()
	p.StartProgress(Work{"Restoring", files, 0})
	opts.Progress = func(*gitsrc.Checkout, int) { p.Advance(1, 0) }
	opts.Done = func(c *gitsrc.Checkout) { p.Detail("Restored", "%s to %s", c.Sources[0].Display(), c.Dir) }
}
