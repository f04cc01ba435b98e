package ui

import (
	"fmt"
	"path/filepath"
	"time"

	"cargohome/crate"
	"cargohome/vendoring"
)

// Vendored is what vendor did, or would do.
type Vendored struct {
	Format      Format1           `json:"format"`            // 1
	Destination string            `json:"destination"`       // as typed
	DryRun      bool              `json:"dry_run,omitempty"` // nothing was done
	Packages    []VendoredPackage `json:"packages"`          // in Cargo's order
	Removed     []string          `json:"removed,omitempty"` // names in the destination, sorted
	Config      TOML              `json:"config,omitempty"`  // that makes cargo use the destination
	FileSize    int64             `json:"size,omitempty"`    // of the tar in bytes; 0 if the destination is a folder
	Filter      *VendorFilter     `json:"filter,omitempty"`  // what it left out, if there was one

	Configured bool          `json:"-"` // whether the project has the configuration
	OnStderr   bool          `json:"-"` // the configuration is told there: stdout has the tar
	Took       time.Duration `json:"-"` // the whole run
	made       bool          // there is a vendor folder
}

// VendoredPackage is a package in a vendor folder. What is known when it is there only is
// left out before.
type VendoredPackage struct {
	Name     string           `json:"name"`               // of the package
	Version  string           `json:"version"`            // of the package
	Source   string           `json:"source"`             // as the lockfile has it
	Checksum string           `json:"checksum,omitempty"` // of the archive, as the lockfile has it
	Folder   string           `json:"folder"`             // in the destination, '/'-separated
	Files    *int             `json:"files,omitempty"`    // without the checksum file
	Bytes    *int64           `json:"bytes,omitempty"`    // of these files
	Action   vendoring.Action `json:"action,omitempty"`   // what was done
	Patched  string           `json:"patched,omitempty"`  // why it was patched on purpose, if it is kept for that
	Filtered *FilteredPackage `json:"filtered,omitempty"` // if there was a filter

	id      crate.ID
	archive int64 // in bytes
}

// NewVendored tells of a plan and, if it was carried out, of the result for each step.
func NewVendored(plan *vendoring.Plan, results []vendoring.Result) *Vendored {
	v := &Vendored{Packages: make([]VendoredPackage, len(plan.Steps)), Removed: plan.Remove, made: results != nil}
	shown := sources{}
	for i := range plan.Steps {
		s, p := &plan.Steps[i], &v.Packages[i]
		*p = VendoredPackage{Name: s.ID.Name, Version: s.ID.Version, Source: shown.of(s.ID), Folder: s.Folder, id: s.ID, archive: s.ArchiveSize()}
		if s.Checksum != nil {
			p.Checksum = s.Checksum.String()
		}
		if results != nil {
			p.Files, p.Bytes, p.Action = &results[i].Files, &results[i].Bytes, results[i].Action
			p.Patched = results[i].Patched
		}
	}
	return v
}

// AddPatched tells why the package of each step was patched, "" if it was not.
func (v *Vendored) AddPatched(why []string) {
	for i := range v.Packages {
		v.Packages[i].Patched = why[i]
	}
}

// sources are those shown so far, as reading the URL of one takes longer than all else
// that is told of a package.
type sources map[crate.SourceID]string

func (s sources) of(id crate.ID) string {
	text, known := s[id.Source]
	if !known {
		text = crate.Redact(id.Source.String())
		s[id.Source] = text
	}
	return text
}

func (v *Vendored) summarize(p *Printer) {
	for _, name := range v.Removed {
		p.Detail("Removing", "%s", filepath.Join(v.Destination, name))
	}
	v.detailFilter(p)
	v.notePatched(p)
	switch {
	case v.DryRun:
		v.summarizeDryRun(p)
	case v.made:
		v.summarizeMade(p)
	}
}

// notePatched names the packages that are not what their archives hold.
func (v *Vendored) notePatched(p *Printer) {
	var list []error
	for _, pkg := range v.Packages {
		if pkg.Patched != "" {
			list = append(list, fmt.Errorf("%q: patched: %s", filepath.Join(v.Destination, pkg.Folder), pkg.Patched))
		}
	}
	if len(list) > 0 {
		p.Note(listed(plural(len(list), "package is patched", "packages are patched")+" on purpose, and kept", list))
	}
}

func (v *Vendored) summarizeMade(p *Printer) {
	count, bytes := map[vendoring.Action]int{}, int64(0)
	for _, pkg := range v.Packages {
		bytes += *pkg.Bytes
		count[pkg.Action]++
	}
	text := fmt.Sprintf("%s (%s) in %.2fs", plural(len(v.Packages), "package", "packages"), size(bytes), v.Took.Seconds())
	if kept := count[vendoring.Kept]; kept > 0 {
		text += fmt.Sprintf(", %d reused", kept)
	}
	if n := count[vendoring.Recorded]; n > 0 {
		text += fmt.Sprintf(", %d reused but for the checksum file", n)
	}
	if n := len(v.Removed); n > 0 {
		text += fmt.Sprintf(", %d removed", n)
	}
	if v.FileSize > 0 {
		text += fmt.Sprintf(", as %s", size(v.FileSize))
	}
	p.Status("Vendored", "%s", text+v.Filter.summary())
}

func (v *Vendored) summarizeDryRun(p *Printer) {
	var archives int64
	for _, pkg := range v.Packages {
		archives += pkg.archive
		p.Detail("Would vendor", "%s to %s", pkg.id, filepath.Join(v.Destination, pkg.Folder))
	}
	text := fmt.Sprintf("%s (%s of archives) to %s", plural(len(v.Packages), "package", "packages"), size(archives), v.Destination)
	if n := len(v.Removed); n > 0 {
		text += fmt.Sprintf(", and remove %d", n)
	}
	p.Status("Would vendor", "%s", text+v.Filter.summary())
}

func (v *Vendored) writeText(p *Printer) error {
	if len(v.Packages) == 0 {
		p.remark("There is no dependency to vendor in this project.") // cargo's words
		return nil
	}
	if p.settings.Quiet {
		return nil // as with cargo, not even the configuration
	}
	if v.Configured && !v.DryRun {
		return nil // the project has it
	}
	if !v.Configured {
		p.remark("To use vendored sources, add this to your .cargo/config.toml for this project:\n")
	}
	if v.OnStderr {
		p.remark(string(v.Config))
		return nil
	}
	return p.writeTOML(v.Config)
}

// VendorProgress shows how far vendoring a plan into a destination, as typed, has got.
// The function it returns is told of each step.
func (p *Printer) VendorProgress(plan *vendoring.Plan, destination string) vendoring.Observer {
	var total int64
	for _, s := range plan.Steps {
		total += s.ArchiveSize()
	}
	p.StartProgress(Work{"Vendoring", len(plan.Steps), total})
	return func(s vendoring.Step, res vendoring.Result) {
		verb := "Vendoring"
		if res.Action == vendoring.Kept {
			verb = "Fresh"
		}
		if p.Details() {
			p.Detail(verb, "%s to %s", s.ID, filepath.Join(destination, s.Folder))
		}
		p.Advance(1, s.ArchiveSize())
	}
}
