package cli

import (
	"fmt"
	"path/filepath"

	"cargohome/crate"
	"cargohome/internal/project"
	"cargohome/vendoring"
)

// checkLocks refuses lockfiles that do not say which commit cargo would take, and
// warns of what cargo will not build from the vendor folder.
func (r *run) checkLocks(locks []project.Lock) error {
	for _, lock := range locks {
		if err := lock.CheckCommits(); err != nil {
			return err
		}
		for _, source := range lock.Misread() {
			r.out.Warning(fmt.Sprintf("the lockfile is of version %d, by which cargo does not recognise %s: set `version = 4` in it and run `cargo fetch` before building from the vendor folder",
				lock.Version, crate.Redact(source.ConfigKey())))
		}
	}
	return nil
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

// remark prints notes, and what cargo warns of about single packages.
func (r *run) remark(notes []string, steps []vendoring.Step) {
	for _, note := range notes {
		r.out.Note(note)
	}
	for _, s := range steps {
		for _, w := range s.Warnings {
			r.out.Warning(w)
		}
	}
}
