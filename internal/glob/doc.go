// Package glob matches paths by patterns as the glob crate does, which Cargo has for the
// members of a workspace, and cargo-vendor-filterer for what it excludes. A [Part] is for
// one name, a [Path] for the names of a relative path.
package glob
