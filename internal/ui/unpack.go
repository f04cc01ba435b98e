package ui

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"cargohome/internal/bundle"
	"cargohome/internal/unpack"
)

// Placed is what unpack did with a bundle, or would do.
type Placed struct {
	Format   Format1      `json:"format"`              // 1
	Bundle   string       `json:"bundle"`              // as typed
	Home     string       `json:"home"`                // absolute
	DryRun   bool         `json:"dry_run,omitempty"`   // nothing was done
	SignedBy string       `json:"signed_by,omitempty"` // the number of the trusted key that did
	Units    []PlacedUnit `json:"units"`               // in the bundle's order
	Complete bool         `json:"complete"`            // all that is needed is there, or would be
	Check    *Checked     `json:"check,omitempty"`     // of the lockfiles that were packed

	Chosen bool          `json:"-"` // not all of the bundle was to be unpacked
	Took   time.Duration `json:"-"` // the whole run
}

// PlacedUnit is what is put into place as one: a file, or a folder with all in it.
type PlacedUnit struct {
	Kind    bundle.Kind   `json:"kind"`              // what it is to Cargo
	Path    string        `json:"path"`              // below the home, '/'-separated
	Package string        `json:"package,omitempty"` // "NAME VERSION", or NAME of an index entry
	Bytes   int64         `json:"bytes"`             // of its files in the bundle
	Action  unpack.Action `json:"action"`            // what became of it
}

// NewPlaced tells of a plan that was carried out, unless it is a dry run.
func NewPlaced(name, home string, plan *unpack.Plan, dryRun bool) *Placed {
	v := &Placed{Bundle: name, Home: home, DryRun: dryRun, Units: []PlacedUnit{}, Complete: true}
	for _, u := range plan.Units {
		v.Units = append(v.Units, PlacedUnit{u.Kind, u.Path, u.Package, u.Bytes, u.Action})
	}
	return v
}

// Checked adds what was found to be missing of what the lockfiles need.
func (v *Placed) Checked(c *Checked) {
	if c != nil {
		v.Check, v.Complete = c, c.Complete
	}
}

func (v *Placed) summarize(p *Printer) {
	verb, detail := "Unpacked", map[unpack.Action]string{unpack.Added: "Added", unpack.Merged: "Merged", unpack.Replaced: "Replaced"}
	if v.DryRun {
		verb, detail = "Would unpack", map[unpack.Action]string{unpack.Added: "Would add", unpack.Merged: "Would merge", unpack.Replaced: "Would replace"}
	}
	for _, u := range v.Units {
		if detail[u.Action] != "" {
			p.Detail(detail[u.Action], "%s", u.Path)
		}
	}
	if v.SignedBy != "" {
		p.Status("Trusted", "%s, signed by key %s", v.Bundle, v.SignedBy)
	}
	p.Status(verb, "%s into %s%s", v.words(), v.Home, v.took())
	v.warnReplaced(p)
	if v.Complete && !v.DryRun {
		p.Status("Complete", "%s is in the cargo home", v.what())
	}
}

// warnReplaced: the folders of all vendored packages are in one, and have no versions in their
// names, so what another bundle brought is gone.
func (v *Placed) warnReplaced(p *Printer) {
	var paths []error
	for _, u := range v.Units {
		if u.Kind == bundle.VendoredEntry && u.Action == unpack.Replaced {
			paths = append(paths, errors.New(u.Path))
		}
	}
	if len(paths) == 0 {
		return
	}
	text := "what was there of " + plural(len(paths), "vendored package is replaced", "vendored packages is replaced")
	if v.DryRun {
		text = "what is there of " + plural(len(paths), "vendored package would be replaced", "vendored packages would be replaced")
	}
	p.Warning(listed(text+": a lockfile that was unpacked before with other versions does not build from that folder any more:", paths))
}

func (v *Placed) took() string {
	if v.DryRun {
		return ""
	}
	return fmt.Sprintf(" in %.2fs", v.Took.Seconds())
}

