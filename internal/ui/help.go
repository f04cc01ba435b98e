package ui

import (
	"cmp"
	"strings"
)

// The least and most columns that help is broken into: lines longer than a hundred
// characters are hard to read.
const minWidth, pipeWidth, maxWidth = 30, 80, 100

// Width returns how many columns of help fit on stdout.
func (p *Printer) Width() int {
	return min(max(cmp.Or(columns(p.window), pipeWidth), minWidth), maxWidth)
}

// Heading returns a word that stands above something in help, in the colour that cargo
// has for that.
func (p *Printer) Heading(word string) string {
	if !p.headings {
		return word
	}
	return green + word + plain
}

// Version is which program this is.
type Version struct {
	Format  Format1 `json:"format"`           // 1
	Version string  `json:"version"`          // a release, or what the Go toolchain says of the commit
	Commit  string  `json:"commit,omitempty"` // that it was built from, if known
	Cargo   string  `json:"cargo"`            // the cargo whose work it does
	Go      string  `json:"go"`               // that it was built with
	System  string  `json:"system"`           // that it was built for, as OS/ARCH
}

// Version prints which program this is.
func (p *Printer) Version(v Version) error { return p.Print(&v) }

func (v *Version) summarize(*Printer) {}

func (v *Version) writeText(p *Printer) error {
	text := v.Version
	if len(v.Commit) >= shortCommit && !strings.Contains(text, v.Commit[:shortCommit]) {
		text += " (" + v.Commit[:shortCommit] + ")"
	}
	return p.write("cargohome " + text + "\n")
}

const shortCommit = 12
