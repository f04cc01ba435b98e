package filter

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"cargohome/internal/platform"
)

// targets returns what is built for, sorted by name, and what may do the building; none of
// both if all platforms are meant.
func (f *Filter) targets(o *Options) (targets, hosts []*platform.Target, err error) {
	targets, err = f.named()
	if err != nil || len(targets) == 0 {
		return nil, nil, err
	}
	slices.SortFunc(targets, func(a, b *platform.Target) int { return strings.Compare(a.Name, b.Name) })
	targets = slices.CompactFunc(targets, func(a, b *platform.Target) bool { return a.Name == b.Name })
	hosts = slices.Clone(targets)
	if own, err := platform.Find(platform.Here()); err == nil && !slices.Contains(hosts, own[0]) {
		hosts = append(hosts, own[0])
	}
	for i, t := range targets {
		if targets[i], err = f.flagged(t, o); err != nil {
			return nil, nil, err
		}
	}
	return targets, hosts, nil
}

// flagged returns a target with what rustc is told for it.
func (f *Filter) flagged(t *platform.Target, o *Options) (*platform.Target, error) {
	args, err := o.Rustflags(t.Name, func(key string) bool {
		p, err := platform.Parse(key)
		return err == nil && p.Matches(t)
	})
	if err != nil {
		return nil, err
	}
	flags, err := platform.ParseFlags(args)
	if err != nil {
		return nil, err
	}
	for _, text := range f.Cfgs {
		cfg, err := platform.ParseCfg(text)
		if err != nil {
			return nil, fmt.Errorf("--cfg %s: %w", text, err)
		}
		flags = flags.Set(cfg)
	}
	return t.With(flags), nil
}

// named returns the targets that are asked for.
func (f *Filter) named() (targets []*platform.Target, err error) {
	if len(f.Platforms) == 0 && f.Tier > 0 {
		return platform.Targets(f.inTier), nil
	}
	for _, text := range f.Platforms {
		found, err := f.find(text)
		if err != nil {
			return nil, err
		}
		targets = append(targets, found...)
	}
	return targets, nil
}

// find returns the targets of a name or a pattern. The tier counts for patterns alone, as
// in cargo-vendor-filterer.
func (f *Filter) find(text string) ([]*platform.Target, error) {
	if strings.HasSuffix(text, ".json") {
		data, err := os.ReadFile(text)
		if err != nil {
			return nil, err
		}
		t, err := platform.ReadSpec(text, data)
		return []*platform.Target{t}, err
	}
	found, err := platform.Find(text)
	if err != nil || f.Tier == 0 || !strings.ContainsAny(text, "*?[") {
		return found, err
	}
	found = slices.DeleteFunc(slices.Clone(found), func(t *platform.Target) bool { return !f.inTier(t) })
	if len(found) == 0 {
		return nil, fmt.Errorf("no target %s is of tier %d", text, f.Tier)
	}
	return found, nil
}

// inTier: those of the tier on which rustc runs, and the one of WebAssembly that
// cargo-vendor-filterer counts with them.
func (f *Filter) inTier(t *platform.Target) bool {
	return t.Tier > 0 && t.Tier <= f.Tier && (t.Host || t.Name == "wasm32-unknown-unknown")
}
