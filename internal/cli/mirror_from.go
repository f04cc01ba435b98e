package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"cargohome/crate"
	"cargohome/internal/bundle"
	"cargohome/internal/home"
	"cargohome/internal/mirror"
	"cargohome/internal/registry"
	"cargohome/internal/staging"
	"cargohome/internal/ui"
	"cargohome/internal/unpack"
)

// mirrorSources are the places that a mirror is made from, open and locked.
type mirrorSources struct {
	list  []mirrorSource
	known []crate.SourceID // that bundles say their registries are
	temp  *staging.Dir     // with a home that bundles are unpacked to; nil if there are none
	ends  []func() error
}

// mirrorSource is one place: what is not nil or "".
type mirrorSource struct {
	home   *home.Home
	local  string // a local registry
	mirror string
	record registry.Record // of the mirror
}

// openMirrorSources opens what --from names, or else the Cargo home.
func (r *run) openMirrorSources(ctx context.Context, job *mirrorJob) (*mirrorSources, error) {
	s := &mirrorSources{}
	err := r.addSources(ctx, s, job)
	if err != nil {
		s.close()
	}
	return s, err
}

func (r *run) addSources(ctx context.Context, s *mirrorSources, job *mirrorJob) error {
	if len(job.opts.from) == 0 {
		return r.addHome(ctx, s, job.home, job.opts.dryRun)
	}
	for _, place := range job.opts.from {
		if err := r.addSource(ctx, s, job, place); err != nil {
			return err
		}
	}
	return nil
}

func (s *mirrorSources) close() {
	for _, end := range s.ends {
		_ = end()
	}
}

// addHome locks a home that is one.
func (r *run) addHome(ctx context.Context, s *mirrorSources, h *home.Home, dryRun bool) error {
	if err := h.Check(); err != nil {
		return err
	}
	if err := h.CheckReadable(home.CachePath); err != nil {
		return err
	}
	unlock, err := h.Lock(ctx, reading(dryRun), r.lockOptions())
	if err != nil {
		return err
	}
	s.ends = append(s.ends, unlock)
	s.list = append(s.list, mirrorSource{home: h})
	return nil
}

// addSource finds out what a place is.
func (r *run) addSource(ctx context.Context, s *mirrorSources, job *mirrorJob, place string) error {
	path := r.path(place)
	info, err := os.Stat(path)
	if place == "-" || err == nil && !info.IsDir() {
		return r.addBundle(ctx, s, job, place)
	}
	if err != nil {
		return err
	}
	record, err := registry.ReadRecord(path)
	switch {
	case err == nil:
		s.list = append(s.list, mirrorSource{mirror: path, record: record})
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if info, err := os.Stat(filepath.Join(path, registry.IndexFolder)); err == nil && info.IsDir() {
		s.list = append(s.list, mirrorSource{local: path})
		return nil
	}
	h := home.New(path)
	s.ends = append(s.ends, h.Close)
	if err := r.addHome(ctx, s, h, job.opts.dryRun); err != nil {
		return fmt.Errorf("--from %s: it is no bundle, mirror or local registry, and %w", place, err)
	}
	return nil
}

// addBundle unpacks the archives and indexes of a bundle into a temporary home: one for all,
// as a delta needs what it was packed against.
func (r *run) addBundle(ctx context.Context, s *mirrorSources, job *mirrorJob, file string) error {
	if s.temp == nil {
		if err := s.makeTemp(ctx, job); err != nil {
			return err
		}
	}
	h := home.New(filepath.Join(s.temp.Fresh(), "home"))
	in, err := r.openBundle(ctx, file)
	if err != nil {
		return err
	}
	defer in.Close()
	b, err := bundle.NewReader(in, &bundle.Options{Name: file})
	if err != nil {
		return err
	}
	defer b.Close()
	plan, err := unpack.NewPlan(ctx, h, b.Manifest, r.flags.jobs)
	if err == nil {
		err = errors.Join(ui.Lacking(plan.Lacking()), h.Close())
	}
	if err != nil {
		return err
	}
	for i := range plan.Units {
		if u := &plan.Units[i]; !isOfRegistry(u.Kind) {
			u.Action = unpack.Kept // it is read, and not written
		}
	}
	for _, reg := range b.Manifest.Registries {
		if src, err := crate.ParseSourceID(reg.Source); err == nil {
			s.known = append(s.known, src)
		}
	}
	return plan.Write(ctx, b, &unpack.Options{Name: file, Jobs: r.flags.jobs})
}

func isOfRegistry(k bundle.Kind) bool {
	switch k {
	case bundle.ArchiveEntry, bundle.IndexEntry, bundle.IndexConfig, bundle.IndexRepository:
		return true
	}
	return false
}

// makeTemp makes a temporary home on the mirror's file system, so that archives can be
// linked from there; for a dry run elsewhere.
func (s *mirrorSources) makeTemp(ctx context.Context, job *mirrorJob) (err error) {
	in := staging.At(job.dest)
	if job.opts.dryRun {
		in = staging.At(os.TempDir())
	} else if _, err := mirror.Read(job.dest); err != nil {
		return err // before anything is made in it
	}
	if s.temp, err = staging.New(ctx, in); err != nil {
		return err
	}
	s.ends = append(s.ends, s.temp.Close)
	dir := filepath.Join(s.temp.Fresh(), "home")
	h := home.New(dir)
	s.ends = append([]func() error{h.Close}, s.ends...)
	s.list = append(s.list, mirrorSource{home: h})
	return os.Mkdir(dir, 0o777)
}

// stores are those of all places, in order.
func (s *mirrorSources) stores(names *registry.Names, locked []registry.Locked) (stores []*registry.Store) {
	known := append(names.Known(), s.known...)
	for _, l := range locked {
		known = append(known, l.ID.Source)
	}
	for _, from := range s.list {
		switch {
		case from.home != nil:
			stores = append(stores, registry.HomeStores(from.home, known)...)
		case from.local != "":
			stores = append(stores, registry.LocalStore(from.local, known[0]))
		default:
			stores = append(stores, registry.MirrorStores(from.mirror, from.record, false)...)
		}
	}
	return stores
}
