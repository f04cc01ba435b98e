package explain

import (
	"context"
	"os"
	"path/filepath"

	"cargohome/crate"
	"cargohome/index"
	"cargohome/internal/compat"
	"cargohome/internal/home"
	"cargohome/internal/lastuse"
	"cargohome/internal/locate"
	"cargohome/internal/usage"
	"cargohome/internal/verify"
)

// Piece is something of the package, in the home, in a vendor folder or in a bundle.
type Piece struct {
	Kind string `json:"kind"` // "index" for its line there, "bundle" for its archive in one, or the area that verify has for it
	Path string `json:"path"` // absolute; in a bundle that of the file, with that in it behind
	usage.Size
	Used        int64               `json:"last_use,omitempty"`      // in Unix seconds
	From        lastuse.Origin      `json:"last_use_from,omitempty"` // who says so
	State       verify.State        `json:"state"`                   // what comparing it came to
	Why         string              `json:"why,omitempty"`           // it is in that state
	VouchedBy   locate.Voucher      `json:"vouched_by,omitempty"`    // for the archive
	Differences []verify.Difference `json:"differences,omitempty"`   // in order of their paths
}

// Places are where pieces are looked for.
type Places struct {
	Jobs   int              // things verified at the same time
	Home   *home.Home       // never nil
	Uses   *lastuse.Uses    // when they were used; nil if nothing knows
	Found  []locate.Package // the package, as each lockfile has it, in the home
	Vendor []string         // vendor folders, absolute
}

// Locate says where the pieces lie, and whether they are as they should be. The error is
// that of ctx.
func (e *Explanation) Locate(ctx context.Context, p *Places) error {
	seen := map[string]bool{} // paths
	for i := range p.Found {
		pkg := &p.Found[i]
		if i == 0 {
			e.Pieces = append(e.Pieces, p.lines(pkg)...)
		}
		if pkg.Gap != nil {
			e.Lacking = append(e.Lacking, pkg.Gap.Why())
		}
		if err := e.verified(ctx, p, verify.NewPackage(p.Home, pkg), seen); err != nil {
			return err
		}
	}
	for _, dir := range p.Vendor {
		plan, err := verify.NewVendor(ctx, p.Jobs, p.Home, compat.Rule{}, dir, nil, nil)
		if err != nil {
			e.Lacking = append(e.Lacking, err.Error())
			continue
		}
		plan.Items = e.vendored(plan.Items)
		if err := e.verified(ctx, p, plan, seen); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// vendored returns those folders of a vendor folder that hold the package.
func (e *Explanation) vendored(items []*verify.Item) (own []*verify.Item) {
	for _, item := range items {
		if e.isIn(item) {
			own = append(own, item)
		}
	}
	return own
}

// isIn: the archive that a folder is held against says so, or its manifest, or else its name.
func (e *Explanation) isIn(item *verify.Item) bool {
	id := crate.ID{Name: e.Name, Version: e.Version}
	if item.Name == id.String() {
		return true
	}
	if name, version, err := locate.PackageIn(item.Path); err == nil {
		return name == e.Name && version == e.Version
	}
	folder := filepath.Base(item.Path)
	return folder == id.Stem() || folder == e.Name && len(e.Versions) == 0
}

// verified carries out a plan, and adds what it is about.
func (e *Explanation) verified(ctx context.Context, p *Places, plan *verify.Plan, seen map[string]bool) error {
	if err := plan.Run(ctx, p.Jobs, nil); err != nil {
		return err
	}
	for _, i := range plan.Items {
		if seen[i.Path] {
			continue
		}
		seen[i.Path] = true
		piece := Piece{Kind: string(i.Area), Path: i.Path, State: i.State, Why: i.Why, VouchedBy: i.By, Differences: i.Differences}
		size, used, err := usage.Weigh(ctx, i.Path)
		if err == nil {
			piece.Size = size
		}
		piece.used(p.Uses.Last(p.row(i), used))
		e.Pieces = append(e.Pieces, piece)
	}
	return nil
}

// used takes when it was used, if that is known.
func (p *Piece) used(when int64, from lastuse.Origin) {
	if when != 0 {
		p.Used, p.From = when, from
	}
}

// row is where cargo's database has an item.
func (p *Places) row(i *verify.Item) lastuse.Key {
	tables := map[verify.Area]lastuse.Table{verify.Archives: lastuse.Archives, verify.Sources: lastuse.Sources, verify.Checkouts: lastuse.Checkouts, verify.Databases: lastuse.Databases}
	if i.Area == verify.Databases {
		return lastuse.Key{Table: lastuse.Databases, Folder: filepath.Base(i.Path)}
	}
	return lastuse.Key{Table: tables[i.Area], Folder: filepath.Base(filepath.Dir(i.Path)), Name: filepath.Base(i.Path)}
}

// lines finds the lines about the package in the indexes of the home.
func (p *Places) lines(pkg *locate.Package) (pieces []Piece) {
	below, err := index.Path(pkg.ID.Name)
	if err != nil || !pkg.From.IsRegistry() {
		return nil
	}
	for _, name := range p.Home.IndexNames(pkg.From) {
		dir := filepath.Join(p.Home.Dir(), filepath.FromSlash(home.IndexPath), name)
		x := index.Git(dir) // which does with cache files alone, too
		entry, err := x.Lookup(pkg.ID.Name, pkg.ID.Version)
		_ = x.Close()
		if err != nil {
			continue
		}
		file := filepath.Join(dir, ".cache", filepath.FromSlash(below))
		if _, err := os.Lstat(file); err != nil {
			file = dir // in its repository
		}
		piece := Piece{Kind: "index", Path: file, Size: usage.Size{Apparent: int64(len(entry.Line)), Allocated: int64(len(entry.Line))}, State: verify.Sound}
		if pkg.Checksum != nil && entry.Checksum != *pkg.Checksum {
			piece.State, piece.Why = verify.Damaged, "it has another checksum than the lockfile"
		}
		piece.used(p.Uses.Last(lastuse.Key{Table: lastuse.Indexes, Folder: name}, 0))
		pieces = append(pieces, piece)
	}
	return pieces
}
