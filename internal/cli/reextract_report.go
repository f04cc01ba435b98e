package cli

import (
	"fmt"
	"time"

	"cargohome/crate"
	"cargohome/internal/reextract"
)

// reportReextract prints what was done, or with results nil what would be.
func (r *run) reportReextract(job *reextractJob, plan *reextract.Plan, results []reextract.Result, took time.Duration) error {
	if job.opts.dryRun {
		r.summarizeUnpacking(plan)
	} else {
		r.summarizeUnpacked(plan, results, took)
	}
	if r.flags.format != "json" {
		return nil
	}
	return r.out.json(reextractAsJSON(plan, results, job.opts.dryRun))
}

func (r *run) summarizeUnpacking(plan *reextract.Plan) {
	var archives int64
	items := plan.ToUnpack()
	for _, item := range items {
		archives += item.Archive.Size
		r.out.detail("Would unpack", "%s to %s", item.ID, item.Dir)
	}
	text := fmt.Sprintf("%s (%s of archives)", plural(len(items), "package", "packages"), size(archives))
	r.out.status("Would unpack", "%s%s", text, inOrder(plan, len(items)))
}

func (r *run) summarizeUnpacked(plan *reextract.Plan, results []reextract.Result, took time.Duration) {
	unpacked, unvouched, bytes := 0, 0, int64(0)
	for _, res := range results {
		if res.Err != nil {
			continue
		}
		unpacked, bytes = unpacked+1, bytes+res.Bytes
		if res.Voucher == reextract.ByNobody {
			unvouched++
			r.out.detail("Unvouched", "%s", res.Item.Archive.Path)
		}
	}
	text := fmt.Sprintf("%s (%s) in %.2fs", plural(unpacked, "package", "packages"), size(bytes), took.Seconds())
	r.out.status("Unpacked", "%s%s", text, inOrder(plan, len(results)))
	if unvouched > 0 {
		r.out.note(fmt.Sprintf("neither a lockfile nor the index vouches for %s of them, unpacked all the same", plural(unvouched, "archive", "archives")))
	}
}

func inOrder(plan *reextract.Plan, toUnpack int) string {
	n := len(plan.Items) - toUnpack
	for _, item := range plan.Items {
		if item.State == reextract.Unknown {
			n--
		}
	}
	if n > 0 {
		return fmt.Sprintf(", %d in order", n)
	}
	return ""
}

// reextractJSON is what --format json prints, format 1.
type reextractJSON struct {
	Format   int           `json:"format"`
	DryRun   bool          `json:"dry_run,omitempty"`
	Packages []sourceJSON  `json:"packages"`
	Missing  []missingJSON `json:"missing,omitempty"`
}

type sourceJSON struct {
	Name      string            `json:"name"`
	Version   string            `json:"version"`
	Source    string            `json:"source,omitempty"` // as the lockfile has it
	Archive   string            `json:"archive"`
	Dir       string            `json:"dir"`
	State     reextract.State   `json:"state"` // before
	Why       string            `json:"why,omitempty"`
	VouchedBy reextract.Voucher `json:"vouched_by,omitempty"`
	Files     *int              `json:"files,omitempty"`
	Bytes     *int64            `json:"bytes,omitempty"`
	Action    string            `json:"action,omitempty"` // "unpacked", "kept" or "failed"
	Error     string            `json:"error,omitempty"`
}

type missingJSON struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Source  string `json:"source"`
}

func reextractAsJSON(plan *reextract.Plan, results []reextract.Result, dryRun bool) reextractJSON {
	v := reextractJSON{Format: 1, DryRun: dryRun, Packages: []sourceJSON{}}
	done := map[*reextract.Item]*reextract.Result{}
	for i := range results {
		done[results[i].Item] = &results[i]
	}
	for _, item := range plan.Items {
		s := describeSource(item)
		switch res := done[item]; {
		case dryRun:
		case res == nil:
			s.Action = "kept"
		case res.Err != nil:
			s.Action, s.Error = "failed", res.Err.Error()
		default:
			s.Action, s.VouchedBy, s.Files, s.Bytes = "unpacked", res.Voucher, &res.Files, &res.Bytes
		}
		v.Packages = append(v.Packages, s)
	}
	for _, id := range plan.Missing {
		v.Missing = append(v.Missing, missingJSON{id.Name, id.Version, crate.Redact(id.Source.String())})
	}
	return v
}

func describeSource(item *reextract.Item) sourceJSON {
	s := sourceJSON{
		Name: item.ID.Name, Version: item.ID.Version, Archive: item.Archive.Path,
		Dir: item.Dir, State: item.State, Why: item.Why,
	}
	if item.ID.Source != (crate.SourceID{}) {
		s.Source = crate.Redact(item.ID.Source.String())
	}
	return s
}
