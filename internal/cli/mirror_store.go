package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"cargohome/internal/blob"
	"cargohome/internal/mirror"
	"cargohome/internal/registry"
)

// settleInStore is how many times as long as others settle it takes until who serves a store
// sees that a line is gone.
const settleInStore = 5

// enterMirror keeps other runs from what would harm this one: from the folder, or in a store
// of objects from deleting what this run counts on. The context is that of what follows.
func (r *run) enterMirror(ctx context.Context, job *mirrorJob, sources *mirrorSources) (within context.Context, release func() error, err error) {
	if !blob.IsURL(job.opts.destination) {
		release, err = r.lockMirror(ctx, job)
		return ctx, release, err
	}
	s, dir, err := r.openStore(ctx, &sources.bundles, job.opts.destination)
	if err != nil {
		return nil, nil, usagef("%w", err)
	}
	job.objects, within, err = mirror.OpenObjects(ctx, s, &mirror.ObjectsOptions{
		Dir: dir, DryRun: job.opts.dryRun, Settle: settleInStore * cmp.Or(r.sys.Settle, time.Second),
		Waiting: func() {
			r.out.Status("Blocking", "waiting for another run that deletes what no line names in %s", job.opts.destination)
		},
	})
	if err != nil {
		return nil, nil, err
	}
	return within, func() error { return job.objects.Close(ctx) }, nil
}

// leftInMirror tells what is left for the next run.
func (r *run) leftInMirror(err error) {
	if errors.Is(err, mirror.ErrMeanwhile) {
		r.out.Note(err.Error())
		return
	}
	r.out.Leftover(err)
}

// addStore adds the mirror in a store.
func (r *run) addStore(ctx context.Context, s *mirrorSources, url string) error {
	store, dir, err := r.openStore(ctx, &s.bundles, url)
	if err == nil {
		remote := registry.OpenRemote(store, dir)
		s.list = append(s.list, mirrorSource{remote: remote})
		err = remote.Refresh(ctx)
	}
	if err != nil {
		return fmt.Errorf("--from %s: %w", url, err)
	}
	return nil
}

// folderURL is that of the store in a folder.
func folderURL(dir string) string { return "file://" + filepath.ToSlash(dir) }
