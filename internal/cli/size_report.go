package cli

import (
	"fmt"
	"strings"
	"time"

	"cargohome/internal/lastuse"
	"cargohome/internal/usage"
)

// sizeJSON is what --format json prints, format 1.
type sizeJSON struct {
	Format       int              `json:"format"`
	Home         string           `json:"home"`
	Total        usage.Size       `json:"total"`
	Elsewhere    *usage.Size      `json:"linked_elsewhere,omitempty"` // of the total: files with names outside of the home
	Binaries     usage.Total      `json:"binaries"`
	Registries   []usage.Registry `json:"registries"`
	Git          usage.Git        `json:"git"`
	Own          usage.Size       `json:"own"` // Cargo's other files, and the folders of all
	Build        *usage.Total     `json:"build,omitempty"`
	Leftovers    *usage.Total     `json:"leftovers,omitempty"`
	Other        otherJSON        `json:"other"`
	LastUse      lastuse.Origin   `json:"last_use,omitempty"`
	By           string           `json:"by,omitempty"`
	Groups       []usage.Group    `json:"groups,omitempty"`
	Crates       []usage.Group    `json:"top_crates,omitempty"`
	Versions     []usage.Group    `json:"top_versions,omitempty"`
	Repositories []usage.Group    `json:"top_repositories,omitempty"`
	Problems     []problemJSON    `json:"problems,omitempty"`
}

type otherJSON struct {
	usage.Total
	Paths []usage.Stranger `json:"paths,omitempty"`
}

type problemJSON struct {
	Path  string `json:"path"`
	Error string `json:"error"`
}

func (r *run) reportSize(cargoHome string, opts *sizeOptions, report *usage.Report) error {
	if r.flags.format == "json" {
		return r.out.json(sizeAsJSON(cargoHome, opts, report))
	}
	t := &sizeTable{table{out: r.out, total: report.Total.Allocated}, report.LastUse, len(opts.why) > 0}
	t.head(cargoHome, "apparent", "on disk", "number")
	t.sizeRows(report)
	t.groups(opts.by, report.Groups)
	t.groups("crate", report.Top.Crates)
	t.groups("version", report.Top.Versions)
	t.groups("repository", report.Top.Repositories)
	return t.print()
}

func sizeAsJSON(cargoHome string, opts *sizeOptions, report *usage.Report) sizeJSON {
	v := sizeJSON{
		Format: 1, Home: cargoHome, Total: report.Total, Binaries: report.Binaries, Registries: report.Registries, Git: report.Git,
		Own: report.Own, Other: otherJSON{report.Others, report.Strangers}, By: opts.by, Groups: report.Groups,
		Crates: report.Top.Crates, Versions: report.Top.Versions, Repositories: report.Top.Repositories,
	}
	if v.Registries == nil {
		v.Registries = []usage.Registry{}
	}
	if elsewhere := minus(report.Total, report.GivesBack()); elsewhere != (usage.Size{}) {
		v.Elsewhere = &elsewhere
	}
	if report.Builds != (usage.Total{}) {
		v.Build = &report.Builds
	}
	if report.Leftovers.Count > 0 {
		v.Leftovers = &report.Leftovers
	}
	if opts.by != "" || opts.top > 0 {
		v.LastUse = report.LastUse
	}
	for _, p := range report.Problems {
		v.Problems = append(v.Problems, problemJSON{p.Path, p.Err.Error()})
	}
	return v
}

// sizeTable is what size prints.
type sizeTable struct {
	table
	origin lastuse.Origin // of most times of last use
	why    bool           // --why was given
}

// shownStrangers is how many paths are listed that are not Cargo's; JSON has more.
const shownStrangers = 20

func (t *sizeTable) sizeRows(r *usage.Report) {
	t.sum("total", r.Total, -1)
	if elsewhere := minus(r.Total, r.GivesBack()); elsewhere != (usage.Size{}) {
		t.sum("  linked elsewhere too", elsewhere, -1)
	}
	t.sum("installed binaries", r.Binaries.Size, r.Binaries.Count)
	for _, reg := range r.Registries {
		all := reg.Index.Size
		all.Apparent += reg.Archives.Apparent + reg.Sources.Apparent
		all.Allocated += reg.Archives.Allocated + reg.Sources.Allocated
		t.sum("registry "+reg.Name, all, -1)
		t.sum("  index", reg.Index.Size, -1)
		t.sum("  archives", reg.Archives.Size, reg.Archives.Count)
		t.sum("  sources", reg.Sources.Size, reg.Sources.Count)
	}
	t.sum("git", usage.Size{Apparent: r.Git.Databases.Apparent + r.Git.Checkouts.Apparent, Allocated: r.Git.Databases.Allocated + r.Git.Checkouts.Allocated}, -1)
	t.sum("  repositories", r.Git.Databases.Size, r.Git.Databases.Count)
	t.sum("  checkouts", r.Git.Checkouts.Size, r.Git.Checkouts.Count)
	if r.Builds != (usage.Total{}) {
		t.sum("build", r.Builds.Size, r.Builds.Count)
	}
	t.sum("cargo's own files", r.Own, -1)
	if r.Leftovers.Count > 0 {
		t.sum("left by killed runs", r.Leftovers.Size, r.Leftovers.Count)
	}
	t.sum("not cargo's", r.Others.Size, r.Others.Count)
	for i, s := range r.Strangers {
		if i == shownStrangers {
			t.row(fmt.Sprintf("  and %d more", r.Others.Count-i))
			break
		}
		name := "  " + s.Path
		if s.Why != "" {
			name += " (" + s.Why + ")"
		}
		t.sum(name, s.Size, -1)
	}
}

// groups adds a list of the largest, if it is asked for.
func (t *sizeTable) groups(by string, groups []usage.Group) {
	if len(groups) == 0 {
		return
	}
	head := []string{"by " + by, "apparent", "on disk", "number", "last use"}
	if t.origin == lastuse.Files {
		head[4] = "last use, by files"
	}
	if t.why {
		head = append(head, "needed by")
	}
	t.row()
	t.head(head...)
	for _, g := range groups {
		cells := []string{g.Name, size(g.Apparent), size(g.Allocated), fmt.Sprint(g.Count), lastUse(g.Used, g.From, t.origin), strings.Join(g.NeededBy, ", ")}
		t.bar(g.Allocated, cells[:len(head)]...)
	}
}

// lastUse prints a day; one that files say, where the database says the others, is
// marked.
func lastUse(used int64, from, origin lastuse.Origin) string {
	if used == 0 {
		return ""
	}
	day := time.Unix(used, 0).Format(time.DateOnly)
	if from != origin {
		day += " (files)"
	}
	return day
}
