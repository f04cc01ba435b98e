package config

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// kind reports what is wrong with the value of a key, nil if nothing is.
type kind func(c *Config, k key) error

// known are keys that every command of Cargo that looks at a project reads, whatever it needs
// of them (cargo 1.95: util/context/schema.rs, GlobalContext::configure). Others are read
// where they are needed: what is in [net] while nothing is fetched is not.
var known = map[string]kind{
	"http.proxy": isText, "http.low-speed-limit": isNumber(0, math.MaxUint32), "http.timeout": isNumber(0, math.MaxInt64), "http.cainfo": isText, "http.proxy-cainfo": isText,
	"http.check-revoke": isFlag, "http.user-agent": isText, "http.debug": isFlag, "http.multiplexing": isFlag, "http.ssl-version": isVersions,
	"build.pipelining": isFlag, "build.dep-info-basedir": isText, "build.target-dir": isText, "build.build-dir": isTemplate, "build.incremental": isFlag, "build.target": isWords,
	"build.jobs": isJobs, "build.rustflags": isWords, "build.rustdocflags": isWords, "build.rustc-wrapper": isText, "build.rustc-workspace-wrapper": isText, "build.rustc": isText,
	"build.rustdoc": isText, "build.warnings": isOneOf("warn", "allow", "deny"),
	"resolver.lockfile-path": isText, "resolver.incompatible-rust-versions": isOneOf("allow", "fallback"), "resolver.feature-unification": isOneOf("package", "selected", "workspace"),
}

// knownCompiling are keys that those read that compile.
var knownCompiling = map[string]kind{
	"term.verbose": isFlag, "term.quiet": isFlag, "term.hyperlinks": isFlag, "term.unicode": isFlag, "term.color": isText, "term.progress": isProgress,
	"build.jobs": hasJobs,
}

// Check reports the first value of a key that Cargo gives up over in every command; or that
// only one that compiles for the target of a triple does. A nightly cargo takes more.
func (c *Config) Check(triple string, nightly bool) (always, compiling error) {
	always = cmp.Or(c.checkKeys(known), c.checkEnv(), c.checkTargets(triple))
	if always == nil {
		compiling = cmp.Or(c.checkKeys(knownCompiling), c.checkProfiles(nightly))
	}
	return always, compiling
}

func (c *Config) checkKeys(keys map[string]kind) error {
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		if err := keys[name](c, newKey(strings.Split(name, ".")...)); err != nil {
			return err
		}
	}
	return nil
}

func isFlag(c *Config, k key) error { _, err := c.boolean(k); return err }

func isText(c *Config, k key) error { _, err := c.text(k); return err }

func isWords(c *Config, k key) error { _, err := c.words(k); return err }

func isNumber(low, high int64) kind {
	return func(c *Config, k key) error {
		n, err := c.integer(k)
		if err == nil && n.set && (n.value < low || n.value > high) {
			err = fmt.Errorf("key %s is %d, not from %d to %d (in %s)", dotted(k.path), n.value, low, high, n.from)
		}
		return err
	}
}

func isOneOf(words ...string) kind {
	return func(c *Config, k key) error {
		text, err := c.text(k)
		if err == nil && text.set && !slices.Contains(words, text.value) {
			err = fmt.Errorf("key %s is %q, none of %s (in %s)", dotted(k.path), text.value, strings.Join(words, ", "), text.from)
		}
		return err
	}
}

// isAnyOf returns the error of the last if all have one.
func isAnyOf(kinds ...kind) kind {
	return func(c *Config, k key) (err error) {
		for _, is := range kinds {
			if err = is(c, k); err == nil {
				break
			}
		}
		return err
	}
}

// isJobs: a text is read where it is needed.
func isJobs(c *Config, k key) error {
	return isAnyOf(isNumber(math.MinInt32, math.MaxInt32), isText)(c, k)
}

// hasJobs: nothing is compiled by no job (cargo 1.95: BuildConfig::new).
func hasJobs(c *Config, k key) error {
	text, err := c.text(k)
	if err != nil {
		n, _ := c.integer(k)
		text.value, text.set, text.from = strconv.FormatInt(n.value, 10), n.set, n.from
	}
	n, err := strconv.ParseInt(text.value, 10, 32)
	if text.set && text.value != "default" && (err != nil || n == 0) {
		return fmt.Errorf("key %s is %q, neither a number of jobs nor \"default\" (in %s)", dotted(k.path), text.value, text.from)
	}
	return nil
}

