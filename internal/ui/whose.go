package ui

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/home"
	"cargohome/internal/lastuse"
	"cargohome/internal/usage"
	"cargohome/internal/whose"
)

// HomeTold is what home found.
type HomeTold struct {
	Format   Format1        `json:"format"`             // 1
	Home     string         `json:"home"`               // absolute
	Cargos   []HomeCargo    `json:"cargos"`             // that used it, the newest first
	Folders  []HomeFolder   `json:"folders"`            // in order of their paths
	LastUse  lastuse.Origin `json:"last_use"`           // who knows most times of last use
	Problems []Problem      `json:"problems,omitempty"` // the first of what could not be looked at

	unseen int // Problems in all
}

// HomeCargo is some Cargo that used the home, as far as it can be told which.
type HomeCargo struct {
	Version string `json:"version"` // of those that it may be, such as "before 1.85"
	Sign    string `json:"sign"`    // by which it is told
	Count   int    `json:"count"`   // of what has the sign
}

// HomeFolder is a folder of a registry or a repository.
type HomeFolder struct {
	Kind       usage.Kind      `json:"kind"`                 // of what is in it, or of itself
	Path       string          `json:"path"`                 // below the home
	Generation home.Generation `json:"generation,omitempty"` // the Cargos that call it so, if that is known
	Source     string          `json:"source,omitempty"`     // whose it is, if that is known
	usage.Total
	Used     int64          `json:"last_use,omitempty"`      // in Unix seconds
	From     lastuse.Origin `json:"last_use_from,omitempty"` // who says so
	Protocol string         `json:"protocol,omitempty"`      // of an index: sparse or git
	Cache    []int          `json:"cache_format,omitempty"`  // versions of the files that an index caches
	Schema   []int          `json:"cache_schema,omitempty"`  // versions of what these hold
	Marks    map[string]int `json:"marks,omitempty"`         // how many sources or checkouts are marked how
	Others   []string       `json:"others,omitempty"`        // folders of the same source by other generations
	Also     int            `json:"also,omitempty"`          // how many of its things lie in those too, by name
}

// NewHomeTold tells of a home.
func NewHomeTold(dir string, report *whose.Report, uses *lastuse.Uses) *HomeTold {
	v := &HomeTold{Home: dir, Cargos: []HomeCargo{}, Folders: []HomeFolder{}, LastUse: uses.Origin(), Problems: newProblems(report.Problems), unseen: report.Unseen}
	for _, c := range report.Cargos {
		v.Cargos = append(v.Cargos, HomeCargo{c.Version, c.Sign, c.Count})
	}
	for _, f := range report.Folders {
		v.Folders = append(v.Folders, newHomeFolder(f))
	}
	return v
}

func newHomeFolder(f *whose.Folder) HomeFolder {
	t := HomeFolder{
		Kind: f.Kind, Path: f.Path, Generation: f.Generation, Total: usage.Total{Count: f.Count, Size: f.Size},
		Used: f.Used, From: f.From, Marks: f.Marks, Others: f.Others, Also: f.Also,
	}
	if f.Source != (crate.SourceID{}) {
		t.Source = f.Source.String()
	}
	if f.Index != nil {
		t.Protocol, t.Cache, t.Schema = f.Index.Protocol, f.Index.Cache, f.Index.Schema
	}
	return t
}

func (v *HomeTold) summarize(p *Printer) { p.problems(v.Problems, v.unseen) }

func (v *HomeTold) writeText(p *Printer) error {
	cargos := &table{out: p}
	cargos.head(v.Home, "", "", "", "used by what is told by")
	for _, c := range v.Cargos {
		cargos.row("cargo "+c.Version, "", "", fmt.Sprint(c.Count), c.Sign)
	}
	cargos.row()
	if err := cargos.print(); err != nil {
		return err
	}
	t := &table{out: p, least: []int{1, 4}}
	t.head("folder", "apparent", "on disk", "count", "last use", "called so by cargo", "what")
	for _, f := range v.Folders {
		t.row(f.Path, size(f.Apparent), size(f.Allocated), fmt.Sprint(f.Count), lastUse(f.Used, f.From, v.LastUse), f.cargo(), f.what())
	}
	return t.print()
}

func (f *HomeFolder) cargo() string {
	if f.Generation == home.UnknownGeneration {
		return "not known"
	}
	return string(f.Generation)
}

// what says the rest of a folder.
func (f *HomeFolder) what() string {
	parts := []string{crate.Redact(f.Source)}
	if f.Source == "" {
		parts[0] = "of a source that nothing here names"
	}
	if f.Protocol != "" {
		parts = append(parts, f.Protocol)
	}
	for n, format := range f.Cache {
		parts = append(parts, fmt.Sprintf("cache %d.%d", format, f.Schema[min(n, len(f.Schema)-1)]))
	}
	for _, mark := range slices.Sorted(maps.Keys(f.Marks)) {
		parts = append(parts, fmt.Sprintf("%d %s", f.Marks[mark], mark))
	}
	switch others := strings.Join(f.Others, " and "); {
	case others == "":
	case f.Kind == usage.Index || f.Kind == usage.Database:
		parts = append(parts, "there is "+others+" too")
	default:
		parts = append(parts, fmt.Sprintf("%d of %d in %s too", f.Also, f.Count, others))
	}
	return strings.Join(parts, "; ")
}
