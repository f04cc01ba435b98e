package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/compat"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/lockfile"
	"cargohome/vendoring"
)

// NewVendor lists what is in the vendor folder dest. With an arrangement, of which found
// has the packages, it should be what the lockfile asks for; without one each folder
// should be what its record says, and the index vouches. Either way what a folder is to
// hold comes from the home. rule says which cargo is to have made it; by the usual one what
// older cargos made is no finding.
func NewVendor(ctx context.Context, jobs int, h *home.Home, rule compat.Rule, dest string, a *vendoring.Arrangement, found []locate.Package) (*Plan, error) {
	p := &Plan{home: h, dest: dest, rule: rule}
	there, err := foldersIn(dest)
	if err != nil {
		return nil, err
	}
	if p.unlocked = a == nil; p.unlocked {
		a, found = p.identify(dest, there)
	}
	steps, err := p.soundSteps(ctx, jobs, a, found)
	if err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	for n, folder := range a.Folders {
		wanted[folder] = true
		p.addVendored(folder, &a.Packages[n], steps[folder])
	}
	for _, folder := range there {
		if !wanted[folder] {
			p.addStray(folder, found != nil && len(a.Groups) > 0)
		}
	}
	slices.SortStableFunc(p.Items, func(a, b *Item) int { return strings.Compare(a.Path, b.Path) })
	return p, nil
}

// foldersIn lists the folders that should be packages, '/'-separated: those of a group, which
// has an '@' in front, are in it.
func foldersIn(dest string) (folders []string, err error) {
	top, err := namesIn(dest)
	for _, name := range top {
		var group []string
		if name[0] == '@' {
			group, _ = namesIn(filepath.Join(dest, name))
		}
		for _, in := range group {
			folders = append(folders, name+"/"+in)
		}
		if len(group) == 0 {
			folders = append(folders, name)
		}
	}
	return folders, err
}

