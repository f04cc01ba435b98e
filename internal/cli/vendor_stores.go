package cli

import (
	"context"
	"sync"

	"cargohome/crate"
	"cargohome/internal/home"
	"cargohome/vendoring"
)

// stores says where the packages of each source are read from: the Cargo home,
// or under --respect-source-config what the configuration puts in its place.
func (j *vendorJob) stores() (vendoring.Stores, error) {
	sources, err := j.cfg.Sources(j.opts.respectConfig)
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	made := map[crate.SourceID]vendoring.Store{}
	return func(id crate.SourceID) (vendoring.Store, error) {
		mu.Lock()
		defer mu.Unlock()
		if store, ok := made[id]; ok {
			return store, nil
		}
		replaced, err := sources.Resolve(id)
		if err != nil {
			return nil, err
		}
		store, err := j.store(replaced)
		if err == nil {
			made[id] = store
		}
		return store, err
	}, nil
}

func (j *vendorJob) store(source crate.SourceID) (vendoring.Store, error) {
	switch source.Kind() {
	case crate.LocalRegistry:
		return vendoring.FromLocal(home.NewLocalRegistry(source.LocalPath())), nil
	case crate.Directory:
		return vendoring.FromDirectory(source.LocalPath()), nil
	}
	return vendoring.FromHome(j.home, source), nil
}

// repositories says where the files of git sources are read from.
func (j *vendorJob) repositories(ctx context.Context) vendoring.Repositories {
	var mu sync.Mutex // the configuration is not for several goroutines
	return vendoring.Repositories{
		WorkTree: func(id crate.SourceID) (vendoring.WorkTree, error) { return j.home.Git().WorkTree(ctx, id) },
		HasRegistry: func(name string) bool {
			mu.Lock()
			defer mu.Unlock()
			return j.cfg.HasRegistry(name)
		},
	}
}
