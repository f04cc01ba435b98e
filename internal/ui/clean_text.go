package ui

import (
	"fmt"
	"path"
	"strings"

	"cargohome/internal/lastuse"
	"cargohome/internal/usage"
)

func (v *Cleaned) summarize(p *Printer) {
	v.summarizeRemoved(p)
	v.summarizeMoved(p)
	v.summarizeThinned(p)
}

// partNames are what people call the kinds of items.
var partNames = map[usage.Kind]string{
	usage.Source: "Sources", usage.Checkout: "Checkouts", usage.Archive: "Archives", usage.Index: "Indexes",
	usage.Database: "Repositories", usage.Build: "Builds", usage.Leftover: "Leftovers",
}

func (v *Cleaned) summarizeRemoved(p *Printer) {
	removed := 0
	for _, part := range v.Parts {
		removed += part.Removed
	}
	text := fmt.Sprintf("%s: %s ⇒ %s on the disk", plural(removed, "item", "items"), size(v.Before.Allocated), size(v.After.Allocated))
	if v.DryRun {
		p.Status("Would remove", "%s", text)
	} else {
		p.Status("Removed", "%s, in %.2fs", text, v.Took.Seconds())
	}
	for _, part := range v.Parts {
		back := part.Before.Allocated - part.After.Allocated
		if part.Removed == 0 && back == 0 {
			continue
		}
		text := fmt.Sprintf("%s ⇒ %s, %s less", size(part.Before.Allocated), size(part.After.Allocated), size(back))
		if part.Removed > 0 && part.Kind != usage.Index { // of which single entries may go
			text += fmt.Sprintf("; %d of %d removed", part.Removed, part.count)
		}
		p.Status(partNames[part.Kind], "%s", text)
	}
}

// summarizeMoved: what is moved is where Cargo looks for it since 1.94.
func (v *Cleaned) summarizeMoved(p *Printer) {
	done := 0
	for _, m := range v.Moved {
		text := fmt.Sprintf("%s of submodules from %s to %s", plural(len(m.Commits), "commit", "commits"), plural(len(m.From), "checkout", "checkouts"), m.Path)
		switch {
		case v.DryRun:
			p.Status("Would move", "%s", text)
		case m.Error == "":
			done++
			p.Status("Moved", "%s", text)
		}
	}
	if done > 0 {
		p.Note("cargo before 1.94 keeps submodules in checkouts only: for it, `cargohome checkout` brings them back")
	}
}

func (v *Cleaned) summarizeThinned(p *Printer) {
	for _, t := range v.Thinned {
		name, commits := path.Base(t.Path), plural(len(t.Commits), "commit", "commits")
		switch {
		case v.DryRun:
			p.Status("Would reduce", "%s (%s) to %s", name, size(t.Before.Allocated), commits)
		case t.Error != "":
			p.Note(fmt.Sprintf("%q is left as it is: %s", name, t.Error))
		case t.After != nil:
			p.Status("Reduced", "%s to %s: %s ⇒ %s", name, commits, size(t.Before.Allocated), size(t.After.Allocated))
		}
	}
}

func (v *Cleaned) writeText(p *Printer) error {
	if v.DryRun {
		if err := v.writePlan(p); err != nil {
			return err
		}
	}
	if len(v.Proxies) > 0 {
		p.Note(fmt.Sprintf("rustup's own files in bin are left out of the paths to cache: %s", strings.Join(v.Proxies, ", ")))
	}
	for _, path := range v.CachePaths {
		if err := p.write(shownLine(path) + "\n"); err != nil {
			return err
		}
	}
	return nil
}

// writePlan prints what goes, and why.
func (v *Cleaned) writePlan(p *Printer) error {
	t := &table{out: p, least: []int{1, 3, 4, 5}}
	if len(v.Items) > 0 {
		t.head("", "apparent", "on disk", "", "last use", "why")
	}
	for _, i := range v.Items {
		t.row(i.Path, size(i.Apparent), size(i.Allocated), "", lastUse(i.LastUse, i.From, lastuse.Cargo), i.Reason)
	}
	return t.print()
}
