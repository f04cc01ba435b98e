// Package manifest reads Cargo.toml files: it answers which project a folder
// belongs to, where its lockfile is, and which packages live in folders of the
// user's rather than in a registry or repository.
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
package manifest
