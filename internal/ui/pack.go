package ui

import (
	"fmt"
	"time"

	"cargohome/internal/bundle"
	"cargohome/internal/visible"
)

// Packed is what pack did, or would do.
type Packed struct {
	Format  Format1 `json:"format"`            // 1
	Output  string  `json:"output"`            // as typed
	DryRun  bool    `json:"dry_run,omitempty"` // nothing was done
	Size    int64   `json:"size,omitempty"`    // of the bundle in bytes, if it was written
	Home    int64   `json:"home,omitempty"`    // of the archives, indexes and repositories of the home in bytes
	Content         // what is in it

	Took time.Duration `json:"-"` // the whole run
}

// Content is what a bundle has.
type Content struct {
	Container    string              `json:"container"`               // tar, tar.gz or tar.zst
	Compressor   string              `json:"compressor,omitempty"`    // of it, with its version and level
	Lockfiles    []bundle.Lockfile   `json:"lockfiles"`               // that it builds
	Archives     int                 `json:"archives"`                // of packages
	IndexEntries int                 `json:"index_entries,omitempty"` // of sparse registries
	Repositories []bundle.Repository `json:"repositories,omitempty"`  // of git/db
	Registries   []bundle.Registry   `json:"registries,omitempty"`    // of the archives
	Files        int                 `json:"files"`                   // of all kinds
	Bytes        int64               `json:"bytes"`                   // of all files
	Held         int                 `json:"held,omitempty"`          // files that a delta leaves to what it is packed against
	HeldBytes    int64               `json:"held_bytes,omitempty"`    // of those
	LeftOut      []string            `json:"left_out,omitempty"`      // packages without an archive
	Since        []string            `json:"since,omitempty"`         // manifests that a delta is packed against
}

// NewContent tells what a bundle has.
func NewContent(m *bundle.Manifest) Content {
	c := Content{
		Container: m.Container, Compressor: m.Compressor, Lockfiles: append([]bundle.Lockfile{}, m.Lockfiles...), Repositories: m.Repositories,
		Registries: m.Registries, LeftOut: m.LeftOut, Since: m.Since,
	}
	for i := range m.Entries {
		e := &m.Entries[i]
		switch e.Kind() {
		case bundle.ArchiveEntry:
			c.Archives++
		case bundle.IndexEntry:
			c.IndexEntries++
		}
		if !e.IsFile() {
			continue
		}
		c.Files, c.Bytes = c.Files+1, c.Bytes+e.Size
		if e.Held {
			c.Held, c.HeldBytes = c.Held+1, c.HeldBytes+e.Size
		}
	}
	return c
}

// words says what is in it, the most important first.
func (c *Content) words() string {
	text := plural(c.Archives, "archive", "archives")
	if n := len(c.Repositories); n > 0 {
		text += " and " + plural(n, "repository", "repositories")
	}
	text += " (" + size(c.Bytes)
	if c.Held > 0 {
		text += ", of which the receiver has " + size(c.HeldBytes)
	}
	return text + ")"
}

func (v *Packed) summarize(p *Printer) {
	if n := len(v.LeftOut); n > 0 {
		p.Note(fmt.Sprintf("%s left out, as nothing that is packed for builds them: `cargo build` works for that, and not what asks for all packages, as `cargo vendor` and `cargohome vendor`, with the same flags too, or `cargo fetch` and `cargo metadata` without a target",
			plural(n, "archive is", "archives are")))
		for _, id := range v.LeftOut {
			p.Detail("Left out", "%s", id)
		}
	}
	if v.DryRun {
		p.Status("Would pack", "%s into %s%s", v.words(), v.Output, v.smaller(v.Bytes-v.HeldBytes))
		return
	}
	p.Status("Packed", "%s into %s, %s in %.2fs%s", v.words(), v.Output, size(v.Size), v.Took.Seconds(), v.smaller(v.Size))
}

// smaller compares a size with the home.
func (v *Packed) smaller(than int64) string {
	if v.Home <= than || v.Home == 0 {
		return ""
	}
	return fmt.Sprintf(", %d%% less than the home's %s", (v.Home-than)*100/v.Home, size(v.Home))
}

func (v *Packed) writeText(*Printer) error { return nil }

// PackProgress shows how far writing a bundle has got. The function it returns is told of
// each entry.
func (p *Printer) PackProgress(m *bundle.Manifest) func(e *bundle.Entry) {
	_, packed := m.Bytes()
	held := 0
	for i := range m.Entries {
		if m.Entries[i].Held {
			held++
		}
	}
	p.StartProgress(Work{"Packing", len(m.Entries) - held, packed})
	return func(e *bundle.Entry) {
		if e.Kind() == bundle.ArchiveEntry {
			p.Detail("Packing", "%s", e.Package)
		}
		p.Advance(1, e.Size)
	}
}

// BundleListed is what is in a bundle. As text it is the bundle's manifest.
type BundleListed struct {
	Format  Format1        `json:"format"` // 1
	Bundle  string         `json:"bundle"` // as typed
	Content                // what is in it
	Entries []bundle.Entry `json:"entries"` // as the manifest has them

	Text []byte `json:"-"` // the manifest's
}

func (v *BundleListed) summarize(p *Printer) {
	p.Status("Listed", "%s in %s", v.words(), v.Bundle)
}

func (v *BundleListed) writeText(p *Printer) error {
	if p.dataTerminal {
		return p.write(visible.As(string(v.Text), visible.JSON))
	}
	return p.write(string(v.Text))
}

// BundleDiff is what is other in one bundle than in another.
type BundleDiff struct {
	Format  Format1         `json:"format"`  // 1
	From    string          `json:"from"`    // a bundle, as typed
	To      string          `json:"to"`      // another
	Changes []bundle.Change `json:"changes"` // crates first, then repositories, then files
}

func (v *BundleDiff) summarize(p *Printer) {
	if len(v.Changes) == 0 {
		p.Status("Compared", "%s and %s, which hold the same", v.From, v.To)
		return
	}
	p.Status("Compared", "%s and %s, with %s", v.From, v.To, plural(len(v.Changes), "difference", "differences"))
}

func (v *BundleDiff) writeText(p *Printer) error {
	for _, c := range v.Changes {
		if err := p.write(visible.Text(c.String()) + "\n"); err != nil {
			return err
		}
	}
	return nil
}
