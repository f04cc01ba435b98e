package cli

import (
	"context"
	"fmt"
	"sync"

	"cargohome/crate"
	"cargohome/internal/config"
	"cargohome/internal/home"
	"cargohome/vendoring"
)

// stores says where the packages of each source are read from: the Cargo home,
// or under --respect-source-config what the configuration puts in its place.
func (j *vendorJob) stores(ctx context.Context) (vendoring.Stores, error) {
	sources, err := j.cfg.Sources(j.opts.respectConfig)
	if err != nil {
		return nil, err
	}
	known := registries(j.cfg)
	return func(id crate.SourceID) (vendoring.Store, error) {
		source, err := sources.Resolve(id)
		if err != nil {
			return nil, err
		}
		if id.Kind() == crate.Git && source.IsRegistry() {
			return nil, fmt.Errorf("a registry stands in for them, %s, which is not supported: it brings checksums that the lockfile has not", source.Display())
		}
		return storeOf(ctx, j.home, source, known), nil
	}, nil
}

// storeOf returns the store of what a source resolves to.
func storeOf(ctx context.Context, h *home.Home, source crate.SourceID, known vendoring.HasRegistry) vendoring.Store {
	switch source.Kind() {
	case crate.Git:
		return vendoring.FromRepository(func() (vendoring.WorkTree, error) { return h.Git().WorkTree(ctx, source) }, known)
	case crate.LocalRegistry:
		return vendoring.FromLocal(home.NewLocalRegistry(source.LocalPath()))
	case crate.Directory:
		return vendoring.FromDirectory(source.LocalPath(), known)
	}
	return vendoring.FromHome(h, source)
}

// registries makes a configuration, which is not for several goroutines, answer them.
func registries(cfg *config.Config) vendoring.HasRegistry {
	var mu sync.Mutex
	return func(name string) bool {
		mu.Lock()
		defer mu.Unlock()
		return cfg.HasRegistry(name)
	}
}
