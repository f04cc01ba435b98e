package ui

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"cargohome/crate"
	"cargohome/internal/check"
)

// Checked is what check found.
type Checked struct {
	Format    Format1        `json:"format"`            // 1
	Directory string         `json:"directory"`         // the folder that commands are for
	Home      string         `json:"home"`              // the Cargo home
	Packages  int            `json:"packages"`          // that are locked, the user's own left out
	Complete  bool           `json:"complete"`          // nothing was found
	Findings  []CheckFinding `json:"findings"`          // by remedy, then code and package
	Patched   []CheckPatched `json:"patched,omitempty"` // vendored packages that were patched on purpose

	Took time.Duration `json:"-"` // the whole run
}

// CheckFinding is one thing for which a command fails.
type CheckFinding struct {
	Code      check.Code  `json:"code"`                // one of those in `cargohome help check`
	Package   string      `json:"package,omitempty"`   // its name
	Version   string      `json:"version,omitempty"`   // its version
	Source    string      `json:"source,omitempty"`    // it is from, as lockfiles have it, without user info
	Path      string      `json:"path,omitempty"`      // where it was looked for
	Reason    string      `json:"reason"`              // what is wrong
	Breaks    []string    `json:"breaks"`              // command lines that fail
	Selection []string    `json:"selection,omitempty"` // which selections need the package
	Remedy    CheckRemedy `json:"remedy"`              // what to do
}

// CheckRemedy is what to do about a finding.
type CheckRemedy struct {
	Kind    check.RemedyKind `json:"kind"`              // what sort it is
	Command string           `json:"command,omitempty"` // a command line; absent where a person decides
}

// CheckPatched is a vendored package that was patched on purpose.
type CheckPatched struct {
	Package string `json:"package"` // its name
	Version string `json:"version"` // its version
	Path    string `json:"path"`    // its folder
	Why     string `json:"why"`     // as it was recorded
}

// NewChecked tells of a report about the project in a folder, and a home.
func NewChecked(directory, home string, r *check.Report) *Checked {
	c := &Checked{Directory: directory, Home: home, Packages: r.Packages, Complete: len(r.Findings) == 0, Findings: []CheckFinding{}}
	for _, f := range r.Findings {
		one := CheckFinding{
			Code: f.Code, Package: f.ID.Name, Version: f.ID.Version, Path: f.Path, Reason: f.Reason,
			Breaks: f.Breaks, Selection: f.Selection, Remedy: CheckRemedy{f.Remedy.Kind, f.Remedy.Command},
		}
		if f.ID.Source.URL() != "" {
			one.Source = crate.Redact(f.ID.Source.String())
		}
		c.Findings = append(c.Findings, one)
	}
	for _, p := range r.Patched {
		c.Patched = append(c.Patched, CheckPatched{p.ID.Name, p.ID.Version, p.Path, p.Why})
	}
	return c
}

func (c *Checked) summarize(p *Printer) {
	p.Status("Checked", "%s in %.2fs", plural(c.Packages, "package", "packages"), c.Took.Seconds())
	for _, one := range c.Patched {
		p.Note(fmt.Sprintf("%s v%s is patched: %s", one.Package, one.Version, one.Why))
	}
}

// remedyTitles says what is to be done of each kind.
var remedyTitles = map[check.RemedyKind]string{
	check.Mend:      "to be corrected by hand",
	check.Configure: "to be corrected in cargo's configuration",
	check.Permit:    "to be made readable, or writable",
	check.Room:      "more room is needed",
	check.Relock:    "the lockfile is to be made anew",
	check.Vendor:    "to be vendored anew",
	check.Restore:   "can be made anew from what the home holds",
	check.Refetch:   "damaged, to be moved aside and fetched",
	check.Fetch:     "to be fetched where there is a network",
}

// writeText prints the findings by what is to be done, a line each, and the commands last.
func (c *Checked) writeText(p *Printer) error {
	var b strings.Builder
	var commands []string
	for i, f := range c.Findings {
		if i == 0 || c.Findings[i-1].Remedy.Kind != f.Remedy.Kind {
			fmt.Fprintf(&b, "%s:\n", remedyTitles[f.Remedy.Kind])
		}
		b.WriteString("  " + shownLine(f.line()) + "\n")
		if n := len(commands); f.Remedy.Command != "" && (n == 0 || commands[n-1] != f.Remedy.Command) {
			commands = append(commands, f.Remedy.Command)
		}
	}
	if len(commands) > 0 {
		b.WriteString("run:\n")
	}
	for _, command := range commands {
		b.WriteString("  " + shownLine(command) + "\n")
	}
	return p.write(b.String())
}

// line is a finding on one line.
func (f *CheckFinding) line() string {
	line := string(f.Code)
	if f.Package != "" {
		line += " " + f.Package + " v" + f.Version
	}
	line += ": " + f.Reason
	if f.Path != "" && !strings.Contains(f.Reason, f.Path) {
		line += " (" + f.Path + ")"
	}
	return line
}

// Err is nil if nothing was found.
func (c *Checked) Err() error {
	if c.Complete {
		return nil
	}
	err := errors.New("cargo would fail, or work with what is damaged: " + plural(len(c.Findings), "finding", "findings"))
	return WithHint(err, "`cargohome check --format json` names the commands that fail because of each")
}
