package cli

import (
	"context"
	"fmt"
	"os"

	"cargohome/internal/blob"
	"cargohome/internal/home"
	"cargohome/internal/mirror"
	"cargohome/internal/registry"
	"cargohome/internal/staging"
)

// mirrorSources are the places that a mirror is made from, open and locked.
type mirrorSources struct {
	list []mirrorSource
	ends []func() error
	bundles
}

// mirrorSource is one place.
type mirrorSource struct {
	registry.Place
	home   *home.Home       // if it is one
	record registry.Record  // if it is a mirror
	remote *registry.Remote // if it is a mirror in a store of objects
}

// openMirrorSources opens what --from names, or else the Cargo home.
func (r *run) openMirrorSources(ctx context.Context, job *mirrorJob) (*mirrorSources, error) {
	s := &mirrorSources{bundles: bundles{in: job.tempIn}}
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
	s.bundles.close()
	for _, end := range s.ends {
		_ = end()
	}
}

// addHome locks a home that is one.
func (r *run) addHome(ctx context.Context, s *mirrorSources, h *home.Home, dryRun bool) error {
	if err := checkCache(h); err != nil {
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
	if blob.IsURL(place) {
		return r.addStore(ctx, s, place)
	}
	found, err := r.findSource(place)
	switch {
	case err != nil:
		return err
	case found == registry.Place{}:
		isNew, err := r.addBundle(ctx, &s.bundles, place)
		if isNew {
			s.list = append(s.list, mirrorSource{home: s.bundles.home})
		}
		return err
	case found.Home == "":
		return r.addPlace(ctx, s, found)
	}
	h := home.New(found.Home)
	s.ends = append(s.ends, h.Close)
	if err := r.addHome(ctx, s, h, job.opts.dryRun); err != nil {
		return fmt.Errorf("--from %s: it is no bundle, mirror or local registry, and %w", place, err)
	}
	return nil
}

// addPlace adds a local registry, or a mirror.
func (r *run) addPlace(ctx context.Context, s *mirrorSources, found registry.Place) (err error) {
	from := mirrorSource{Place: found}
	if found.Mirror != "" {
		from.record, err = registry.ReadRecord(found.Mirror)
	}
	if from.record.Layout == registry.Objects {
		return r.addStore(ctx, s, folderURL(found.Mirror))
	}
	s.list = append(s.list, from)
	return err
}

// tempIn is where bundles are unpacked, and copied what is in stores of objects: on the mirror's
// file system, so that archives can be linked from there; elsewhere for a dry run, and for a
// mirror in a store.
func (job *mirrorJob) tempIn() (staging.In, error) {
	if job.opts.dryRun || blob.IsURL(job.opts.destination) {
		return staging.At(os.TempDir()), nil
	}
	_, err := mirror.Read(job.dest) // before anything is made in it
	return staging.At(job.dest), err
}

// stores are those of all places, in order.
func (s *mirrorSources) stores(names *registry.Names, locked []registry.Locked) (stores []*registry.Store) {
	known := names.Known(s.known, locked)
	for _, from := range s.list {
		switch {
		case from.home != nil:
			stores = append(stores, registry.HomeStores(from.home, known)...)
		case from.remote != nil:
			stores = append(stores, from.remote.Stores(false)...)
		case from.Local != "":
			stores = append(stores, registry.LocalStore(from.Local, known[0]))
		default:
			stores = append(stores, registry.MirrorStores(from.Mirror, from.record, false)...)
		}
	}
	return stores
}
