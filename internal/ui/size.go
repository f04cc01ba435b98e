package ui

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"cargohome/internal/lastuse"
	"cargohome/internal/usage"
)

// Sizes is what size found.
type Sizes struct {
	Format       Format1          `json:"format"`                     // 1
	Home         string           `json:"home"`                       // absolute
	Total        usage.Size       `json:"total"`                      // of all below
	Elsewhere    *usage.Size      `json:"linked_elsewhere,omitempty"` // of the total: files with names outside of the home
	Binaries     usage.Total      `json:"binaries"`                   // installed ones, in bin
	Registries   []usage.Registry `json:"registries"`                 // in order of their names
	Git          usage.Git        `json:"git"`                        // repositories and checkouts
	Own          usage.Size       `json:"own"`                        // Cargo's other files, and the folders of all
	Build        *usage.Total     `json:"build,omitempty"`            // what Cargo compiled, nil if nothing
	Leftovers    *usage.Total     `json:"leftovers,omitempty"`        // of runs that were killed, nil if nothing
	Other        Others           `json:"other"`                      // what is not Cargo's
	LastUse      lastuse.Origin   `json:"last_use,omitempty"`         // who knows most times of last use
	By           string           `json:"by,omitempty"`               // what Groups are by
	Groups       []usage.Group    `json:"groups,omitempty"`           // the largest first
	Crates       []usage.Group    `json:"top_crates,omitempty"`       // the largest first
	Versions     []usage.Group    `json:"top_versions,omitempty"`     // the largest first
	Repositories []usage.Group    `json:"top_repositories,omitempty"` // the largest first
	Problems     []Problem        `json:"problems,omitempty"`         // the first of what could not be looked at

	Why    bool `json:"-"` // whether it was asked what needs the groups
	unseen int  // Problems in all
}

// Others is what is not Cargo's.
type Others struct {
	usage.Total
	Paths []usage.Stranger `json:"paths,omitempty"` // the first of it, in order
}

// Problem is what could not be looked at, or is left as it is.
type Problem struct {
	Path  string `json:"path"`  // below the home
	Error string `json:"error"` // why
}

// NewSizes tells of a home. The groups are by what was asked for, "" for nothing.
func NewSizes(home, by string, report *usage.Report) *Sizes {
	v := &Sizes{
		Home: home, Total: report.Total, Binaries: report.Binaries, Registries: report.Registries, Git: report.Git,
		Own: report.Own, Other: Others{report.Others, report.Strangers}, LastUse: report.LastUse, By: by, Groups: report.Groups,
		Crates: report.Top.Crates, Versions: report.Top.Versions, Repositories: report.Top.Repositories,
		Problems: newProblems(report.Problems), unseen: report.Unseen,
	}
	if v.Registries == nil {
		v.Registries = []usage.Registry{}
	}
	if elsewhere := report.Total.Minus(report.GivesBack()); elsewhere != (usage.Size{}) {
		v.Elsewhere = &elsewhere
	}
	if report.Builds != (usage.Total{}) {
		v.Build = &report.Builds
	}
	if report.Leftovers.Count > 0 {
		v.Leftovers = &report.Leftovers
	}
	return v
}

func newProblems(list []usage.Problem) (problems []Problem) {
	for _, p := range list {
		problems = append(problems, Problem{p.Path, p.Err.Error()})
	}
	return problems
}

func (v *Sizes) summarize(p *Printer) { p.problems(v.Problems, v.unseen) }

// problems warns of what could not be looked at, all being how many there are in all.
func (p *Printer) problems(list []Problem, all int) {
	var told []error
	for _, problem := range list[:min(len(list), shownThings)] {
		told = append(told, fmt.Errorf("%q: %w", problem.Path, errors.New(problem.Error)))
	}
	for _, line := range folded(told) {
		p.Warning("not looked at as a whole: " + line)
	}
	if more := all - len(told); more > 0 {
		p.Warning(fmt.Sprintf("%d more could not be looked at", more))
	}
}

func (v *Sizes) writeText(p *Printer) error {
	t := &table{out: p, least: []int{1, 4}, total: v.Total.Allocated}
	t.head(v.Home, "apparent", "on disk", "count")
	v.sums(t)
	v.groups(t, v.By, v.Groups)
	v.groups(t, "crate", v.Crates)
	v.groups(t, "version", v.Versions)
	v.groups(t, "repository", v.Repositories)
	return t.print()
}

func (v *Sizes) sums(t *table) {
	t.sum("total", v.Total, -1)
	if v.Elsewhere != nil {
		t.sum("  linked elsewhere too", *v.Elsewhere, -1)
	}
	t.sum("installed binaries", v.Binaries.Size, v.Binaries.Count)
	for _, r := range v.Registries {
		t.sum("registry "+r.Name, r.Index.Size.Plus(r.Archives.Size).Plus(r.Sources.Size), -1)
		t.sum("  index", r.Index.Size, -1)
		t.sum("  archives", r.Archives.Size, r.Archives.Count)
		t.sum("  sources", r.Sources.Size, r.Sources.Count)
	}
	t.sum("git", v.Git.Databases.Size.Plus(v.Git.Checkouts.Size), -1)
	t.sum("  repositories", v.Git.Databases.Size, v.Git.Databases.Count)
	t.sum("  checkouts", v.Git.Checkouts.Size, v.Git.Checkouts.Count)
	if v.Build != nil {
		t.sum("build", v.Build.Size, v.Build.Count)
	}
	t.sum("cargo's own files", v.Own, -1)
	if v.Leftovers != nil {
		t.sum("left by killed runs", v.Leftovers.Size, v.Leftovers.Count)
	}
	v.others(t)
}

// shownOthers is how many paths are listed that are not Cargo's; JSON has more.
const shownOthers = 20

func (v *Sizes) others(t *table) {
	t.sum("not cargo's", v.Other.Size, v.Other.Count)
	for i, s := range v.Other.Paths {
		if i == shownOthers {
			t.row(fmt.Sprintf("  and %d more", v.Other.Count-i))
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
func (v *Sizes) groups(t *table, by string, groups []usage.Group) {
	if len(groups) == 0 {
		return
	}
	head := []string{"by " + by, "apparent", "on disk", "count", "last use"}
	if v.LastUse == lastuse.Files {
		head[4] = "last use, by files"
	}
	if v.Why {
		head = append(head, "needed by")
	}
	t.row()
	t.head(head...)
	for _, g := range groups {
		cells := []string{g.Name, size(g.Apparent), size(g.Allocated), fmt.Sprint(g.Count), lastUse(g.Used, g.From, v.LastUse), strings.Join(g.NeededBy, ", ")}
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

// Over is an error if more is allocated than a limit in bytes, which was typed as said.
func (v *Sizes) Over(limit int64, said string) error {
	if v.Total.Allocated <= limit {
		return nil
	}
	err := fmt.Errorf("the cargo home takes %s on the disk, more than %s", size(v.Total.Allocated), said)
	return WithHint(err, "run `cargohome clean --auto -n` to see what can be given back without a network")
}
