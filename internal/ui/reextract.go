package ui

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/locate"
	"cargohome/internal/reextract"
)

// Unpacked is what reextract did, or would do.
type Unpacked struct {
	Format   Format1           `json:"format"`            // 1
	DryRun   bool              `json:"dry_run,omitempty"` // nothing was done
	Packages []UnpackedPackage `json:"packages"`          // in order of Dir
	Missing  []MissingPackage  `json:"missing,omitempty"` // in Cargo's order

	Took time.Duration `json:"-"` // the whole run
}

// UnpackedPackage is an archive, and the folder of registry/src for it. What is known when
// it is unpacked only is left out before.
type UnpackedPackage struct {
	Name      string          `json:"name"`                 // of the package
	Version   string          `json:"version"`              // of the package
	Source    string          `json:"source,omitempty"`     // as the lockfile has it
	Archive   string          `json:"archive"`              // absolute
	Dir       string          `json:"dir"`                  // absolute
	State     reextract.State `json:"state"`                // before
	Why       string          `json:"why,omitempty"`        // it is broken, or unknown
	VouchedBy locate.Voucher  `json:"vouched_by,omitempty"` // who said which checksum it must have
	Files     *int            `json:"files,omitempty"`      // with the .cargo-ok
	Bytes     *int64          `json:"bytes,omitempty"`      // of the files
	Action    string          `json:"action,omitempty"`     // "unpacked", "kept" or "failed"
	Error     string          `json:"error,omitempty"`      // why it failed

	id      crate.ID
	archive int64 // in bytes
	chosen  bool  // to be unpacked
	err     error
}

// NewUnpacked tells of a plan and, unless it is a dry run, of what carrying it out came to.
func NewUnpacked(plan *reextract.Plan, results []reextract.Result, dryRun bool) *Unpacked {
	v := &Unpacked{DryRun: dryRun, Packages: []UnpackedPackage{}}
	chosen := map[*reextract.Item]*reextract.Result{} // nil if nothing was done
	for _, item := range plan.ToUnpack() {
		chosen[item] = nil
	}
	for i := range results {
		chosen[results[i].Item] = &results[i]
	}
	shown := sources{}
	for _, item := range plan.Items {
		p := newUnpackedPackage(item, shown)
		var done *reextract.Result
		if done, p.chosen = chosen[item]; !dryRun {
			p.became(done)
		}
		v.Packages = append(v.Packages, p)
	}
	v.Missing = newMissing(plan.Missing, shown)
	return v
}

func newUnpackedPackage(item *reextract.Item, shown sources) UnpackedPackage {
	p := UnpackedPackage{
		Name: item.ID.Name, Version: item.ID.Version, Archive: item.Archive.Path,
		Dir: item.Dir, State: item.State, Why: item.Why, id: item.ID, archive: item.Archive.Size,
	}
	if item.ID.Source != (crate.SourceID{}) {
		p.Source = shown.of(item.ID)
	}
	return p
}

// became adds the result, nil if nothing was to be done.
func (p *UnpackedPackage) became(res *reextract.Result) {
	switch {
	case res == nil:
		p.Action = "kept"
	case res.Err != nil:
		p.Action, p.Error, p.err = "failed", res.Err.Error(), res.Err
	default:
		p.Action, p.VouchedBy, p.Files, p.Bytes = "unpacked", res.Voucher, &res.Files, &res.Bytes
	}
}

func (v *Unpacked) summarize(p *Printer) {
	if v.DryRun {
		v.summarizeDryRun(p)
	} else {
		v.summarizeDone(p)
	}
}

func (v *Unpacked) summarizeDryRun(p *Printer) {
	var archives int64
	chosen := v.chosen()
	for _, pkg := range chosen {
		archives += pkg.archive
		p.Detail("Would unpack", "%s to %s", pkg.id, pkg.Dir)
	}
	text := fmt.Sprintf("%s (%s of archives)", plural(len(chosen), "package", "packages"), size(archives))
	p.Status("Would unpack", "%s%s", text, v.inOrder())
}

