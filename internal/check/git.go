package check

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"cargohome/crate"
	"cargohome/gitsrc"
	"cargohome/gitsrc/object"
	"cargohome/gitsrc/worktree"
	"cargohome/internal/compat"
	"cargohome/internal/declared"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/manifest"
	"cargohome/internal/par"
)

// repository is a locked git source with the packages of it that are locked.
type repository struct {
	from   crate.SourceID
	pieces []piece
}

// git looks at the repositories of a lockfile, those of patches that nothing uses included:
// cargo wants to see that nothing does (cargo 1.95: register_patch_entries).
func (c *checker) git(p *project, pieces []piece) error {
	var all []*repository
	at := map[crate.SourceID]*repository{}
	add := func(from crate.SourceID) *repository {
		if at[from] == nil {
			at[from] = &repository{from: from}
			all = append(all, at[from])
		}
		return at[from]
	}
	for _, one := range pieces {
		if one.From.Kind() == crate.Git {
			r := add(one.From)
			r.pieces = append(r.pieces, one)
		}
	}
	for _, id := range p.lock.Unused {
		if from, err := c.of(id.Source); err == nil && from.Kind() == crate.Git {
			add(from)
		}
	}
	par.Each(c.ctx, c.Jobs, len(all), func(i int) error {
		return c.repository(p, all[i])
	})
	return c.ctx.Err()
}

// dbName is the name of a repository in git/db. Cargos before 1.94 have none there of a
// submodule, and fetch it anew.
func (c *checker) dbName(src crate.SourceID, submodule bool) string {
	if submodule && !compat.Of(c.minor()).Has(compat.SubmoduleDB) {
		return ""
	}
	return c.name(src)
}

func (c *checker) repository(p *project, r *repository) error {
	checkout, err := c.Home.Git().Standing(c.ctx, r.from, c.dbName)
	if err != nil {
		return err
	}
	found := Finding{ID: r.id(), Path: checkout.Dir, Remedy: Remedy{Fetch, fetchLocked}}
	if checkout.State == gitsrc.Unavailable {
		for _, err := range flat(checkout.Why) {
			c.find(c.unavailable(p, found, r, err))
		}
		return nil
	}
	if checkout.State == gitsrc.Present && checkout.Why != nil {
		found.Code, found.Reason, found.reach = GitCheckoutBroken, checkout.Why.Error(), hidden
		found.Remedy = Remedy{Restore, p.command("cargohome verify checkouts --repair", nil)}
		found.Breaks = []string{p.command("cargohome verify checkouts", nil)}
		c.find(found)
	}
	if checkout.State != gitsrc.Present {
		c.checkouts.Add(int64(len(checkout.WorkTree().Entries())))
		c.writable(checkout.Dir)
	}
	if checkout.State == gitsrc.Broken {
		c.removable(r.id(), checkout.Dir)
	}
	c.packages(p, r, checkout)
	return nil
}

// id is that of the one package, or of the source alone if there are several.
func (r *repository) id() crate.ID {
	if len(r.pieces) == 1 {
		return r.pieces[0].ID
	}
	return crate.ID{Source: r.from}
}

// flat takes joined errors apart.
func flat(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, err := range joined.Unwrap() {
			all = append(all, flat(err)...)
		}
		return all
	}
	return []error{err}
}

// unavailable tells why cargo cannot have a checkout.
func (c *checker) unavailable(p *project, f Finding, r *repository, err error) Finding {
	f.Reason = err.Error()
	if other, ok := c.misnamed(r.from); ok {
		f.Reason += fmt.Sprintf("; the [source] table for its repository is for %s", other.Display())
	}
	missing, isMissing := errors.AsType[*worktree.MissingError](err)
	db := filepath.Join(c.Home.Dir(), filepath.FromSlash(home.DBPath), c.name(r.from))
	switch {
	case errors.Is(err, fs.ErrPermission):
		f.Code, f.Remedy = GitDBBroken, Remedy{Kind: Permit}
	case errors.Is(err, object.ErrPrecise): // cargo then asks the repository what is meant
		f.Code, f.Path, f.reach, f.Remedy = LockBroken, p.path, hidden, Remedy{Relock, p.relock()}
		f.Breaks = []string{p.command("cargohome checkout", nil)}
	case errors.Is(err, worktree.ErrRefused):
		f.Code, f.Path, f.reach, f.Remedy = GitDBBroken, db, hidden, Remedy{Kind: Mend}
		f.Breaks = []string{p.command("cargohome checkout", nil)}
	case !isMissing:
		f.Code, f.Path = GitDBBroken, db
	case missing.Submodule != "":
		f.Code, f.Path = GitSubmoduleMissing, filepath.Join(c.Home.Dir(), filepath.FromSlash(home.DBPath), c.name(missing.Source))
	case len(missing.Looked) > 0:
		f.Code, f.Path = GitCommitMissing, db
	default:
		f.Code, f.Path = GitDBMissing, db
	}
	return f
}

// packages makes sure that the locked packages are in the repository: in the checkout, if
// cargo uses the one that is there.
func (c *checker) packages(p *project, r *repository, checkout *gitsrc.Checkout) {
	var files fs.FS = &locate.Folder{Dir: checkout.Dir}
	if checkout.State != gitsrc.Present {
		files = checkout.WorkTree()
	}
	tree := c.Manifests.Tree(files)
	for _, one := range r.pieces {
		m, err := c.packageIn(tree, one.ID)
		if err != nil {
			c.find(Finding{Code: GitPackageMissing, ID: one.ID, Path: checkout.Dir, Reason: err.Error(), Remedy: Remedy{Relock, p.relock()}})
			continue
		}
		c.checkEdition(one.ID, m, filepath.Join(checkout.Dir, filepath.FromSlash(m.File)), all)
		declared := (&declared.Sources{Registry: c.Config.Registry}).FromManifest(m, one.ID.Source)
		p.declared[one.number], p.links[one.number], p.rust[one.number] = &declared, m.Links, m.RustVersion
	}
}

// packageIn finds the manifest of a package.
func (c *checker) packageIn(tree *manifest.Tree, id crate.ID) (*manifest.Manifest, error) {
	found, err := tree.Find(id.Name, id.Version)
	if err != nil {
		return nil, err
	}
	return c.load(tree, found.Dir)
}

// load reads the manifest in a folder as the cargo that is meant does, where a [manifest.Tree]
// by itself takes what only a nightly or a newer one takes.
func (c *checker) load(tree *manifest.Tree, dir string) (*manifest.Manifest, error) {
	m, err := tree.Reader.Load(dir)
	if newer, ok := errors.AsType[*manifest.NightlyError](err); ok && 0 < newer.Since && newer.Since <= c.minor() {
		return tree.Load(dir)
	}
	return m, err
}
