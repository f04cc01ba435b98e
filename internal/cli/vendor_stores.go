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
func (r *run) stores(ctx context.Context, j *vendorJob) (vendoring.Stores, error) {
	sources, err := j.cfg.Sources(j.opts.respectConfig)
	if err != nil {
		return nil, err
	}
	manifests := r.manifests(j.cfg)
	return func(id crate.SourceID) (vendoring.Store, error) {
		source, err := sources.Resolve(id)
		if err != nil {
			return nil, err
		}
		if id.Kind() == crate.Git && source.IsRegistry() {
			return nil, fmt.Errorf("a registry stands in for them, %s, which is not supported: it brings checksums that the lockfile has not", source.Display())
		}
		return storeOf(ctx, j.home, source, manifests), nil
	}, nil
}

// storeOf returns the store of what a source resolves to.
func storeOf(ctx context.Context, h *home.Home, source crate.SourceID, manifests vendoring.Manifests) vendoring.Store {
	switch source.Kind() {
	case crate.Git:
		return vendoring.FromRepository(func() (vendoring.WorkTree, error) { return h.Git().WorkTree(ctx, source) }, manifests)
	case crate.LocalRegistry:
		return vendoring.FromLocal(home.NewLocalRegistry(source.LocalPath()))
	case crate.Directory:
		return vendoring.FromDirectory(source.LocalPath(), manifests)
	}
	return vendoring.FromHome(h, source)
}

// manifests says how cargo would take manifests. A stable cargo is a nightly one under
// RUSTC_BOOTSTRAP=1 (cargo 1.95: core/features.rs, channel).
func (r *run) manifests(cfg *config.Config) vendoring.Manifests {
	bootstrap, _ := r.sys.lookupEnv("RUSTC_BOOTSTRAP")
	var mu sync.Mutex // a configuration is not for several goroutines
	return vendoring.Manifests{
		Nightly: bootstrap == "1",
		HasRegistry: func(name string) bool {
			mu.Lock()
			defer mu.Unlock()
			return cfg.HasRegistry(name)
		},
	}
}
