package usage

import (
	"context"
	"errors"
	"fmt"
	"path"

	"cargohome/gitsrc"
	"cargohome/gitsrc/object"
	"cargohome/index"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/reextract"
	"cargohome/internal/relink"
)

// ErrOnlyThere is matched by the error for what only a Cargo that is gone can find, and that
// stays: `cargohome relink` brings it.
var ErrOnlyThere = errors.New("what it has is not all under the name that newer cargos have for it")

const supersededReason = "under the name of cargo 1.85 and newer too"

// supersededBy returns the folder that newer Cargos have in place of an item's, "" if there is
// none.
func (p *planner) supersededBy(i *Item) string {
	var owned home.Owned
	switch {
	case p.sel.Superseded == nil:
		return ""
	case i.Kind == Database || i.Kind == Checkout:
		owned = p.sel.Superseded.Repository(i.Folder)
	case i.Kind == Index || isPackage(i):
		owned = p.sel.Superseded.Registry(i.Folder)
	}
	return p.sel.Superseded.Under(owned, home.Current)
}

// whyNotSuperseded returns why something stays that only Cargos which are gone look for: what
// it has is not proven to be under the other name. Of checkouts it is found out when they are
// judged.
func (p *planner) whyNotSuperseded(ctx context.Context, c *reextract.Checker, r *Removal) (err error) {
	switch r.Kind {
	case Source:
		err = c.Check(ctx, p.plan.home, r.by, r.id)
	case Archive:
		err = relink.SameArchive(p.path(r.Path()), p.plan.home.ArchivePath(r.by, r.id))
	case Index:
		err = p.coversIndex(r)
	case Database:
		err = p.coversDatabase(ctx, r)
	}
	return onlyThere(err)
}

func onlyThere(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrOnlyThere, fsx.WithoutPath(err))
}

// coversIndex reports why the newer index may not stand for an older one: it lacks the file of
// a crate, or does not list an archive that lies beside either.
func (p *planner) coversIndex(r *Removal) error {
	if p.lacks(home.IndexPath, r.by) {
		return errors.New("there is none")
	}
	form := index.Git
	if p.lacks(path.Join(home.IndexPath, r.by), ".git") {
		form = index.Sparse
		err := index.EachCacheFile(p.path(r.Path()), func(_ fsx.Folder, at string) error {
			if !p.lacks(path.Join(home.IndexPath, r.by, index.CacheFolder), at) {
				return nil
			}
			return fmt.Errorf("it lacks %s", at)
		})
		if err != nil {
			return err
		}
	}
	newer := form(p.path(path.Join(home.IndexPath, r.by)))
	defer newer.Close()
	for _, i := range p.all {
		if i.Kind == Archive && i.Folder == r.Folder {
			if _, err := newer.Lookup(i.id.Name, i.id.Version); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *planner) coversDatabase(ctx context.Context, r *Removal) error {
	git := p.plan.home.Git()
	if err := git.HasAllOf(ctx, r.by, r.Folder); err != nil {
		return err
	}
	if borrower := git.Borrower(r.Folder); borrower != "" {
		return fmt.Errorf("git/db/%s reads its objects", borrower)
	}
	faults, _, err := object.Verify(ctx, p.path(path.Join(home.DBPath, r.by)), p.sel.Jobs)
	if err == nil && len(faults) > 0 {
		err = fmt.Errorf("git/db/%s is damaged: %s: %w", r.by, faults[0].File, faults[0].Err)
	}
	return err
}

// supersedes finds out what it takes that a checkout goes which only Cargos that are gone
// look for.
func (p *planner) supersedes(ctx context.Context, r *Removal) (*gitsrc.Rebuild, error) {
	git := p.plan.home.Git()
	rebuild, err := git.Superseded(ctx, r.Folder, r.Name, r.by)
	if err != nil && p.isUseless(r.Item) {
		return git.Salvage(ctx, r.Folder, r.Name)
	}
	return rebuild, onlyThere(err)
}

var (
	errPackageStays  = errors.New("a package that it lists stays")
	errCheckoutStays = errors.New("a checkout of it stays")
)

// holdBack takes the indexes and repositories out of a list that something needs which
// stays: packages that they list, checkouts of them.
func (p *planner) holdBack(list []*Removal) (left []*Removal) {
	going := map[*Item]bool{}
	for _, r := range list {
		going[r.Item] = true
	}
	stays := map[string]bool{}
	for _, i := range p.all {
		if (isPackage(i) || i.Kind == Checkout) && !going[i] {
			stays[i.Folder] = true
		}
	}
	for _, r := range list {
		why := map[Kind]error{Index: errPackageStays, Database: errCheckoutStays}[r.Kind]
		if r.by == "" || why == nil || !stays[r.Folder] {
			left = append(left, r)
		} else {
			p.plan.Spared = append(p.plan.Spared, Spared{r.Path(), why})
		}
	}
	return left
}