// what says what it is that was looked for.
func (v *Placed) what() string {
	switch {
	case v.Check != nil:
		return "all that the lockfiles need"
	case v.Chosen:
		return "what was asked for"
	}
	return "all that the bundle lists"
}

// words counts what was put into place, and what was there.
func (v *Placed) words() string {
	counts := map[bundle.Kind]int{}
	kept, bytes := 0, int64(0)
	for _, u := range v.Units {
		switch u.Action {
		case unpack.Kept:
			kept++
		case unpack.Rebuilt:
			counts[u.Kind]++
		default:
			counts[u.Kind], bytes = counts[u.Kind]+1, bytes+u.Bytes
		}
	}
	var parts []string
	for _, k := range placedKinds {
		if n := counts[k.kind]; n > 0 {
			parts = append(parts, plural(n, k.one, k.more))
		}
	}
	text := "nothing"
	if len(parts) > 0 {
		text = strings.Join(parts, ", ") + " (" + size(bytes) + ")"
	}
	if kept > 0 {
		text += fmt.Sprintf(", %d there already,", kept)
	}
	return text
}

// placedKinds are the kinds that are counted, the most important first.
var placedKinds = []struct {
	kind      bundle.Kind
	one, more string
}{
	{bundle.ArchiveEntry, "archive", "archives"},
	{bundle.IndexEntry, "index entry", "index entries"},
	{bundle.IndexConfig, "registry", "registries"},
	{bundle.IndexRepository, "index in git", "indexes in git"},
	{bundle.RepositoryEntry, "repository", "repositories"},
	{bundle.SourceEntry, "unpacked archive", "unpacked archives"},
	{bundle.CheckoutEntry, "checkout", "checkouts"},
	{bundle.VendoredEntry, "vendored package", "vendored packages"},
	{bundle.LockfileEntry, "lockfile", "lockfiles"},
}

func (v *Placed) writeText(p *Printer) error {
	if v.Check != nil {
		return v.Check.writeText(p)
	}
	return nil
}

// Err is nil if nothing is missing.
func (v *Placed) Err() error {
	if v.Check != nil {
		return v.Check.Err()
	}
	return nil
}

// Lacking is an error of [unpack.Plan.Lacking], nil for none, with what is lacking.
func Lacking(err error) error {
	lacking, ok := errors.AsType[*unpack.LackingError](err)
	if !ok {
		return err
	}
	paths := make([]error, len(lacking.Units))
	for i, u := range lacking.Units {
		paths[i] = errors.New(u.Path)
	}
	list := errors.New(listed(lacking.Error(), paths))
	return WithHint(list, "unpack first what it was packed against: the bundle whose manifest has SHA-256 "+strings.Join(lacking.Since, ", or "))
}

// Resuming says how much a run left that was cut off.
func (p *Printer) Resuming(bytes int64) {
	p.Status("Resuming", "%s are unpacked already, by a run that was cut off", size(bytes))
}

// StandIns says that archives are yet to be made of what a bundle has of them.
func (p *Printer) StandIns(n int, bundle string) {
	p.Note(fmt.Sprintf("%s not made again yet: cargo builds, and what verifies archives finds others in their place until 'cargohome unpack %s' is run",
		plural(n, "archive is", "archives are"), bundle))
}

// PlaceProgress shows how far a bundle is read. The function it returns is told how many
// bytes of its content that is.
func (p *Printer) PlaceProgress(m *bundle.Manifest) func(bytes int64) {
	_, packed := m.Bytes()
	p.StartProgress(Work{"Unpacking", 0, packed})
	var before int64
	return func(bytes int64) {
		p.Advance(0, bytes-before)
		before = bytes
	}
}

// Unmarked says that cargo's database does not know of what was put into the home, if err says so.
func (p *Printer) Unmarked(err error) {
	if err != nil {
		p.Warning(fmt.Sprintf("cargo does not know that what was put there is in use, and may delete what it has not used for three months: %v", err))
	}
}
