package reextract

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/index"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
)

// State is how a source stands.
type State string

const (
	Present State = "present" // Cargo will use it as it is
	Absent  State = "absent"
	Broken  State = "broken"  // something is there that Cargo would not use as it is
	Unknown State = "unknown" // it cannot be looked at, and is left alone
)

// Item is one archive, and the folder it is unpacked to.
type Item struct {
	ID      crate.ID // without a source if found by its archive alone
	Archive home.Archive
	Dir     string
	State   State
	Why     string // what is wrong with a Broken one, or why nothing is known

	locked *crate.Checksum // the lockfile's; nil if it has none, or there is none
	lookup func() (index.Entry, error)
}

// Plan says what rebuilding registry/src takes. It is plain data; making one only
// reads.
type Plan struct {
	Items   []*Item    // in order of Dir
	Missing []crate.ID // locked packages of which the home has no archive, in Cargo's order
	Strange []error    // what is no archive that could be unpacked, and sources that cannot be looked at

	home  *home.Home
	force bool
}

// Everything plans for all archives in the cache, or those that a spec names.
func Everything(h *home.Home, specs []crate.Spec, force bool) *Plan {
	p := &Plan{home: h, force: force}
	for _, name := range h.Registries() {
		for c, err := range h.Cached(name) {
			switch {
			case errors.Is(err, home.ErrNotArchive) && len(specs) > 0:
			case err != nil:
				p.Strange = append(p.Strange, fmt.Errorf("%q: %w", c.Path, unwrapPath(err)))
			case named(specs, c.ID):
				p.addCached(c)
			}
		}
	}
	return p.sorted()
}

// unwrapPath drops the path that an error of the system repeats.
func unwrapPath(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

func named(specs []crate.Spec, id crate.ID) bool {
	return len(specs) == 0 || slices.ContainsFunc(specs, func(s crate.Spec) bool { return s.Matches(id) })
}

func (p *Plan) addCached(c home.Cached) {
	if c.Size == 0 {
		p.Strange = append(p.Strange, fmt.Errorf("%q: empty, of an interrupted download", c.Path))
		return
	}
	p.add(&Item{
		ID: c.ID, Archive: c.Archive, Dir: p.home.SourceDir(c.Registry, c.ID),
		lookup: func() (index.Entry, error) { return p.home.LookupIn(c.Registry, c.ID) },
	})
}

func (p *Plan) add(item *Item) {
	if item.State, item.Why = Look(item.Dir); item.State == Unknown {
		p.Strange = append(p.Strange, fmt.Errorf("%q: %s", item.Dir, item.Why))
	}
	p.Items = append(p.Items, item)
}

func (p *Plan) sorted() *Plan {
	slices.SortFunc(p.Items, func(a, b *Item) int { return cmp.Or(strings.Compare(a.Dir, b.Dir), a.ID.Compare(b.ID)) })
	p.Items = slices.CompactFunc(p.Items, func(a, b *Item) bool { return a.Dir == b.Dir })
	return p
}

// Package is a locked package.
type Package struct {
	ID       crate.ID
	Checksum *crate.Checksum // nil if the lockfile has none
}

// Registry is where Cargo finds the archives of a source: in the home, or in a
// local registry.
type Registry interface {
	// Archives yields the places where a copy of the archive lies; with an
	// error, which is about one place, the loop goes on.
	Archives(crate.ID) iter.Seq2[home.Archive, error]
	Lookup(crate.ID) (index.Entry, error)
}

// Resolve returns where Cargo finds the packages of a registry: in the home, or in
// the registry that the configuration puts in its place, and then under that
// source. It returns nil if they are not unpacked at all, as those of directory
// sources.
type Resolve func(crate.SourceID) (Registry, crate.SourceID, error)

// Locked plans for what lockfiles need, or what of it a spec names. Packages that
// are not from registries are passed over.
func Locked(h *home.Home, packages []Package, resolve Resolve, specs []crate.Spec, force bool) (*Plan, error) {
	p := &Plan{home: h, force: force}
	for _, pkg := range packages {
		if !pkg.ID.Source.IsRegistry() || !named(specs, pkg.ID) {
			continue
		}
		registry, source, err := resolve(pkg.ID.Source)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", pkg.ID, err)
		}
		if registry != nil {
			p.addLocked(pkg, registry, source)
		}
	}
	slices.SortFunc(p.Missing, crate.ID.Compare)
	p.Missing = slices.Compact(p.Missing)
	return p.sorted(), nil
}

