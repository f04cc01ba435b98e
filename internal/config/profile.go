package config

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"cargohome/crate"
)

// profileKeys are those of [profile.NAME], which are read by what compiles (cargo 1.95:
// TomlProfile).
var profileKeys = map[string]kind{
	"opt-level": isAnyOf(isNumber(math.MinInt64, math.MaxInt64), optLevels), "lto": isAnyOf(isFlag, isText), "codegen-backend": isText, "codegen-units": isNumber(0, math.MaxUint32),
	"debug":           isAnyOf(isFlag, isNumber(0, 2), isOneOf("none", "line-directives-only", "line-tables-only", "limited", "full")),
	"split-debuginfo": isText, "debug-assertions": isFlag, "rpath": isFlag, "panic": isText, "overflow-checks": isFlag, "incremental": isFlag, "dir-name": isText, "inherits": isText,
	"strip": isAnyOf(isFlag, isText), "hint-mostly-unused": isFlag, "rustflags": isWords,
}

// profileNames are those that there always are, and that Cargo looks for whatever it compiles
// (cargo 1.95: merge_config_profiles).
var profileNames = []string{"dev", "release", "test", "bench"}

// Inherits returns what profiles inherit, "" for nothing: those of a root manifest as they are
// given, and those that the configuration has, as far as Cargo asks for them (cargo 1.95:
// merge_config_profiles). What is not of the right type counts for nothing.
func (c *Config) Inherits(manifest map[string]string) map[string]string {
	all := map[string]string{}
	names := append(slices.Collect(maps.Keys(manifest)), profileNames...)
	for len(names) > 0 {
		name := names[0]
		names = names[1:]
		if _, done := all[name]; done {
			continue
		}
		of, has := manifest[name]
		k := newKey("profile", name)
		if table, err := c.findTable(k); err == nil && table != nil {
			has = true
		}
		if said, err := c.text(k.child("inherits")); err == nil && said.set {
			has, of = true, said.value
		}
		if has {
			all[name] = of
			if of != "" {
				names = append(names, of)
			}
		}
	}
	return all
}

// checkProfiles looks at the profiles that every command that compiles reads.
func (c *Config) checkProfiles(nightly bool) error {
	for _, name := range profileNames {
		k := newKey("profile", name)
		if err := c.checkProfile(k, nightly); err != nil {
			return err
		}
		if err := c.checkWhole(k); err != nil {
			return err
		}
	}
	return isAnyOf(isNumber(0, 3), optLevels)(c, newKey("profile", "dev", "opt-level")) // as rustc, which is not asked about others
}

// optLevels are those that are no numbers, or need not be.
var optLevels = isOneOf("0", "1", "2", "3", "s", "z")

// checkProfile looks at the types of what a profile says, be it for all packages, for single
// ones, or for what is built to build.
func (c *Config) checkProfile(k key, nightly bool) error {
	for _, name := range slices.Sorted(maps.Keys(profileKeys)) {
		if err := profileKeys[name](c, k.child(name)); err != nil {
			return err
		}
	}
	if !nightly {
		if err := c.hasNone(k, "codegen-backend", "rustflags", "trim-paths"); err != nil {
			return fmt.Errorf("%w, which is for a nightly cargo", err)
		}
		if panics, _ := c.text(k.child("panic")); panics.value == "immediate-abort" {
			return fmt.Errorf("key %s is %q, which is for a nightly cargo (in %s)", dotted(k.child("panic").path), panics.value, panics.from)
		}
	}
	overrides, err := c.overrides(k)
	for _, o := range overrides {
		if err == nil {
			err = c.checkProfile(o, nightly)
		}
		if err == nil {
			if err = c.hasNone(o, "package", "build-override", "panic", "lto", "rpath"); err != nil {
				err = fmt.Errorf("%w, which is for whole profiles", err)
			}
		}
	}
	return err
}

// overrides are the parts of a profile that are for single packages, or for what is built to
// build.
func (c *Config) overrides(k key) (keys []key, err error) {
	table, err := c.findTable(k)
	if err != nil {
		return nil, err
	}
	if build := k.child("build-override"); table["build-override"] != nil || c.env.below(build) != "" {
		keys = append(keys, build)
	}
	packages, err := c.findTable(k.child("package"))
	for _, name := range slices.Sorted(maps.Keys(packages)) {
		at := k.child("package").entry(name)
		if name != "*" && !strings.Contains(name, "://") {
			if _, err := crate.ParseSpec(name); err != nil {
				return nil, fmt.Errorf("key %s names no package: %w", dotted(at.path), err)
			}
		}
		keys = append(keys, at)
	}
	return keys, err
}

// checkWhole looks at what a profile itself may say (cargo 1.95: validate_profile).
func (c *Config) checkWhole(k key) error {
	if err := c.hasNone(k, "dir-name"); err != nil {
		return fmt.Errorf("%w, which cargo does not allow", err)
	}
	if err := isOneOf("unwind", "abort", "immediate-abort")(c, k.child("panic")); err != nil {
		return err
	}
	for name, wrong := range map[string][]string{"inherits": {"debug"}, "lto": {"true", "false"}} {
		if said, err := c.text(k.child(name)); err == nil && slices.Contains(wrong, said.value) && said.from.kind != fromEnv {
			return fmt.Errorf("key %s is %q, which cargo does not allow (in %s)", dotted(k.child(name).path), said.value, said.from)
		}
	}
	return nil
}

// hasNone reports that a table has one of some keys.
func (c *Config) hasNone(k key, names ...string) error {
	for _, name := range names {
		v, err := c.find(k.child(name))
		if _, set := c.env.values[k.child(name).env]; err == nil && (v != nil || set) {
			return fmt.Errorf("it has the key %s", dotted(k.child(name).path))
		}
	}
	return nil
}
