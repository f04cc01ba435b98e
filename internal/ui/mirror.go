package ui

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"cargohome/crate"
	"cargohome/internal/mirror"
	"cargohome/internal/registry"
)

// Mirrored is what mirror did, or would do.
type Mirrored struct {
	Format      Format1            `json:"format"`             // 1
	Destination string             `json:"destination"`        // as typed
	DryRun      bool               `json:"dry_run,omitempty"`  // nothing was done
	Layout      registry.Layout    `json:"layout"`             // of the mirror
	URL         string             `json:"url,omitempty"`      // where a web server has it
	Registries  []MirroredRegistry `json:"registries"`         // by name
	Removed     []string           `json:"removed,omitempty"`  // packages of which the archive went, in Cargo's order
	LeftOut     []MirrorGap        `json:"left_out,omitempty"` // what is not held, and why
	Hidden      int                `json:"hidden,omitempty"`   // versions that were published too late
	Config      TOML               `json:"config,omitempty"`   // that makes cargo use the mirror

	Configured bool          `json:"-"` // whether the project has the configuration
	Took       time.Duration `json:"-"` // the whole run
}

// MirroredRegistry is what a mirror has of one registry.
type MirroredRegistry struct {
	Name     string            `json:"name"`             // of its folder in the mirror
	Source   string            `json:"source,omitempty"` // as lockfiles have it, if it is known
	Versions []MirroredVersion `json:"versions"`         // of a crate together
}

// MirroredVersion is a version that a mirror has.
type MirroredVersion struct {
	Name     string        `json:"name"`               // of the package
	Version  string        `json:"version"`            // of the package
	Checksum string        `json:"checksum"`           // of its archive
	Bytes    int64         `json:"bytes"`              // of its archive
	Yanked   bool          `json:"yanked,omitempty"`   // as the index says
	Unyanked bool          `json:"unyanked,omitempty"` // the mirror had it as yanked
	Action   mirror.Action `json:"action"`             // what was done

	id crate.ID
}

// MirrorGap is what is left out of a mirror.
type MirrorGap struct {
	Registry string `json:"registry"`          // its name
	Name     string `json:"name,omitempty"`    // of the package, if that is known
	Version  string `json:"version,omitempty"` // of the package
	Path     string `json:"path,omitempty"`    // of an archive that is there
	Reason   string `json:"reason"`            // why

	err error
}

// NewMirrored tells of a plan.
func NewMirrored(plan *mirror.Plan, set *registry.Set) *Mirrored {
	v := &Mirrored{Layout: plan.Record.Layout, URL: plan.Record.URL, Registries: []MirroredRegistry{}, Hidden: set.Hidden}
	for _, r := range plan.Registries {
		m := MirroredRegistry{Name: r.Name, Versions: []MirroredVersion{}}
		if r.Source != (crate.SourceID{}) {
			m.Source = crate.Redact(r.Source.String())
		}
		for i, held := range r.Versions {
			m.Versions = append(m.Versions, MirroredVersion{
				held.ID.Name, held.ID.Version, held.Checksum.String(), held.Size, held.Yanked, held.Unyanked, r.Actions[i], held.ID,
			})
		}
		v.Registries = append(v.Registries, m)
	}
	for _, id := range plan.Removed {
		v.Removed = append(v.Removed, id.String())
	}
	for _, gap := range set.LeftOut {
		v.LeftOut = append(v.LeftOut, newMirrorGap(gap))
	}
	return v
}

func newMirrorGap(gap registry.LeftOut) MirrorGap {
	g := MirrorGap{Registry: gap.Registry, Name: gap.ID.Name, Version: gap.ID.Version, Path: gap.Path, Reason: gap.Err.Error()}
	switch {
	case gap.ID.Name == "":
		g.err = gap.Err
	case gap.Path == "":
		g.err = fmt.Errorf("%s: %w", gap.ID, gap.Err)
	default:
		g.err = fmt.Errorf("%s: %s: %w", gap.ID, gap.Path, gap.Err)
	}
	return g
}