func (v *Unpacked) summarizeDone(p *Printer) {
	unpacked, unvouched, bytes := 0, 0, int64(0)
	for _, pkg := range v.chosen() {
		if pkg.err != nil {
			continue
		}
		unpacked, bytes = unpacked+1, bytes+*pkg.Bytes
		if pkg.VouchedBy == locate.ByNobody {
			unvouched++
			p.Detail("Unvouched", "%s", pkg.Archive)
		}
	}
	text := fmt.Sprintf("%s (%s) in %.2fs", plural(unpacked, "package", "packages"), size(bytes), v.Took.Seconds())
	p.Status("Unpacked", "%s%s", text, v.inOrder())
	if unvouched > 0 {
		p.Note(fmt.Sprintf("neither a lockfile nor the index vouches for %s of them, unpacked all the same", plural(unvouched, "archive", "archives")))
	}
}

// chosen returns what is to be unpacked, in the order in which that is begun.
func (v *Unpacked) chosen() []*UnpackedPackage {
	var list []*UnpackedPackage
	for i := range v.Packages {
		if v.Packages[i].chosen {
			list = append(list, &v.Packages[i])
		}
	}
	slices.SortStableFunc(list, func(a, b *UnpackedPackage) int { return cmp.Compare(b.archive, a.archive) })
	return list
}

// inOrder counts those that there is nothing to do for.
func (v *Unpacked) inOrder() string {
	n := 0
	for _, p := range v.Packages {
		if !p.chosen && p.State != reextract.Unknown {
			n++
		}
	}
	if n > 0 {
		return fmt.Sprintf(", %d in order", n)
	}
	return ""
}

func (v *Unpacked) writeText(*Printer) error { return nil }

// Err puts what went wrong into one error, in order of the packages.
func (v *Unpacked) Err() error {
	failed := slices.DeleteFunc(v.chosen(), func(p *UnpackedPackage) bool { return p.err == nil })
	if len(failed) == 0 {
		return nil
	}
	slices.SortStableFunc(failed, func(a, b *UnpackedPackage) int { return a.id.Compare(b.id) })
	list := &listError{head: plural(len(failed), "archive was", "archives were") + " not unpacked; all others are in place"}
	for _, p := range failed {
		list.errs = append(list.errs, p.err)
	}
	if !slices.ContainsFunc(list.errs, isDamage) {
		return list
	}
	return WithHint(list, "delete archives that are damaged and run `cargo fetch --locked` where there is a network")
}

// isDamage reports whether an archive has not the bytes it should have, so that another
// copy of it would do.
func isDamage(err error) bool {
	_, other := errors.AsType[*archive.ChecksumError](err)
	return other || errors.Is(err, archive.ErrMalformed)
}

// UnpackPlan says what a plan could not count in.
func (p *Printer) UnpackPlan(plan *reextract.Plan) {
	for _, err := range plan.Strange {
		p.Warning(fmt.Sprintf("passed over: %v", err))
	}
	if len(plan.Missing) > 0 {
		text := fmt.Sprintf("the cargo home has no archive of %s; a build that needs one will fail", plural(len(plan.Missing), "package", "packages"))
		for _, gap := range plan.Missing {
			text += "\n  " + gap.ID.String()
		}
		p.Warning(text)
	}
}

// UnpackProgress shows how far carrying out a plan has got. It returns what is to be told
// of each item.
func (p *Printer) UnpackProgress(plan *reextract.Plan) func(reextract.Result) {
	var total int64
	for _, item := range plan.ToUnpack() {
		total += item.Archive.Size
	}
	p.StartProgress(Work{"Unpacking", len(plan.ToUnpack()), total})
	return func(res reextract.Result) {
		if res.Err == nil {
			p.Detail("Unpacking", "%s to %s", res.Item.ID, res.Item.Dir)
		}
		p.Advance(1, res.Item.Archive.Size)
	}
}
