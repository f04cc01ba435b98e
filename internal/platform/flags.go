package platform

import (
	"slices"
	"strings"
)

// Flags are what flags of rustc change about a target. The zero value changes nothing.
type Flags struct{ changes []change }

// change says that a cfg holds, or no longer does.
type change struct {
	cfg  Cfg
	off  bool
	sole bool // no other cfg of that name holds beside it
}

// ParseFlags reads arguments for rustc, as RUSTFLAGS and the key build.rustflags of
// cargo's configuration hold them. Of these count
//
//	--cfg NAME, --cfg NAME="VALUE"
//	-C panic=STRATEGY
//	-C target-feature=+NAME,-NAME
//	-C debug-assertions[=yes|no]
//
// in all the ways they can be written; others pass. Features of the processor that others
// bring with them, and those of a processor chosen by name, are not known: they have to be
// named as well. The error matches [ErrCfg].
func ParseFlags(args []string) (Flags, error) {
	var f Flags
	for len(args) > 0 {
		var name, value string
		name, value, args = cutFlag(args)
		switch name {
		case "--cfg":
			c, err := ParseCfg(value)
			if err != nil {
				return Flags{}, err
			}
			f.changes = append(f.changes, change{cfg: c})
		case "--codegen":
			f.codegen(value)
		}
	}
	return f, nil
}

// cutFlag takes the first flag from args: its long name, and its value, which may be the
// argument behind it.
func cutFlag(args []string) (name, value string, rest []string) {
	first, rest := args[0], args[1:]
	if short, ok := strings.CutPrefix(first, "-C"); ok {
		if short != "" {
			return "--codegen", short, rest
		}
		first = "--codegen"
	}
	name, value, ok := strings.Cut(first, "=")
	if !ok && (name == "--cfg" || name == "--codegen") && len(rest) > 0 {
		return name, rest[0], rest[1:]
	}
	return name, value, rest
}

// codegen reads the value of -C.
func (f *Flags) codegen(option string) {
	name, value, hasValue := strings.Cut(option, "=")
	switch strings.ReplaceAll(name, "_", "-") {
	case "panic":
		f.changes = append(f.changes, change{cfg: pair("panic", value), sole: true})
	case "debug-assertions":
		off := hasValue && !slices.Contains([]string{"y", "yes", "on", "true"}, value)
		f.changes = append(f.changes, change{cfg: Cfg{Name: "debug_assertions"}, off: off})
	case "target-feature":
		for feature := range strings.SplitSeq(value, ",") {
			if len(feature) > 1 {
				f.changes = append(f.changes, change{cfg: pair("target_feature", feature[1:]), off: feature[0] == '-'})
			}
		}
	}
}

// Set adds a cfg that holds.
func (f Flags) Set(c Cfg) Flags {
	return Flags{append(slices.Clip(f.changes), change{cfg: c})}
}

// With returns the target with the flags applied; t itself if they change nothing.
func (t *Target) With(f Flags) *Target {
	if len(f.changes) == 0 {
		return t
	}
	cfgs := slices.Clone(t.Cfgs)
	for _, c := range f.changes {
		cfgs = slices.DeleteFunc(cfgs, func(have Cfg) bool {
			return have == c.cfg && c.off || have.Name == c.cfg.Name && c.sole
		})
		if !c.off {
			cfgs = append(cfgs, c.cfg)
		}
	}
	changed := *t
	changed.Cfgs = newTarget(t.Name, cfgs).Cfgs
	return &changed
}