// namesIn lists a folder, but for names that begin with a dot.
func namesIn(dir string) (names []string, err error) {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if e.Name()[0] != '.' {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// soundSteps returns what the folders of packages are to hold, of those of which nothing
// is lacking in the home.
func (p *Plan) soundSteps(ctx context.Context, jobs int, a *vendoring.Arrangement, found []locate.Package) (map[string]*vendoring.Step, error) {
	some := &vendoring.Arrangement{Rule: p.rule}
	var there []locate.Package
	for n, pkg := range found {
		if pkg.Gap == nil {
			some.Packages, some.Folders = append(some.Packages, pkg.Package), append(some.Folders, a.Folders[n])
			there = append(there, pkg)
		}
	}
	steps, err := vendoring.NewSteps(ctx, jobs, some, there, nil)
	byFolder := map[string]*vendoring.Step{}
	for i := range steps {
		byFolder[steps[i].Folder] = &steps[i]
	}
	return byFolder, err
}

// identify finds out which packages the folders of a vendor folder are, and where their
// archives are. Folders of packages without an archive are left out.
func (p *Plan) identify(dest string, folders []string) (*vendoring.Arrangement, []locate.Package) {
	a, found := &vendoring.Arrangement{}, []locate.Package(nil)
	for _, folder := range folders {
		if pkg := p.packageIn(filepath.Join(dest, filepath.FromSlash(folder))); pkg != nil {
			a.Packages, a.Folders = append(a.Packages, pkg.Package), append(a.Folders, folder)
			found = append(found, *pkg)
		}
	}
	return a, found
}

// packageIn returns the package that lies in a folder of a vendor folder, nil if the home
// has no archive of it. A record that can be read and names none is that of a package
// from git. The archive is the one that the record names, or else one of the package that the
// manifest says it is: either may have been changed. What is patched is what its manifest says.
func (p *Plan) packageIn(dir string) (best *locate.Package) {
	folder, err := fsx.OpenFolderHere(dir)
	if err != nil {
		return nil
	}
	defer folder.Close()
	var recorded *crate.Checksum
	r, err := readRecord(folder)
	if err == nil {
		if recorded = r.sum; recorded == nil {
			return nil
		}
	}
	name, version, err := locate.PackageIn(dir)
	if id, idErr := crate.NewID(name, version, crate.SourceID{}); err == nil && idErr == nil {
		best = p.archiveOf(id, recorded)
	}
	if recorded == nil || r.patched != "" || best != nil && *best.Want == *recorded {
		return best
	}
	return cmp.Or(p.byRecord(filepath.Base(dir), recorded), best)
}

// archiveOf returns the package with the archive that the record names; or else that for
// which an index vouches.
func (p *Plan) archiveOf(id crate.ID, recorded *crate.Checksum) (best *locate.Package) {
	for _, name := range p.home.Registries() {
		path := p.home.ArchivePath(name, id)
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
			continue
		}
		entry, lookup := p.home.LookupIn(name, id)
		vouched, err := locate.Vouch(nil, entry, lookup)
		if vouched.Want == nil {
			vouched.Want = recorded
		}
		if err != nil || vouched.Want == nil {
			continue
		}
		at := home.Archive{Path: path, Size: info.Size(), Registry: name, Trusted: true}
		pkg := &locate.Package{Package: lockfile.Package{ID: id, Checksum: vouched.Want}, Archives: []home.Archive{at}, Vouched: vouched}
		if recorded != nil && *recorded == *vouched.Want {
			return pkg
		}
		if best == nil {
			best = pkg
		}
	}
	return best
}

// byRecord is for a folder of which the manifest does not tell which package it is.
func (p *Plan) byRecord(folder string, recorded *crate.Checksum) *locate.Package {
	for _, id := range p.archivesFor(folder) {
		if pkg := p.archiveOf(id, recorded); pkg != nil && *pkg.Want == *recorded {
			return pkg
		}
	}
	return nil
}

// archivesFor returns the packages with archives in the home for which a folder may be named.
func (p *Plan) archivesFor(folder string) []crate.ID {
	if p.cached == nil {
		p.cached = map[string][]crate.ID{}
		for _, registry := range p.home.Registries() {
			for c, err := range p.home.Cached(registry) {
				if err == nil {
					p.cached[c.ID.Name] = append(p.cached[c.ID.Name], c.ID)
					p.cached[c.ID.Stem()] = append(p.cached[c.ID.Stem()], c.ID)
				}
			}
		}
	}
	return p.cached[folder]
}

// addVendored adds the folder of a package; step is nil if the home lacks what is to be
// in it.
func (p *Plan) addVendored(folder string, locked *lockfile.Package, step *vendoring.Step) {
	item := &Item{Area: Vendor, Name: locked.ID.String(), Path: filepath.Join(p.dest, filepath.FromSlash(folder))}
	item.check = func(ctx context.Context, w *worker, i *Item) error {
		return p.checkVendored(ctx, w, i, locked, step)
	}
	if step != nil {
		item.Size, item.mend = step.ArchiveSize(), vendorer{step}
	}
	p.add(item)
}

// addStray adds what no package is known for. In a vendor folder that a lockfile is for
// it should not be there.
func (p *Plan) addStray(name string, locked bool) {
	p.add(&Item{Area: Vendor, Name: name, Path: filepath.Join(p.dest, filepath.FromSlash(name)), check: func(ctx context.Context, w *worker, i *Item) (err error) {
		if locked {
			i.is(Damaged, "no lockfile has it")
		} else {
			err = p.checkVendored(ctx, w, i, nil, nil)
		}
		i.Stray = i.IsFinding()
		return err
	}})
}

// checkVendored compares a folder with what is to be in it, or if it was patched, or if
// that is not known, with its own record.
// Where no cargo is asked for, what another one makes is told from damage.
func (p *Plan) checkVendored(ctx context.Context, w *worker, i *Item, locked *lockfile.Package, step *vendoring.Step) error {
	if _, err := os.Lstat(i.Path); errors.Is(err, fs.ErrNotExist) {
		i.differs([]Difference{{".", Missing}})
		return nil
	}
	if !i.isFolder() {
		return nil
	}
	c, err := compare(i.Path, crate.ChecksumFile, w.buffers)
	if err != nil {
		return i.failed(ctx, err)
	}
	defer func() { c.close() }()
	r, err := readRecord(c.root)
	if err == nil && r.patched != "" && locked != nil && !locate.IsIn(i.Path, r.text, locked) {
		i.is(Damaged, "it is not the package that is locked")
		i.Patch, i.mend = r.patched, nil
		return nil
	}
	if err == nil && r.patched != "" || step == nil {
		return i.checkRecorded(ctx, c, r, err, p.asLocked(locked))
	}
	if err == nil && !step.IsFiltered() {
		if f, ok := filterOf(r.comment); ok {
			step.Leave(f)
		}
	}
	c, err = i.comparedWith(ctx, w, step, c)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return i.checkUnmade(ctx, w, p.asLocked(locked), err)
	}
	i.By = step.By
	found, err := c.finish(ctx)
	if err != nil {
		return i.failed(ctx, err)
	}
	if i.differs(found); i.State == Differing && p.rule == (compat.Rule{}) {
		if made := p.madeBy(ctx, w, i, step, c.got); made != "" {
			i.is(Older, made)
			i.Differences = nil
		}
	}
	return nil
}

