package pack

import (
	"context"
	"fmt"
	"path"
	"strings"

	"cargohome/crate"
	"cargohome/gitsrc"
	"cargohome/internal/bundle"
	"cargohome/internal/home"
	"cargohome/internal/locate"
	"cargohome/internal/lockfile"
)

// addRepositories adds what the locked git sources need.
func (p *Plan) addRepositories(ctx context.Context) error {
	found, err := p.find(ctx, p.gitPackages())
	if err != nil {
		return err
	}
	gaps := locate.GapsOf(found)
	for i := range found {
		if f := &found[i]; f.From != f.ID.Source && f.Gap == nil {
			gaps = append(gaps, locate.Gap{Reason: locate.NoRepository, ID: f.ID, Detail: "something else stands in for it, which cannot be packed"})
		}
	}
	if err := p.lacking(ctx, gaps); err != nil {
		return err
	}
	repositories, err := p.o.Home.Git().Bundle(ctx, p.o.Project.GitSources())
	if err != nil {
		return err
	}
	for _, r := range repositories {
		if err := p.checkSubmodule(r); err != nil {
			return err
		}
		tree, staged, err := p.tree(ctx, "git-"+r.Name)
		if err != nil {
			return err
		}
		if err := r.Write(ctx, tree); err != nil {
			return fmt.Errorf("%s: %w", crate.Redact(r.URL), err)
		}
		p.Manifest.Repositories = append(p.Manifest.Repositories, bundle.Repository{Name: r.Name, URL: crate.Redact(r.URL), Commits: r.Commits})
		dir := path.Join(home.DBPath, r.Name)
		p.items = append(p.items, item{Entry: bundle.Entry{Path: dir + "/refs/"}})
		if err := p.addGit(ctx, dir, staged, packagesOf(found, r.For)); err != nil {
			return err
		}
		if err := p.addCheckouts(ctx, r, staged, found); err != nil {
			return err
		}
	}
	return nil
}

// addCheckouts adds the work trees of a repository that is staged. One with a link or a name
// that no bundle has is left to Cargo, which makes it.
func (p *Plan) addCheckouts(ctx context.Context, r *gitsrc.Bundled, db string, found []locate.Package) error {
	if !p.o.WithCheckouts {
		return nil
	}
	for _, src := range r.Checkouts {
		short, err := r.Short(src, db)
		if err != nil {
			return err
		}
		tree, staged, err := p.tree(ctx, "checkout-"+r.Name+"-"+short)
		if err != nil {
			return err
		}
		if err := r.WriteCheckout(ctx, src, tree, p.o.Jobs); err != nil {
			return err
		}
		items, err := listed(ctx, path.Join(home.CheckoutsPath, r.Name, short), staged, packagesOf(found, src))
		if err != nil {
			return err
		}
		if at := refused(items); at != "" {
			p.Warnings = append(p.Warnings, fmt.Sprintf("the work tree of %s is left to cargo, which makes it from the repository: no bundle has a name, or a link, as %q", src.Display(), at))
			continue
		}
		if err := p.add(ctx, items); err != nil {
			return err
		}
	}
	return nil
}

// gitPackages are those of repositories, at all commits that a lockfile has them at.
func (p *Plan) gitPackages() (packages []lockfile.Package) {
	seen := map[crate.ID]bool{}
	for _, l := range p.o.Project.Locked() {
		if l.ID.Source.Kind() == crate.Git && !seen[l.ID] {
			seen[l.ID] = true
			packages = append(packages, l)
		}
	}
	return packages
}

// packagesOf names the packages of a source.
func packagesOf(found []locate.Package, src crate.SourceID) string {
	var names []string
	for i := range found {
		if found[i].ID.Source == src {
			names = append(names, shortID(found[i].ID))
		}
	}
	return strings.Join(names, ", ")
}

// addGit adds a repository whose packs are staged.
func (p *Plan) addGit(ctx context.Context, dir, staged, packages string) error {
	if err := p.put(dir+"/HEAD", []byte(bundle.GitHead), packages); err != nil {
		return err
	}
	return p.addFolder(ctx, dir, staged, packages)
}
