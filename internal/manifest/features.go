package manifest

import (
	"fmt"
	"slices"
)

// stableFeatures are the cargo-features that a stable cargo 1.95 lets pass, with
// a warning; it stops at all others.
// Source: cargo 1.95, core/features.rs.
var stableFeatures = []string{
	"test-dummy-stable", "alternative-registries", "edition", "rename-dependency", "profile-overrides", "default-run",
	"named-profiles", "resolver", "strip", "rust-version", "edition2021", "workspace-inheritance", "edition2024",
}

// nightlyFeatures are those that a nightly cargo takes as well.
var nightlyFeatures = []string{
	"test-dummy-unstable", "metabuild", "public-dependency", "per-package-target", "codegen-backend", "different-binary-name",
	"profile-rustflags", "trim-paths", "open-namespaces", "path-bases", "unstable-editions", "multiple-build-scripts",
	"panic-immediate-abort",
}

// NightlyError says that a manifest has what cargo 1.95 does not take, and a nightly cargo
// does, or a newer one.
type NightlyError struct {
	Feature string // as cargo-features names it, or what it is
	Since   int    // N of the first cargo 1.N that takes it, 0 if it takes a nightly one
}

func (e *NightlyError) Error() string {
	if e.Since > 0 {
		return fmt.Sprintf("it has %s, which is taken from cargo 1.%d on", e.Feature, e.Since)
	}
	return fmt.Sprintf("it needs the cargo feature %q, which a stable cargo does not take", e.Feature)
}

// errArtifact: artifact dependencies take a flag of nightly cargo, -Z bindeps, and
// no feature.
var errArtifact = &NightlyError{Feature: "bindeps"}

// checkFeatures checks the cargo-features that a manifest turns on.
func checkFeatures(names []string, nightly bool) error {
	for i, name := range names {
		switch {
		case slices.Contains(names[:i], name):
			return fmt.Errorf("cargo-features %q is there twice", name)
		case slices.Contains(stableFeatures, name):
		case !slices.Contains(nightlyFeatures, name):
			return fmt.Errorf("cargo-features %q is none that cargo knows", name)
		case !nightly:
			return &NightlyError{Feature: name}
		}
	}
	return nil
}

// require returns an error if the manifest does not turn the feature on; that it
// may was checked before.
func (m *tomlManifest) require(feature string) error {
	if slices.Contains(m.CargoFeatures, feature) {
		return nil
	}
	return &NightlyError{Feature: feature}
}

// requireFor is require for a feature that is needed if used is true.
func (m *tomlManifest) requireFor(feature string, used bool) error {
	if !used {
		return nil
	}
	return m.require(feature)
}