// addLocked adds every copy of the archive that lies where some Cargo looks for it:
// each has a folder in registry/src of its own.
func (p *Plan) addLocked(pkg Package, registry Registry, source crate.SourceID) {
	found := false
	at := pkg.ID
	at.Source = source
	for a, err := range registry.Archives(at) {
		switch {
		case err != nil:
			p.Strange = append(p.Strange, fmt.Errorf("%q: %w", a.Path, unwrapPath(err)))
		case a.Trusted && a.Size > 0:
			found = true
			p.add(&Item{
				ID: pkg.ID, Archive: a, Dir: p.home.SourceDir(sourceFolder(a, source), pkg.ID), locked: pkg.Checksum,
				lookup: func() (index.Entry, error) { return registry.Lookup(at) },
			})
		}
	}
	if !found {
		p.Missing = append(p.Missing, pkg.ID)
	}
}

// sourceFolder is the name in registry/src: that in registry/cache, or of a local
// registry, which is not in there, the one Cargo computes.
func sourceFolder(a home.Archive, source crate.SourceID) string {
	if a.Registry != "" {
		return a.Registry
	}
	name, _ := home.Ident(source)
	return name
}

const (
	okFile    = ".cargo-ok"
	okContent = `{"v":1}` // cargo 1.95: LockMetadata
	maxOK     = 1 << 16   // in bytes; Cargo reads what is there
)

// Look tells how Cargo would take a folder of registry/src, and what is wrong with a
// [Broken] one. A mark that cannot be read is no missing one: Cargo gives up on it, and
// does not unpack anew (cargo 1.95: RegistrySource::unpack_package).
func Look(dir string) (State, string) {
	info, err := os.Lstat(dir)
	switch {
	case err != nil:
		if found, err := fsx.Look(filepath.Dir(dir), filepath.Base(dir)); found != fsx.NotThere {
			return Unknown, whyUnknown(err)
		}
		return Absent, ""
	case !info.IsDir() && info.Mode().Type() != fs.ModeSymlink:
		return Broken, "not a directory"
	}
	switch found, err := fsx.Look(dir, okFile); found {
	case fsx.NotThere:
		return Broken, "has no " + okFile
	case fsx.Unknown:
		return Unknown, whyUnknown(err)
	}
	path := filepath.Join(dir, okFile)
	text, err := fsx.ReadRegular(path, maxOK)
	switch {
	case errors.Is(err, fsx.ErrNotRegular) || errors.Is(err, fsx.ErrTooLarge):
		return Broken, okFile + " is not what cargo writes"
	case err != nil:
		return Unknown, whyUnknown(err)
	}
	if !isOK(text) {
		return Broken, okFile + " is of another version of cargo"
	}
	return Present, ""
}

func whyUnknown(err error) string {
	if err == nil { // it came while we looked
		return "somebody is at work in it"
	}
	return "cannot be looked at: " + unwrapPath(err).Error()
}

// isOK reports whether Cargo would take the text of a .cargo-ok: an object whose
// "v" is the number 1, whatever else is in it.
func isOK(text []byte) bool {
	var members map[string]json.RawMessage
	return json.Unmarshal(text, &members) == nil && string(members["v"]) == "1"
}

// ToUnpack returns what is to be made, the largest archives first, so that no worker
// is left with one at the end.
func (p *Plan) ToUnpack() []*Item {
	var items []*Item
	for _, item := range p.Items {
		if item.State != Unknown && (item.State != Present || p.force) {
			items = append(items, item)
		}
	}
	slices.SortStableFunc(items, func(a, b *Item) int { return cmp.Compare(b.Archive.Size, a.Archive.Size) })
	return items
}

// Replaces reports whether anything that is there is to be replaced.
func (p *Plan) Replaces() bool {
	return slices.ContainsFunc(p.ToUnpack(), func(i *Item) bool { return i.State != Absent })
}
