// Package manifest reads Cargo.toml files: what a package is called and needs, with what
// it inherits from a workspace ([Reader]); and where in the work tree of a repository a
// package is, and what manifest Cargo generates for it when it is vendored ([Tree]).
//
// # Roots
//
// What a manifest inherits is in the one with the [workspace] that it belongs to. Cargo
// finds that root from any manifest in this order (cargo 1.95: core/workspace.rs,
// find_root):
//
//  1. the manifest itself, if it has a [workspace] that does not exclude it;
//  2. the folder its package.workspace points to;
//  3. the nearest manifest in a folder above that is such a root, or that points
//     to one. The walk stops at a folder target/package, and above the Cargo
//     home. A root that Cargo has read already for another reason is taken
//     before any walk is made, even across those stops.
//
// # Packages of a repository
//
// A generated manifest is made in three steps, each in its own files:
//
//	text      ─▶ source.go, tomltext: TOML in the order of the text
//	          ─▶ schema.go, decode.go: the tables that Cargo knows; other keys are gone
//	complete_*.go  inheritance, targets, build script and readme made explicit
//	check_*.go     what Cargo would take for broken
//	vendored.go    targets whose files are not vendored taken out
//	          ─▶ encode.go: tables in the schema's order
//	tomltext  ─▶ text
//
// Here a manifest is read whole, since Cargo passes over a broken one and takes
// another package of the same name; elsewhere no more is read than what outline.go
// lists. Which registries are configured is for the caller to say; that a dependency
// in several tables has one and the same repository or registry in all of them is not
// checked.
//
// Of a manifest with cargo-features a stable Cargo knows nothing, and passes over it. The
// package is then found as a nightly Cargo finds it, if a stable one finds none; what
// nightly flags turn on, as artifact dependencies, and path bases are not taken. Where
// there is no package, the error names the manifests that were passed over
// ([NoPackageError]).
package manifest
