// Package workspace finds which project a folder belongs to, where its lockfile is, and
// which packages live in folders of the user's rather than in a registry or repository.
//
// A workspace is a root manifest, the one with a table called workspace, and its
// members. The root is found by [manifest.Reader.FindRoot].
//
// Members are the folders matched by workspace.members, then the root package,
// each followed by its path dependencies, of all kinds and platforms: those below
// the root's folder always, others if they find the same root by themselves.
// workspace.exclude takes folders out, save those which an entry of members is a
// plain prefix of. Every member must find the same root, none but the root may
// have such a table, no two may share a name, and the manifest one started from
// must be among them.
//
// Paths are joined and normalised as text, "a/../b" being "b" whatever "a" is;
// symbolic links are never resolved, so a package reached by two paths counts as
// two.
//
// Only the errors that decide these questions are reported, see [manifest.NewReader], other
// than by [FindWhole]. Manifests may be hostile. Their size, nesting and number are bounded, and
// cycles of path dependencies, of pointers and of symbolic links end.
package workspace
