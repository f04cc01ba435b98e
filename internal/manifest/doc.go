// Package manifest reads Cargo.toml files: it answers which project a folder
// belongs to, where its lockfile is, and which packages live in folders of the
// user's rather than in a registry or repository ([FindWorkspace]); and where in
// the work tree of a repository a package is, and what manifest Cargo generates
// for it when it is vendored ([Tree]).
//
// # Workspaces
//
// A workspace is a root manifest, the one with a [workspace] table, and its
// members. Cargo finds the root from any manifest in this order
// (cargo 1.95: core/workspace.rs, find_root):
//
//  1. the manifest itself, if it has a [workspace] that does not exclude it;
//  2. the folder its package.workspace points to;
//  3. the nearest manifest in a folder above that is such a root, or that points
//     to one. The walk stops at a folder target/package, and above the Cargo
//     home. A root that Cargo has read already for another reason is taken
//     before any walk is made, even across those stops.
//
// Members are the folders matched by workspace.members, then the root package,
// each followed by its path dependencies, of all kinds and platforms: those below
// the root's folder always, others if they find the same root by themselves.
// workspace.exclude takes folders out, save those which an entry of members is a
// plain prefix of. Every member must find the same root, none but the root may
// have a [workspace], no two may share a name, and the manifest one started from
// must be among them.
//
// Paths are joined and normalised as text, "a/../b" being "b" whatever "a" is;
// symbolic links are never resolved, so a package reached by two paths counts as
// two.
//
// Only the keys that decide these questions are read, and only their errors are
// reported: what a manifest says of targets, features or editions is not looked
// at. Manifests may be hostile. Their size, nesting and number are bounded, and
// cycles of path dependencies, of pointers and of symbolic links end.
//
// # Packages of a repository
//
// A generated manifest is made in three steps, each in its own files:
//
//	text      ─▶ source.go, layout.go: TOML in the order of the text
//	          ─▶ schema.go, decode.go: the tables that Cargo knows; other keys are gone
//	complete_*.go  inheritance, targets, build script and readme made explicit
//	check_*.go     what Cargo would take for broken
//	vendored.go    targets whose files are not vendored taken out
//	          ─▶ encode.go: tables in the schema's order
//	tomltext  ─▶ text
//
// Here a manifest is read whole, since Cargo passes over a broken one and takes
// another package of the same name. Which registries are configured is for the
// caller to say; that a dependency in several tables has one and the same
// repository or registry in all of them is not checked.
//
// Of a manifest with cargo-features a stable Cargo knows nothing, and passes over it. The
// package is then found as a nightly Cargo finds it, if a stable one finds none; what
// nightly flags turn on, as artifact dependencies, and path bases are not taken. Where
// there is no package, the error names the manifests that were passed over
// ([NoPackageError]).
package manifest
