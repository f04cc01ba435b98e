// Package compat says how what cargo makes has changed from one cargo to the next.
//
// `cargo vendor` has never promised its bytes, and they have changed several times. Who
// pins a hash of a vendor folder gets that of one cargo, whichever cargo is there, by its
// [Rule]. What differs is one table, [Differences]: a row for each change, with the cargo
// that first had it. A rule is a version: it has every change up to that, and none after.
//
// # Where the rows come from
//
// Each is read from cargo's history: src/cargo/ops/vendor.rs, sources/path.rs,
// sources/registry/mod.rs, sources/git/utils.rs, util/toml and crates/cargo-util-schemas
// at the branches rust-1.70.0 to rust-1.99.0; and seen in what built cargos make, which
// docs/matrix.md has (`make matrix`).
//
// # The rule of our own
//
// "stable-1" is what cargo 1.95 makes, promised never to change: neither with newer cargos
// nor with what is yet learnt of 1.95. Its hashes are in the tests.
package compat
