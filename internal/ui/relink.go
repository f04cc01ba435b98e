package ui

import (
	"fmt"
	"time"

	"cargohome/internal/home"
	"cargohome/internal/relink"
)

// Relinked is what relink did, or would do.
type Relinked struct {
	Format Format1         `json:"format"`  // 1
	DryRun bool            `json:"dry_run"` // nothing was done
	Home   string          `json:"home"`    // absolute
	For    home.Generation `json:"for"`     // the Cargos that find it now
	Links  []RelinkedThing `json:"links"`   // indexes, archives, repositories, submodules
	There  int             `json:"there"`   // things that lay under both names already

	Took time.Duration `json:"-"` // all of it

	failed []error
	counts map[relink.Kind]int
	bytes  int64 // of archives
}

// RelinkedThing is something that got another name.
type RelinkedThing struct {
	Kind    relink.Kind `json:"kind"`              // archive, index, database, submodule
	From    string      `json:"from"`              // below the home
	To      string      `json:"to"`                // below the home
	Size    int64       `json:"size,omitempty"`    // of an archive
	Vouched bool        `json:"vouched,omitempty"` // an index has the checksum of the archive
	Entries int         `json:"entries,omitempty"` // files that an index lacked, 0 for all of it
	Action  string      `json:"action,omitempty"`  // brought or failed, if not a dry run
	Error   string      `json:"error,omitempty"`   // why it was not brought, or would not be
}

// NewRelinked tells of a plan, carried out or not.
func NewRelinked(dir string, plan *relink.Plan, generation home.Generation, dryRun bool) *Relinked {
	v := &Relinked{DryRun: dryRun, Home: dir, For: generation, Links: []RelinkedThing{}, There: plan.There, counts: map[relink.Kind]int{}}
	for _, l := range plan.Links {
		t := RelinkedThing{Kind: l.Kind, From: l.From, To: l.To, Size: l.Size, Vouched: l.Vouched, Entries: l.Entries, Error: textOf(l.Err)}
		switch {
		case l.Err != nil:
			v.failed = append(v.failed, fmt.Errorf("%q: %w", l.From, l.Err))
		default:
			v.counts[l.Kind]++
			v.bytes += l.Size
		}
		if !dryRun {
			t.Action = map[bool]string{true: "brought", false: "failed"}[l.Err == nil]
		}
		v.Links = append(v.Links, t)
	}
	return v
}

func (v *Relinked) summarize(p *Printer) {
	text := fmt.Sprintf("%s (%s), %s, %s and %s for cargo %s",
		plural(v.counts[relink.Archive], "archive", "archives"), size(v.bytes), plural(v.counts[relink.Index], "index", "indexes"),
		plural(v.counts[relink.Database], "repository", "repositories"), plural(v.counts[relink.Submodule], "submodule", "submodules"), v.For)
	if v.DryRun {
		p.Status("Would relink", "%s; %d in place", text, v.There)
		return
	}
	p.Status("Relinked", "%s in %.2fs, %d in place", text, v.Took.Seconds(), v.There)
}

// writeText prints what would be brought.
func (v *Relinked) writeText(p *Printer) error {
	if !v.DryRun {
		return nil
	}
	t := &table{out: p, least: []int{1}}
	for _, l := range v.Links {
		what := l.To
		switch {
		case l.Error != "":
			what = "refused: " + l.Error
		case l.Entries > 0:
			what += fmt.Sprintf(" (%s)", plural(l.Entries, "entry", "entries"))
		case l.Kind == relink.Archive && !l.Vouched:
			what += " (no index has its checksum)"
		}
		t.row(l.From, "", "", "", what)
	}
	return t.print()
}

// Err is an error if something was not brought.
func (v *Relinked) Err() error {
	if len(v.failed) == 0 {
		return nil
	}
	return &listError{head: plural(len(v.failed), "thing was", "things were") + " not brought; all others are", errs: v.failed}
}

// Relinked tells of something that was brought.
func (p *Printer) Relinked(l *relink.Link) { p.Detail("Relinked", "%s", l.To) }
