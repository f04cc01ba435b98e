// Package explain says why a package is here: who needs it, what would go with it, why
// there are several versions of it, and where its pieces lie.
//
//	Cargo.lock  ─▶ who needs whom                            always
//	manifests, index ─▶ kind, platform, features of each     where they are at hand
//	all of them ─▶ what builds use                           see package resolve
//
// # Which dependencies count
//
// Those that some build follows, as `cargo tree --workspace --all-features --target all`
// shows them, if it is known what every package declares. As there, a package that is built
// for targets and for the host with the same features is one. The lockfile names more: a
// package of which only features that wait for another ("d?/f") speak is locked, and never
// built. Such a one, and every package where not enough is known, is explained by the
// lockfile, which tells neither kinds nor platforms; what is declared is added where it is
// known.
//
// # What would go
//
// Whatever no member of the workspace comes to on a way that does not pass through the
// package: what it dominates in the graph. The members are those of the workspace; of a
// lockfile that lies alone, the packages without a source, or without any those that
// nothing needs.
//
// All is linear in the dependencies, however many paths there are.
package explain
