package ui

import (
	"errors"

	"cargohome/crate"
	"cargohome/gitsrc"
	"cargohome/internal/locate"
	"cargohome/internal/pack"
	"cargohome/vendoring"
)

// Failed is what is printed as JSON in place of the result of a run that failed before it
// had one.
type Failed struct {
	Format  Format1          `json:"format"`            // 1
	Error   string           `json:"error"`             // as on stderr
	Help    []string         `json:"help,omitempty"`    // what to do about it, as on stderr
	Missing []MissingPackage `json:"missing,omitempty"` // packages that are lacking, in Cargo's order
}

// MissingPackage is what is lacking of a locked package. Of a commit that several packages
// are from there is one, without their names.
type MissingPackage struct {
	Name     string `json:"name,omitempty"`     // of the package
	Version  string `json:"version,omitempty"`  // of the package
	Source   string `json:"source"`             // as the lockfile has it
	Checksum string `json:"checksum,omitempty"` // that the archive must have
	Reason   string `json:"reason"`             // what is lacking
}

// Failed prints as JSON the error that ended a run, and what to do about it, unless the run
// had a result.
func (p *Printer) Failed(err error, hints []string) {
	if !p.printed {
		_ = p.writeJSON(newFailed(err, hints)) // the error has been told
	}
}

func newFailed(err error, hints []string) *Failed {
	v := &Failed{Error: err.Error(), Help: hints}
	if gaps, ok := errors.AsType[*vendoring.GapsError](err); ok {
		v.Missing = newMissing(gaps.Gaps, sources{})
	}
	if gaps, ok := errors.AsType[*pack.GapsError](err); ok {
		v.Missing = newMissing(gaps.Gaps, sources{})
	}
	if git, ok := errors.AsType[*unavailableError](err); ok {
		v.Missing = missingCommits(git.plan)
	}
	return v
}

func newMissing(gaps locate.Gaps, shown sources) (list []MissingPackage) {
	for _, gap := range gaps {
		m := MissingPackage{Name: gap.ID.Name, Version: gap.ID.Version, Source: shown.of(gap.ID), Reason: gap.Why()}
		if gap.Checksum != nil {
			m.Checksum = gap.Checksum.String()
		}
		list = append(list, m)
	}
	return list
}

func missingCommits(plan *gitsrc.CheckoutPlan) (list []MissingPackage) {
	for _, c := range plan.Checkouts {
		if c.State != gitsrc.Unavailable {
			continue
		}
		for _, s := range c.Sources {
			list = append(list, MissingPackage{Source: crate.Redact(s.String()), Reason: c.Why.Error()})
		}
	}
	return list
}