// asLocked returns a package as a lockfile has it, nil if there is none: then it was found by the
// record that it would be held against.
func (p *Plan) asLocked(found *lockfile.Package) *lockfile.Package {
	if p.unlocked {
		return nil
	}
	return found
}

// checkUnmade compares a folder with its record if what is to be in it cannot be had, which why
// says.
func (i *Item) checkUnmade(ctx context.Context, w *worker, locked *lockfile.Package, why error) error {
	c, err := compare(i.Path, crate.ChecksumFile, w.buffers)
	if err != nil {
		return i.failed(ctx, err)
	}
	defer c.close()
	r, err := readRecord(c.root)
	if err := i.checkRecorded(ctx, c, r, err, locked); err != nil || i.State != Unvouched {
		return err
	}
	i.Why = why.Error()
	return nil
}

// comparedWith compares a folder with what a step would write, and returns the comparison,
// which takes the place of c.
func (i *Item) comparedWith(ctx context.Context, w *worker, step *vendoring.Step, c *comparison) (*comparison, error) {
	_, err := step.WriteInto(ctx, &w.vendor, func() (archive.Folder, error) {
		fresh, err := compare(i.Path, crate.ChecksumFile, w.buffers)
		if err == nil {
			c.close()
			c = fresh
		}
		return vendored{c}, err
	})
	return c, err
}

// checkRecorded compares a folder with its record r, or tells why there is none, and both with
// what is locked, nil for nothing.
func (i *Item) checkRecorded(ctx context.Context, c *comparison, r *record, err error, locked *lockfile.Package) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		i.differs([]Difference{{crate.ChecksumFile, Missing}})
		return nil
	case err != nil:
		i.is(Damaged, fmt.Sprintf("its %s cannot be read: %v", crate.ChecksumFile, fsx.WithoutPath(err)))
		return nil
	}
	if i.Patch = r.patched; i.Patch != "" {
		i.mend = nil
	}
	if err := c.recorded(r); err != nil {
		i.is(Damaged, err.Error())
		return nil
	}
	found, err := c.finish(ctx)
	if err != nil {
		return i.failed(ctx, err)
	}
	switch i.differs(found); {
	case i.State == Differing:
	case r.patched != "":
		i.Patch = ""
		i.is(Patched, r.patched)
	case locked != nil && !locate.IsIn(i.Path, r.text, locked):
		i.is(Damaged, "it is not the package that is locked")
	default:
		i.is(Unvouched, "nothing but its own record says what it should be")
	}
	return nil
}
