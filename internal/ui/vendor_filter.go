package ui

import (
	"fmt"
	"strings"

	"cargohome/internal/filter"
	"cargohome/vendoring"
)

// VendorFilter is what a filter of vendor left out, or would.
type VendorFilter struct {
	Targets []string `json:"targets,omitempty"` // that are built for, sorted; without any all platforms are
	Hosts   []string `json:"hosts,omitempty"`   // that were counted as running build scripts and procedural macros, sorted
	Whole   int      `json:"whole"`             // packages that are built
	Stubs   int      `json:"stubs"`             // packages that are not
	Files   int      `json:"files_left_out"`    // of both
	Bytes   int64    `json:"bytes_left_out"`    // of these files
}

// FilteredPackage is what a filter made of one package.
type FilteredPackage struct {
	Kept   bool     `json:"kept"`             // or there is a stub
	Reason string   `json:"reason,omitempty"` // why
	Path   []string `json:"path,omitempty"`   // "NAME vVERSION": from a member to it, by the fewest dependencies
	Files  int      `json:"files_left_out"`   // of the package
	Bytes  int64    `json:"bytes_left_out"`   // of these files
}

// AddFilter tells what was left out of each step of a plan, and by which choice of packages,
// nil if all are kept.
func (v *Vendored) AddFilter(plan *vendoring.Plan, choice *filter.Choice, left []vendoring.Left) {
	v.Filter = &VendorFilter{}
	for i := range plan.Steps {
		s, one := &plan.Steps[i], &FilteredPackage{Kept: true, Files: left[i].Files, Bytes: left[i].Bytes}
		if choice != nil {
			verdict := choice.Of(s.ID)
			one.Kept, one.Reason = verdict.Kept, verdict.Reason
			for _, id := range verdict.Path {
				one.Path = append(one.Path, id.Name+" v"+id.Version)
			}
		}
		v.Packages[i].Filtered = one
		v.Filter.add(one)
	}
	if choice != nil {
		v.Filter.Targets, v.Filter.Hosts = choice.Targets, choice.Hosts
	}
}

// Spared tells how many files stay that were to be left out of all packages.
func (p *Printer) Spared(left []vendoring.Left) {
	n := 0
	for _, l := range left {
		n += l.Spared
	}
	if n > 0 {
		p.Note(plural(n, "file stays that is excluded from all packages: code includes it", "files stay that are excluded from all packages: code includes them"))
	}
}

func (f *VendorFilter) add(one *FilteredPackage) {
	if one.Kept {
		f.Whole++
	} else {
		f.Stubs++
	}
	f.Files += one.Files
	f.Bytes += one.Bytes
}

// summary is what a line adds that tells of all packages.
func (f *VendorFilter) summary() string {
	if f == nil {
		return ""
	}
	text := fmt.Sprintf("; left out: %s (%s)", plural(f.Files, "file", "files"), size(f.Bytes))
	if f.Stubs > 0 {
		text += ", " + plural(f.Stubs, "package is a stub", "packages are stubs")
	}
	return text
}

// detailFilter has a line for each package that is not whole.
func (v *Vendored) detailFilter(p *Printer) {
	for _, pkg := range v.Packages {
		one := pkg.Filtered
		switch {
		case one == nil:
		case !one.Kept:
			p.Detail("Stub", "%s, %s: %s%s", pkg.id, size(one.Bytes), one.Reason, pathOf(one.Path))
		case one.Files > 0:
			p.Detail("Partly", "%s, without %s (%s)", pkg.id, plural(one.Files, "file", "files"), size(one.Bytes))
		case v.DryRun:
			p.Detail("Whole", "%s: %s%s", pkg.id, one.Reason, pathOf(one.Path))
		}
	}
}

func pathOf(path []string) string {
	if len(path) == 0 {
		return ""
	}
	return " (" + strings.Join(path, " → ") + ")"
}
