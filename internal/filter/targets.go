package filter

import (
	"fmt"
	"slices"
	"strings"

	"cargohome/internal/fsx"
	"cargohome/internal/platform"
)

// Rustflags returns what rustc is told for a target; on tells which keys of [target] are for
// it. See config.Config.Rustflags.
type Rustflags func(triple string, on func(platform string) bool) ([]string, error)

// Machines are what a build is for, and what does it; none of either if it is for all
// platforms.
type Machines struct {
	Targets  []*platform.Target // with what rustc is told for them, sorted by name
	Builders []*platform.Target // that are named, or the one that this runs on
	plain    []*platform.Target // the targets as they are for build scripts
}

// Machines returns what the filter is about. The error is of reading what describes a
// target, or matches [platform.ErrUnknown].
func (f *Filter) Machines(rustflags Rustflags) (m Machines, err error) {
	if m.plain, err = f.named(); err != nil || len(m.plain) == 0 {
		return Machines{}, err
	}
	slices.SortFunc(m.plain, func(a, b *platform.Target) int { return strings.Compare(a.Name, b.Name) })
	for _, t := range m.plain {
		flagged, err := f.flagged(t, rustflags)
		if err != nil {
			return Machines{}, err
		}
		m.Targets = append(m.Targets, flagged)
	}
	m.Builders, err = f.builders()
	return m, err
}

// builders are those of Hosts. The machine that this runs on may have no target that is
// known.
func (f *Filter) builders() (builders []*platform.Target, err error) {
	if len(f.Hosts) == 0 {
		own, _ := platform.Find(platform.Here())
		return own, nil
	}
	for _, text := range f.Hosts {
		found, err := platform.Find(text)
		if err != nil {
			return nil, err
		}
		builders = append(builders, found...)
	}
	return distinct(builders), nil
}

// Hosts returns what may do the building: the targets themselves, and the builders.
func (m *Machines) Hosts() []*platform.Target { return distinct(slices.Concat(m.plain, m.Builders)) }

// hostsOf returns what may do the building for one of the targets, by number.
func (m *Machines) hostsOf(target int) []*platform.Target {
	return distinct(append([]*platform.Target{m.plain[target]}, m.Builders...))
}

// distinct returns of each name the first target.
func distinct(targets []*platform.Target) (list []*platform.Target) {
	seen := map[string]bool{}
	for _, t := range targets {
		if !seen[t.Name] {
			seen[t.Name] = true
			list = append(list, t)
		}
	}
	return list
}

// names returns those of targets, sorted.
func names(targets []*platform.Target) (list []string) {
	for _, t := range targets {
		list = append(list, t.Name)
	}
	slices.Sort(list)
	return list
}

// flagged returns a target with what rustc is told for it.
func (f *Filter) flagged(t *platform.Target, rustflags Rustflags) (*platform.Target, error) {
	args, err := rustflags(t.Name, func(key string) bool {
		p, err := platform.Parse(key)
		return err == nil && p.Matches(t)
	})
	if err != nil {
		return nil, err
	}
	flags, err := platform.ParseFlags(args)
	if err != nil {
		return nil, fmt.Errorf("flags of rustc (RUSTFLAGS, build.rustflags and the like) for %s: %w", t.Name, err)
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

// HasTargets reports whether targets are asked for, and not all platforms.
func (f *Filter) HasTargets() bool { return len(f.Platforms) > 0 || f.Tier > 0 }

// maxPlatforms bounds how many platforms may be named: there are some 300.
const maxPlatforms = 1024

// named returns the targets that are asked for, each once.
func (f *Filter) named() (targets []*platform.Target, err error) {
	if len(f.Platforms) == 0 && f.Tier > 0 {
		return platform.Targets(f.inTier), nil
	}
	if len(f.Platforms) > maxPlatforms {
		return nil, fmt.Errorf("more than %d platforms are named", maxPlatforms)
	}
	for _, text := range f.Platforms {
		found, err := f.find(text)
		if err != nil {
			return nil, err
		}
		targets = distinct(append(targets, found...))
	}
	return targets, nil
}

// IsSpec reports whether a platform is the path of a file that describes one.
func IsSpec(platform string) bool { return strings.HasSuffix(platform, ".json") }

// maxSpec bounds the file that describes a target, in bytes: those of rustc's own have a
// few thousand.
const maxSpec = 1 << 20

// find returns the targets of a name or a pattern. The tier counts for patterns alone, as
// in cargo-vendor-filterer.
func (f *Filter) find(text string) ([]*platform.Target, error) {
	if IsSpec(text) {
		data, err := fsx.ReadRegular(text, maxSpec)
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
