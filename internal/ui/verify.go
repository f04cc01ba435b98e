package ui

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"cargohome/internal/locate"
	"cargohome/internal/verify"
)

// Verified is what verify found.
type Verified struct {
	Format    Format1        `json:"format"`              // 1
	Repaired  bool           `json:"repaired,omitempty"`  // what can be mended was
	Areas     []VerifiedArea `json:"areas"`               // in order
	Findings  []VerifiedItem `json:"findings"`            // what is not as it should be, or was not before
	Unvouched []VerifiedItem `json:"unvouched,omitempty"` // what nobody vouches for
	Patched   []VerifiedItem `json:"patched,omitempty"`   // what was changed on purpose
	Older     []VerifiedItem `json:"older,omitempty"`     // what an older cargo made in its way
	Strange   []string       `json:"strange,omitempty"`   // what was passed over

	// UnvouchedFiles are the first of those in repositories that nobody vouches for.
	UnvouchedFiles []string `json:"unvouched_files,omitempty"`

	Took time.Duration `json:"-"` // the whole run
}

// VerifiedArea counts the things in a part of the home, or in a vendor folder.
type VerifiedArea struct {
	Area      verify.Area `json:"area"`            // which
	Sound     int         `json:"sound"`           // as they should be
	Findings  int         `json:"findings"`        // not as they should be, before any were mended
	Unvouched int         `json:"unvouched"`       // of which nobody says what they should be
	Patched   int         `json:"patched"`         // changed on purpose
	Older     int         `json:"older,omitempty"` // made by an older cargo in its way

	UnvouchedFiles int `json:"unvouched_files,omitempty"` // in them, of which nobody says what they should be
}

// VerifiedItem is one thing.
type VerifiedItem struct {
	Area        verify.Area         `json:"area"`                  // that it lies in
	Name        string              `json:"name"`                  // as people call it
	Path        string              `json:"path"`                  // absolute
	State       verify.State        `json:"state"`                 // as it was found
	Why         string              `json:"why,omitempty"`         // it is in that state
	VouchedBy   locate.Voucher      `json:"vouched_by,omitempty"`  // for the archive
	Differences []verify.Difference `json:"differences,omitempty"` // in order of their paths
	Mended      bool                `json:"mended,omitempty"`      // it is as it should be now
	Aside       string              `json:"aside,omitempty"`       // where it was moved
	Stray       bool                `json:"stray,omitempty"`       // neither lockfile nor home knows a package for it
	Patch       string              `json:"patch,omitempty"`       // why it was patched on purpose, before it was changed once more
}

// maxUnvouched is how many files are listed that nobody vouches for.
const maxUnvouched = 1000

// NewVerified tells of a plan that was run, and repaired if that was asked for.
func NewVerified(plan *verify.Plan, repaired bool) *Verified {
	v := &Verified{Repaired: repaired, Areas: []VerifiedArea{}, Findings: []VerifiedItem{}}
	for _, i := range plan.Items {
		item := VerifiedItem{i.Area, i.Name, i.Path, i.State, i.Why, i.By, i.Differences, i.Mended, i.Aside, i.Stray, i.Patch}
		if n := len(v.Areas); n == 0 || v.Areas[n-1].Area != i.Area {
			v.Areas = append(v.Areas, VerifiedArea{Area: i.Area})
		}
		area := &v.Areas[len(v.Areas)-1]
		area.UnvouchedFiles += len(i.Nobody)
		for _, path := range i.Nobody[:min(len(i.Nobody), maxUnvouched-len(v.UnvouchedFiles))] {
			v.UnvouchedFiles = append(v.UnvouchedFiles, filepath.Join(i.Path, filepath.FromSlash(path)))
		}
		switch {
		case i.IsFinding():
			area.Findings++
			v.Findings = append(v.Findings, item)
		case i.State == verify.Unvouched:
			area.Unvouched++
			v.Unvouched = append(v.Unvouched, item)
		case i.State == verify.Patched:
			area.Patched++
			v.Patched = append(v.Patched, item)
		case i.State == verify.Older:
			area.Older++
			v.Older = append(v.Older, item)
		default:
			area.Sound++
		}
	}
	for _, err := range plan.Strange {
		v.Strange = append(v.Strange, err.Error())
	}
	return v
}