// isProgress: a bar that is always shown needs a width.
func isProgress(c *Config, k key) error {
	when, err := c.text(k.child("when"))
	if err == nil {
		err = isOneOf("auto", "never", "always")(c, k.child("when"))
	}
	width, err2 := c.integer(k.child("width"))
	switch {
	case err != nil:
		return err
	case err2 != nil:
		return err2
	case when.value == "always" && !width.set:
		return fmt.Errorf("key %s is \"always\", which needs a width (in %s)", dotted(k.child("when").path), when.from)
	}
	return isFlag(c, k.child("term-integration"))
}

// isVersions: one, or the least and the greatest, which variables alone cannot say (cargo
// 1.95: Deserializer::deserialize_any).
func isVersions(c *Config, k key) error {
	v, err := c.find(k)
	if name := c.env.below(k); err == nil && v == nil && name != "" && c.env.values[k.env] == "" {
		return fmt.Errorf("key %s is neither a string nor a table (in environment variable %s)", dotted(k.path), name)
	}
	if err != nil || v == nil || v.table() == nil {
		return isText(c, k)
	}
	if err := isText(c, k.child("min")); err != nil {
		return err
	}
	return isText(c, k.child("max"))
}

// buildDirWords are what may stand in braces (cargo 1.95: custom_build_dir).
var buildDirWords = []string{"workspace-root", "cargo-cache-home", "workspace-path-hash"}

func isTemplate(c *Config, k key) error {
	text, err := c.text(k)
	if err != nil || !text.set {
		return err
	}
	if text.value == "" {
		return fmt.Errorf("key %s is empty (in %s)", dotted(k.path), text.from)
	}
	left := text.value
	for _, word := range buildDirWords {
		left = strings.ReplaceAll(left, "{"+word+"}", "")
	}
	if strings.ContainsAny(left, "{}") {
		return fmt.Errorf("key %s has in braces what cargo does not know: %q (in %s)", dotted(k.path), text.value, text.from)
	}
	return nil
}

// checkEnv: [env] has texts, or tables with one (cargo 1.95: EnvConfigValueInner).
func (c *Config) checkEnv() error {
	table, err := c.findTable(newKey("env"))
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(table)) {
		v := table[name]
		if slices.Contains([]string{"CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"}, name) {
			return fmt.Errorf("[env] sets %s, which cargo does not allow (in %s)", name, v.from)
		}
		text, t := v, v.table()
		if t != nil {
			text = t["value"]
		}
		if text == nil || typeName(text.data) != typeName("") || strings.Contains(text.data.(string), "\x00") {
			return fmt.Errorf("[env] has no text for %s that a variable can have (in %s)", name, v.from)
		}
		for _, field := range []string{"force", "relative"} {
			if flag := t[field]; flag != nil && typeName(flag.data) != typeName(true) {
				return fmt.Errorf("[env] has %s for %s of %s (in %s)", flag.typeName(), field, name, v.from)
			}
		}
	}
	return nil
}

// checkTargets looks at [target], of which cargo reads all tables in part, and that of the
// triple whole (cargo 1.95: util/context/target.rs).
func (c *Config) checkTargets(triple string) error {
	tables, err := c.findTable(newKey("target"))
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		k := newKey("target").entry(name)
		for _, field := range []string{"runner", "rustflags", "linker"} {
			is := isWords
			if field == "linker" {
				is = isText
			}
			if err := is(c, k.child(field)); err != nil {
				return err
			}
		}
		if name == triple {
			if err := c.checkOverrides(k, tables[name]); err != nil {
				return err
			}
		}
	}
	return nil
}

// targetKeys are those of [target.TRIPLE] that are not the name of a library.
var targetKeys = []string{"ar", "linker", "runner", "rustflags", "rustdocflags"}

// overrideKeys have lists; those of flags are texts.
var overrideLists = []string{"rustc-link-lib", "rustc-link-search"}

// checkOverrides looks at what stands in for build scripts.
func (c *Config) checkOverrides(k key, v *value) error {
	for _, name := range slices.Sorted(maps.Keys(v.table())) {
		if slices.Contains(targetKeys, name) {
			continue
		}
		fields, err := c.findTable(k.entry(name))
		if err != nil {
			return err
		}
		for _, field := range slices.Sorted(maps.Keys(fields)) {
			at := k.entry(name).entry(field)
			list, isList := fields[field].data.([]*value)
			switch {
			case slices.Contains(overrideLists, field) && !isList:
				return fmt.Errorf("key %s is %s, not a list (in %s)", dotted(at.path), fields[field].typeName(), fields[field].from)
			case slices.Contains(overrideLists, field):
				if _, err := (&value{fields[field].from, list}).words(at); err != nil {
					return err
				}
			case field == "rustc-flags":
				if err := isText(c, at); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
