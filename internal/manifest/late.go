package manifest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// What Cargo reads without a word, and gives up over later.

func (m *Manifest) addLate(t *tomlManifest) {
	for name, p := range t.Profile {
		if m.Profiles == nil {
			m.Profiles = map[string]string{}
		}
		m.Profiles[string(name)] = text(p.Inherits)
	}
	if m.Virtual {
		return
	}
	for _, bin := range t.Bin {
		m.Refused = errors.Join(m.Refused, checkBinary(bin))
	}
	for _, target := range slices.Concat(t.Bin, t.Example, t.Test, t.Bench, []*tomlTarget{t.Lib}) {
		if target != nil {
			m.Uncompiled = errors.Join(m.Uncompiled, checkRequired(target), checkKnownTypes(target))
		}
	}
	if t.Lints != nil {
		for _, tool := range sortedKeys(t.Lints.tools) {
			if len(t.Lints.tools[tool]) > 0 && !slices.Contains(lintTools, tool) {
				m.Uncompiled = errors.Join(m.Uncompiled, fmt.Errorf("[lints] has %q, which is no tool that rustc knows", tool))
			}
		}
	}
}

// lintTools are those that rustc 1.95 takes lints of, and cargo's own lints, which it is not told
// of.
var lintTools = []string{"rust", "cargo", "clippy", "rustdoc", "rustc", "rustfmt", "diagnostic", "miri", "rust_analyzer"}

// crateTypes are those that rustc makes.
var crateTypes = []string{"lib", "rlib", "dylib", "cdylib", "staticlib", "bin", "proc-macro"}

func checkKnownTypes(t *tomlTarget) error {
	for _, name := range t.crateTypes() {
		if !slices.Contains(crateTypes, name) {
			return fmt.Errorf("crate-type of target %q is %q, which is none of %s", text(t.Name), name, strings.Join(crateTypes, ", "))
		}
	}
	return nil
}

// checkBinary: a binary is a program (cargo 1.95: validate_bin_crate_types,
// validate_bin_proc_macro).
func checkBinary(t *tomlTarget) error {
	if t.isProcMacro() {
		return fmt.Errorf("binary %q cannot be a procedural macro", *t.Name)
	}
	if len(t.crateTypes()) > 0 {
		return fmt.Errorf("binary %q cannot have a crate-type", *t.Name)
	}
	return nil
}

// checkRequired: required-features are features, of the package or of a dependency (cargo
// 1.95: UnitGenerator::validate_required_features).
func checkRequired(t *tomlTarget) error {
	for _, name := range t.RequiredFeatures {
		if strings.HasPrefix(name, "dep:") || strings.Contains(name, "?/") {
			return fmt.Errorf("required-features of target %q has %q, which is no feature", text(t.Name), name)
		}
	}
	return nil
}
