package cli

import (
	"context"
	"fmt"

	"cargohome/internal/blob"
	"cargohome/internal/registry"
)

// storeURL is that of the store of objects that a source is, "" if it is none.
func (r *run) storeURL(source string) string {
	if blob.IsURL(source) {
		return source
	}
	if record, err := registry.ReadRecord(r.path(source)); err == nil && record.Layout == registry.Objects {
		return folderURL(r.path(source))
	}
	return ""
}

// openReplica opens the store of objects that is served.
func (r *run) openReplica(ctx context.Context, job *serveJob) (*registry.Replica, error) {
	store, dir, err := r.openStore(ctx, &job.bundles, job.store)
	if err != nil {
		return nil, usagef("%w", err)
	}
	replica, err := registry.NewReplica(ctx, store, dir, &registry.ReplicaOptions{
		Limit: job.limit, Locked: job.held.Locked, AsOf: job.held.AsOf, LeftOut: job.held.LeftOut,
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", job.store, err)
	}
	return replica, nil
}
