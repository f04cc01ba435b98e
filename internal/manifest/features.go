package manifest

import (
	"errors"
	"fmt"
	"slices"
)

// errUnstable is a part of a manifest that only a nightly cargo takes.
var errUnstable = errors.New("cargo takes this on the nightly channel only")

// stableFeatures are the cargo-features that a stable cargo 1.95 lets pass, with
// a warning; it stops at all others.
// Source: cargo 1.95, core/features.rs.
var stableFeatures = []string{
	"test-dummy-stable", "alternative-registries", "edition", "rename-dependency", "profile-overrides", "default-run",
	"named-profiles", "resolver", "strip", "rust-version", "edition2021", "workspace-inheritance", "edition2024",
}

func checkFeatures(names []string) error {
	for i, name := range names {
		if !slices.Contains(stableFeatures, name) {
			return fmt.Errorf("cargo-features %q: %w", name, errUnstable)
		}
		if slices.Contains(names[:i], name) {
			return fmt.Errorf("cargo-features %q is there twice", name)
		}
	}
	return nil
}
