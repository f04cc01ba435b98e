// Package worktree tells what Cargo checks out for a commit, and does it.
//
// [New] makes a [WorkTree] of a commit and its submodules without writing anything;
// [WorkTree.Write] writes it, with a ".git" that Cargo takes for its own.
//
// Entries whose names mean ".git" to some file system, or lead elsewhere, are
// refused, with their path in an [EntryError]; and so is a tracked ".cargo-ok"
// that is no file: Cargo empties what such a link leads to. The entries, paths,
// attributes and submodules of a work tree are bounded; the comment of package object has
// the table.
//
// # What Cargo checks out
//
// A WorkTree is what libgit2 1.9 writes on the reset that Cargo 1.95 does:
//
//   - Files in the order of their paths, then links, then submodules in the order
//     of their names. Modes are those of the tree under the umask, also odd ones;
//     folders have 0755, roots of repositories 0777.
//   - The attributes text, crlf, eol and ident convert files, as far as the
//     .gitattributes was written before the file; see attrStack. Filter programs
//     are not run, encodings not changed. What a user's own configuration of git
//     adds (core.eol, core.attributesFile) is left out, so that the result does
//     not depend on who restores.
//   - Submodules are those that .gitmodules and the tree agree on, each from its
//     own repository in git/db, with an empty ".cargo-ok" in its root. A gitlink
//     that .gitmodules has no URL for makes Cargo fail, and is an error here.
//
// # What a checkout consists of
//
// Restored checkouts have a ".git" of their own, and so have their submodules:
//
//	HEAD, refs/heads/master   as Cargo leaves them: a branch at the commit
//	config                    what Cargo's clone has
//	index                     a real one, with the times and inodes of the files
//	objects/                  hard links to all objects of the repository in git/db
//
// Hard links rather than alternates, because that is what Cargo makes: a checkout
// stays whole when its repository is collected or fetched anew, `git` works in it,
// and a home that is moved or packed keeps working. It costs one link for each
// pack and each loose object and no space. Where there are no hard links, objects
// are copied. To Cargo itself the commit object would do (cargo 1.95: is_fresh).
//
// # go-git
//
// The git index is written by go-git (plumbing/format/index): 1.2 µs a file, of the
// eighty that checking one out takes. Trees are taken apart here. go-git makes one mode
// of 100644 and 100664, of which libgit2 keeps the difference; it lists what is there
// twice, a file that is a folder too, a link called .gitmodules and names with slashes,
// and goes through 2^60 files of a few trees (TestTrees_beside_go_git). Attributes and
// .gitmodules are libgit2's, of which it has neither the patterns nor the spelling: 100
// modules take 0.10 ms here, and 0.18 there.
//
// Not supported: file systems that ignore case (libgit2 then writes files in another
// order, and attributes match otherwise).
package worktree
