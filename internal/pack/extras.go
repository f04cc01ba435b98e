package pack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/crate/archive"
	"cargohome/internal/bundle"
	"cargohome/internal/fsx"
	"cargohome/internal/home"
	"cargohome/internal/par"
	"cargohome/internal/project"
	"cargohome/internal/reextract"
	"cargohome/internal/staging"
	"cargohome/vendoring"
)

// maxLockfile bounds a lockfile, in bytes.
const maxLockfile = 256 << 20

// addLockfiles tells the manifest of the lockfiles, and adds them if that was asked for. From
// then on they are in the order that they have there, however they were named.
func (p *Plan) addLockfiles(context.Context) error {
	sums := map[string]string{} // by path
	for i := range p.o.Project.Locks {
		l := &p.o.Project.Locks[i]
		text, err := fsx.ReadRegular(l.Path, maxLockfile)
		if err != nil {
			return err
		}
		sum := crate.Sum(text).String()
		sums[l.Path] = sum
		if slices.ContainsFunc(p.Manifest.Lockfiles, func(l bundle.Lockfile) bool { return l.SHA256 == sum }) {
			continue
		}
		foreign := 0
		for _, pkg := range l.Packages {
			if pkg.ID.Source.Kind() != crate.Path {
				foreign++
			}
		}
		p.Manifest.Lockfiles = append(p.Manifest.Lockfiles, bundle.Lockfile{SHA256: sum, Packages: foreign})
		if p.o.WithLockfiles {
			if err := p.put(path.Join(bundle.LockfilesPath, sum+".lock"), text, ""); err != nil {
				return err
			}
		}
	}
	slices.SortFunc(p.Manifest.Lockfiles, func(a, b bundle.Lockfile) int { return strings.Compare(a.SHA256, b.SHA256) })
	slices.SortFunc(p.o.Project.Locks, func(a, b project.Lock) int { return strings.Compare(sums[a.Path], sums[b.Path]) })
	return nil
}

// addSources adds what Cargo unpacks of the archives.
func (p *Plan) addSources(ctx context.Context) error {
	if !p.o.WithSources || len(p.archives) == 0 {
		return nil
	}
	stage, err := p.staging(ctx)
	if err != nil {
		return err
	}
	name := func(i int) string { return fmt.Sprintf("src-%d", i) }
	newWorker := func() *archive.Unpacker { return &archive.Unpacker{NoSums: true} }
	errs := par.Do(ctx, p.o.Jobs, len(p.archives), newWorker, func(u *archive.Unpacker, i int) error {
		a := &p.archives[i]
		if _, _, err := reextract.Fill(ctx, u, stage, name(i), a.want.Archive(a.id, a.at)); err != nil {
			return fmt.Errorf("%s: %w", a.id, err)
		}
		return nil
	})
	if err := errors.Join(errs...); err != nil {
		if gaps := p.damaged(ctx); len(gaps) > 0 && ctx.Err() == nil {
			return &GapsError{gaps}
		}
		return err
	}
	for i := range p.archives {
		a := &p.archives[i]
		registry, _ := home.Ident(indexOf(a.id.Source))
		dir := path.Join(home.SrcPath, registry, a.id.Stem())
		if err := p.addFolder(ctx, dir, filepath.Join(stage.Fresh(), name(i)), shortID(a.id)); err != nil {
			return err
		}
	}
	return nil
}

// staging returns the temporary folder: not on a stick, where all files are executable.
func (p *Plan) staging(ctx context.Context) (_ *staging.Dir, err error) {
	if p.stage == nil {
		dir := p.o.TempDir
		if at, err := fsx.OpenFolder(dir); err == nil {
			if !at.KeepsModes() {
				dir = os.TempDir()
			}
			_ = at.Close()
		}
		p.stage, err = staging.New(ctx, staging.In{Root: dir})
	}
	return p.stage, err
}

// addVendor adds the vendor folder. What nothing builds is a stub there.
func (p *Plan) addVendor(ctx context.Context) error {
	if !p.o.WithVendor || len(p.packages) == 0 {
		return nil
	}
	stage, err := p.staging(ctx)
	if err != nil {
		return err
	}
	arranged, err := vendoring.Arrange(p.packages, false)
	if err != nil {
		return err
	}
	found, err := p.find(ctx, arranged.Packages)
	if err != nil {
		return err
	}
	steps, err := vendoring.NewSteps(ctx, p.o.Jobs, arranged, found, nil)
	if err != nil {
		return err
	}
	for i := range steps {
		if p.o.Choice != nil && !p.o.Choice.Of(steps[i].ID).Kept {
			steps[i].Leave(vendoring.Filter{Stub: true})
		}
	}
	dest := filepath.Join(stage.Fresh(), "vendor")
	plan, err := vendoring.NewPlan(steps, vendoring.Target{Dest: dest, Home: p.o.Home.Dir()})
	if err != nil {
		return err
	}
	if _, err := plan.Write(ctx, vendoring.WriteOptions{Jobs: p.o.Jobs}); err != nil {
		return err
	}
	return p.addFolder(ctx, bundle.VendorPath, dest, "")
}
