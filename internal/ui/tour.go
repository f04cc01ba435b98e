package ui

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"cargohome/internal/usage"
)

// Tour is what the program says when it is not told what to do.
type Tour struct {
	Format  Format1       `json:"format"`            // 1
	Home    string        `json:"home"`              // the Cargo home
	Usage   *usage.Report `json:"-"`                 // what is in it, nil if it is none
	Lacking error         `json:"-"`                 // why it is none
	Project *Checked      `json:"project,omitempty"` // of the current folder, if there is one
}

func (t *Tour) summarize(*Printer) {}

func (t *Tour) writeText(p *Printer) error {
	var b strings.Builder
	line := func(what, text string) { fmt.Fprintf(&b, "  %-9s%s\n", what, shownLine(text)) }
	b.WriteString("Cargohome does with a Cargo home what can be done without a network.\n\n")
	line("home", t.Home+": "+t.holds())
	if t.Project == nil {
		line("project", "there is none in this folder or above")
	} else {
		line("project", t.Project.Directory+": "+t.Project.verdict())
	}
	b.WriteString("\n")
	for _, try := range t.next() {
		fmt.Fprintf(&b, "  %-26s%s\n", try[0], try[1])
	}
	return p.write(b.String())
}

func (t *Tour) holds() string {
	switch {
	case errors.Is(t.Lacking, fs.ErrNotExist):
		return "there is none yet"
	case t.Lacking != nil:
		return "no cargo home: " + errors.Unwrap(t.Lacking).Error()
	}
	archives, sources, _ := registryTotals(t.Usage)
	return fmt.Sprintf("%s, %s, %s; %s on the disk", plural(archives.Count, "archive", "archives"),
		plural(sources.Count, "source", "sources"), plural(t.Usage.Git.Databases.Count, "repository", "repositories"), size(t.Usage.Total.Allocated))
}

// verdict says in one sentence whether a build would find everything.
func (c *Checked) verdict() string {
	packages := plural(c.Packages, "package", "packages")
	if c.Complete {
		return packages + "; an offline build finds everything"
	}
	return packages + "; an offline build would fail, for " + plural(len(c.Findings), "finding", "findings")
}

// next are commands to try, and what they do.
func (t *Tour) next() (list [][2]string) {
	switch {
	case t.Project == nil:
	case t.Project.Complete:
		list = append(list, [2]string{"cargohome vendor ./vendor", "makes the folder that cargo vendor makes"})
	default:
		list = append(list, [2]string{"cargohome check", "tells what is missing, and how to have it"})
	}
	if t.Usage != nil {
		list = append(list, [2]string{"cargohome clean", "shows what can be given back"})
	}
	return append(list, [2]string{"cargohome help", "lists all commands"})
}