func (v *Mirrored) summarize(p *Printer) {
	details := map[mirror.Action]string{mirror.Added: "Adding", mirror.Replaced: "Replacing", mirror.Kept: "Fresh"}
	verb, removing := "Mirrored", "Removing"
	if v.DryRun {
		details = map[mirror.Action]string{mirror.Added: "Would add", mirror.Replaced: "Would replace", mirror.Kept: "Fresh"}
		verb, removing = "Would mirror", "Would remove"
	}
	for _, r := range v.Registries {
		for _, held := range r.Versions {
			p.Detail(details[held.Action], "%s to %s", held.id, v.folder(r.Name))
		}
	}
	for _, id := range v.Removed {
		p.Detail(removing, "%s", id)
	}
	p.Status(verb, "%s", v.words())
	v.noteUnyanked(p)
}

// noteUnyanked tells of versions that are not yanked any more: an index that is older than the
// mirror says so too.
func (v *Mirrored) noteUnyanked(p *Printer) {
	var list []error
	for _, r := range v.Registries {
		for _, held := range r.Versions {
			if held.Unyanked {
				list = append(list, errors.New(held.id.String()))
			}
		}
	}
	if len(list) > 0 {
		text := plural(len(list), "version was yanked in the mirror and is not where it comes", "versions were yanked in the mirror and are not where they come")
		p.Note(listed(text+" from, which may be older:", list))
	}
}

// folder is where a registry is, in a folder or in a store.
func (v *Mirrored) folder(name string) string {
	if strings.Contains(v.Destination, "://") {
		return strings.TrimRight(v.Destination, "/") + "/" + name
	}
	return filepath.Join(v.Destination, name)
}

// words counts what the mirror has, and what became of it.
func (v *Mirrored) words() string {
	versions, registries, came, bytes := 0, 0, 0, int64(0)
	for _, r := range v.Registries {
		if len(r.Versions) > 0 {
			registries++
		}
		for _, held := range r.Versions {
			versions, bytes = versions+1, bytes+held.Bytes
			if held.Action != mirror.Kept {
				came++
			}
		}
	}
	text := fmt.Sprintf("%s (%s) of %s into %s", plural(versions, "package", "packages"), size(bytes), plural(registries, "registry", "registries"), v.Destination)
	if !v.DryRun {
		text += fmt.Sprintf(" in %.2fs", v.Took.Seconds())
	}
	text += fmt.Sprintf(", %d new", came)
	if n := len(v.Removed); n > 0 {
		text += fmt.Sprintf(", %d removed", n)
	}
	if v.Hidden > 0 {
		text += fmt.Sprintf(", %d hidden", v.Hidden)
	}
	return text
}

func (v *Mirrored) writeText(p *Printer) error {
	if p.settings.Quiet || v.Config == "" {
		return nil // as with vendor
	}
	if v.Configured && !v.DryRun {
		return nil
	}
	if !v.Configured {
		p.remark("To use the mirror, add this to your .cargo/config.toml for a project, or for all in the Cargo home:\n")
	}
	return p.writeTOML(v.Config)
}

// Err is nil if nothing is left out.
func (v *Mirrored) Err() error {
	if len(v.LeftOut) == 0 {
		return nil
	}
	errs, absent := make([]error, len(v.LeftOut)), true
	for i, gap := range v.LeftOut {
		errs[i] = gap.err
		absent = absent && errors.Is(gap.err, registry.ErrNotHeld)
	}
	err := errors.New(listed(plural(len(errs), "package is", "packages are")+" left out of the mirror:", errs))
	if absent {
		return WithHint(err, "run `cargo fetch --locked` where there is a network, for the cargo home that they are taken from")
	}
	return WithHint(err, "delete the archives that are damaged and run `cargo fetch --locked` where there is a network; of two that differ find out which was changed")
}
