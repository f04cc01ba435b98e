package cli

import (
	"sync"

	"cargohome/internal/config"
	"cargohome/internal/home"
	"cargohome/internal/locate"
)

// sources says where the packages of each source are read from: the Cargo home, or with
// respect what the configuration puts in its place.
func (r *run) sources(h *home.Home, cfg *config.Config, respect bool) (*locate.Sources, error) {
	replaced, err := cfg.Sources(respect)
	if err != nil {
		return nil, err
	}
	return locate.NewSources(h, replaced, r.manifests(cfg)), nil
}

// manifests says how cargo would take manifests. A stable cargo is a nightly one under
// RUSTC_BOOTSTRAP=1 (cargo 1.95: core/features.rs, channel).
func (r *run) manifests(cfg *config.Config) locate.Manifests {
	bootstrap, _ := r.sys.lookupEnv("RUSTC_BOOTSTRAP")
	var mu sync.Mutex // a configuration is not for several goroutines
	return locate.Manifests{
		Nightly: bootstrap == "1",
		HasRegistry: func(name string) bool {
			mu.Lock()
			defer mu.Unlock()
			return cfg.HasRegistry(name)
		},
	}
}
