package cli

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"cargohome/crate"
	"cargohome/internal/config"
	"cargohome/vendoring"
)

// reportVendor prints what was done, or would be, and the configuration.
func (r *run) reportVendor(job *vendorJob, results []vendoring.Result, took time.Duration) error {
	text := config.Print(job.folders(job.opts.destination)...)
	r.summarize(job, results, took)
	if r.flags.format == "json" {
		return r.out.json(job.asJSON(results, tomlText(text)))
	}
	if len(job.plan.Steps) == 0 {
		r.out.plainText("There is no dependency to vendor in this project.") // cargo's words
		return nil
	}
	if r.out.quiet {
		return nil // as with cargo, not even the configuration
	}
	if !job.opts.writeConfig {
		r.out.plainText("To use vendored sources, add this to your .cargo/config.toml for this project:\n")
	}
	return r.out.data(text)
}

// folders returns the vendor folders, directory being the name of the first.
func (j *vendorJob) folders(directory string) []config.Folder {
	folders := []config.Folder{{Directory: directory, Sources: j.groups[0].Sources}}
	for _, g := range j.groups[1:] {
		folders = append(folders, config.Folder{Directory: strings.TrimSuffix(directory, "/") + "/" + g.Folder, Sources: g.Sources})
	}
	return folders
}

// groupNotes says which packages are not where cargo would have them, if it
// could vendor them at all.
func (j *vendorJob) groupNotes() []string {
	var notes []string
	for _, g := range j.groups[1:] {
		notes = append(notes, fmt.Sprintf("packages of %s have a folder of their own, %s: another source has one with the same name and version",
			g.Sources[0].Display(), filepath.Join(j.opts.destination, g.Folder)))
	}
	return notes
}

func (r *run) summarize(job *vendorJob, results []vendoring.Result, took time.Duration) {
	for _, name := range job.plan.Remove {
		r.out.detail("Removing", "%s", filepath.Join(job.opts.destination, name))
	}
	if results == nil {
		r.summarizeDryRun(job)
		return
	}
	kept, bytes := 0, int64(0)
	for _, res := range results {
		bytes += res.Bytes
		if res.Action == vendoring.Kept {
			kept++
		}
	}
	text := fmt.Sprintf("%s (%s) in %.2fs", plural(len(results), "package", "packages"), size(bytes), took.Seconds())
	if kept > 0 {
		text += fmt.Sprintf(", %d reused", kept)
	}
	if n := len(job.plan.Remove); n > 0 {
		text += fmt.Sprintf(", %d removed", n)
	}
	r.out.status("Vendored", "%s", text)
}

func (r *run) summarizeDryRun(job *vendorJob) {
	if !job.opts.dryRun {
		return
	}
	var archives int64
	for _, s := range job.plan.Steps {
		archives += s.ArchiveSize()
		r.out.detail("Would vendor", "%s to %s", s.ID, filepath.Join(job.opts.destination, s.Folder))
	}
	text := fmt.Sprintf("%s (%s of archives) to %s", plural(len(job.plan.Steps), "package", "packages"), size(archives), job.opts.destination)
	if n := len(job.plan.Remove); n > 0 {
		text += fmt.Sprintf(", and remove %d", n)
	}
	r.out.status("Would vendor", "%s", text)
}

// vendorJSON is what --format json prints, format 1.
type vendorJSON struct {
	Format      int           `json:"format"`
	Destination string        `json:"destination"` // as typed
	DryRun      bool          `json:"dry_run,omitempty"`
	Packages    []packageJSON `json:"packages"`
	Removed     []string      `json:"removed,omitempty"` // names in the destination
	Config      tomlText      `json:"config,omitempty"`  // as printed without --format
}

type packageJSON struct {
	Name     string           `json:"name"`
	Version  string           `json:"version"`
	Source   string           `json:"source"`             // as the lockfile has it
	Checksum string           `json:"checksum,omitempty"` // of the archive, as the lockfile has it
	Folder   string           `json:"folder"`
	Files    *int             `json:"files,omitempty"`
	Bytes    *int64           `json:"bytes,omitempty"` // of the files
	Action   vendoring.Action `json:"action,omitempty"`
}

func (j *vendorJob) asJSON(results []vendoring.Result, text tomlText) vendorJSON {
	v := vendorJSON{Format: 1, Destination: j.opts.destination, DryRun: j.opts.dryRun, Packages: []packageJSON{}, Removed: j.plan.Remove, Config: text}
	for i, s := range j.plan.Steps {
		p := packageJSON{Name: s.ID.Name, Version: s.ID.Version, Source: crate.Redact(s.ID.Source.String()), Folder: s.Folder}
		if s.Checksum != nil {
			p.Checksum = s.Checksum.String()
		}
		if results != nil {
			p.Files, p.Bytes, p.Action = &results[i].Files, &results[i].Bytes, results[i].Action
		}
		v.Packages = append(v.Packages, p)
	}
	return v
}