func (v *Verified) summarize(p *Printer) {
	var parts []string
	for _, a := range v.Areas {
		parts = append(parts, fmt.Sprintf("%d %s", a.all(), nounOf(a)))
	}
	if len(parts) == 0 {
		parts = []string{"nothing"}
	}
	for _, text := range v.Strange {
		p.Warning("passed over: " + text)
	}
	p.Status("Verified", "%s in %.2fs%s", strings.Join(parts, ", "), v.Took.Seconds(), v.nobody())
	for _, i := range v.Findings {
		if i.Mended {
			p.Status("Repaired", "%s in %s", i.Name, i.Path)
		}
	}
	if len(v.Unvouched) > 0 {
		p.Note(listed(fmt.Sprintf("nobody vouches for %s", plural(len(v.Unvouched), "thing", "things")), named(v.Unvouched)))
	}
	if len(v.Patched) > 0 {
		p.Note(listed(fmt.Sprintf("%s on purpose", plural(len(v.Patched), "package is patched", "packages are patched")), named(v.Patched)))
	}
	if len(v.Older) > 0 {
		p.Note(listed(fmt.Sprintf("%s in its way by an older cargo", plural(len(v.Older), "package was made", "packages were made")), named(v.Older)))
	}
}

// nobody counts the files of repositories that nobody vouches for.
func (v *Verified) nobody() string {
	n := 0
	for _, a := range v.Areas {
		n += a.UnvouchedFiles
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("; unvouched: %s of repositories, such as %s", plural(n, "file", "files"), shownLine(filepath.Base(v.UnvouchedFiles[0])))
}

var areaNouns = map[verify.Area][2]string{
	verify.Archives:  {"archive", "archives"},
	verify.Sources:   {"source", "sources"},
	verify.Checkouts: {"checkout", "checkouts"},
	verify.Databases: {"repository", "repositories"},
	verify.Vendor:    {"vendored package", "vendored packages"},
}

func (a VerifiedArea) all() int { return a.Sound + a.Findings + a.Unvouched + a.Patched + a.Older }

func nounOf(a VerifiedArea) string {
	if a.all() == 1 {
		return areaNouns[a.Area][0]
	}
	return areaNouns[a.Area][1]
}

// named says of each thing where it is, and why it is told of.
func named(items []VerifiedItem) (list []error) {
	for _, i := range items {
		why := i.Why
		if i.State == verify.Patched {
			why = "patched: " + why
		}
		list = append(list, fmt.Errorf("%q: %s", i.Path, why))
	}
	return list
}

// writeText prints a line for each thing that is not as it should be, and below it how.
func (v *Verified) writeText(p *Printer) error {
	var b strings.Builder
	for _, i := range v.Findings {
		line := fmt.Sprintf("%s %s: %s", i.Area, i.Path, i.State)
		if i.Why != "" {
			line += ": " + i.Why
		}
		if i.Patch != "" {
			line += ", and was patched before: " + i.Patch
		}
		if i.Aside != "" {
			line += "; moved aside to " + i.Aside
		}
		b.WriteString(shownLine(line) + "\n")
		for _, d := range i.Differences {
			b.WriteString(fmt.Sprintf("  %-10s ", d.How) + shownLine(d.Path) + "\n")
		}
	}
	return p.write(b.String())
}

// Err is nil if everything is as it should be, or was mended.
func (v *Verified) Err() error {
	left := slices.DeleteFunc(slices.Clone(v.Findings), func(i VerifiedItem) bool { return i.Mended })
	if len(left) == 0 {
		return nil
	}
	err := errors.New(plural(len(left), "thing is", "things are") + " not as they should be")
	if len(left) == 1 {
		err = errors.New("1 thing is not as it should be")
	}
	return WithHint(err, strings.Join(v.remedies(left), "; "))
}

// remedies says what to do about what is not as it should be, of each kind.
func (v *Verified) remedies(left []VerifiedItem) (list []string) {
	patched := slices.ContainsFunc(left, func(i VerifiedItem) bool { return i.Patch != "" })
	stray := slices.ContainsFunc(left, func(i VerifiedItem) bool { return i.Stray && i.Patch == "" })
	others := slices.ContainsFunc(left, func(i VerifiedItem) bool { return i.Patch == "" && !i.Stray })
	switch {
	case others && !v.Repaired:
		list = append(list, "`cargohome verify --repair` makes them anew from what the home holds")
	case others:
		list = append(list, "what cannot be mended from here comes by `cargo fetch --locked` where there is a network, once it is out of the way")
	}
	if stray {
		list = append(list, "what no package is known for goes, or is made anew, by `cargohome vendor DIR`, as the lockfile asks for it")
	}
	if patched {
		list = append(list, "of a patched package `cargohome vendor rehash NAME --reason TEXT` records what is there now, and `cargohome vendor --force` drops the patch")
	}
	return list
}

// VerifyProgress shows how far verifying a plan has got. It returns what is to be told of
// each item.
func (p *Printer) VerifyProgress(plan *verify.Plan) func(*verify.Item) {
	p.StartProgress(Work{"Verifying", len(plan.Items), plan.Size()})
	return func(i *verify.Item) {
		p.Detail("Verified", "%s %s: %s", i.Area, i.Path, i.State)
		p.Advance(1, i.Size)
	}
}
