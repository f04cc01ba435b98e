package cli

import (
	"strings"

	"cargohome/internal/check"
	"cargohome/internal/config"
	"cargohome/internal/filter"
	"cargohome/internal/resolve"
)

// selection has check look at what a filter has built.
func (r *run) selection(f *filter.Filter, cfg *config.Config) (*check.Selection, error) {
	machines, err := f.Machines(r.rustflags(cfg))
	if err != nil {
		return nil, err
	}
	request, err := f.Request()
	if err != nil {
		return nil, err
	}
	s := &check.Selection{Request: *request, Kinds: request.Kinds, Targets: machines.Targets, Flags: flagsOf(request)}
	if len(f.Hosts) > 0 {
		s.Hosts = machines.Builders
	}
	return s, nil
}

// flagsOf are those of cargo for what is built, without targets.
func flagsOf(request *resolve.Request) string {
	var b strings.Builder
	if request.All {
		b.WriteString(" --workspace")
	}
	for _, list := range []struct {
		flag   string
		values []string
	}{{"--package", request.Packages}, {"--exclude", request.Exclude}, {"--features", request.Features}} {
		for _, value := range list.values {
			b.WriteString(" " + list.flag + " " + value)
		}
	}
	if request.AllFeatures {
		b.WriteString(" --all-features")
	}
	if request.NoDefaultFeatures {
		b.WriteString(" --no-default-features")
	}
	return b.String()
}
