package check

import (
	"path/filepath"
	"slices"
	"time"

	"cargohome/crate"
	"cargohome/internal/fsx"
)

// As no lock is taken, others may be at work: cargo unpacks, another command of ours makes
// room. Where something was changed a moment ago it is looked at again, and what is not
// found each time was on its way.
var pauses = []time.Duration{100 * time.Millisecond, 250 * time.Millisecond}

// moment is how long ago a change is taken for one that may still go on.
const moment = 2 * time.Second

// isRecent reports whether something was found at a place that was changed a moment ago.
func (r *Report) isRecent(now time.Time) bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool {
		return f.Path != "" && (isRecent(f.Path, now) || isRecent(filepath.Dir(f.Path), now))
	})
}

// isRecent: of what is not there the nearest folder above counts, which it went from.
func isRecent(path string, now time.Time) bool {
	info, err := fsx.Lstat(path)
	for err != nil && path != filepath.Dir(path) {
		path = filepath.Dir(path)
		info, err = fsx.Lstat(path)
	}
	at := info.Changed
	if at.IsZero() { // the system does not tell
		at = info.Modified
	}
	return err == nil && now.Sub(at) < moment
}

// place is where something was found.
type place struct {
	code Code
	id   crate.ID
	path string
}

func (f *Finding) place() place { return place{f.Code, f.ID, f.Path} }

// keep drops what was not found before.
func (r *Report) keep(before *Report) {
	was := make(map[place]bool, len(before.Findings))
	for i := range before.Findings {
		was[before.Findings[i].place()] = true
	}
	r.Findings = slices.DeleteFunc(r.Findings, func(f Finding) bool { return !was[f.place()] })
}
