// Package pack finds out what a bundle for some lockfiles holds, and writes it.
//
//	lockfiles ─▶ [locate.Find] ─▶ archives, index entries        ┐
//	          ─▶ [gitsrc.Folder.Bundle] ─▶ thin repositories     ├─▶ [Plan] ─▶ [bundle.Write]
//	          ─▶ what else was asked for: sources, vendor folder ┘
//
// # What Cargo needs
//
// Of a registry: its config.json, without which nothing is unpacked, the index entries of
// all locked packages, and the archives of those that it gets for a build, some more than
// it builds: see [resolve.Survey.Accessible]. Cargo resolves with the index and nothing
// else, so an entry that is missing fails every command; an archive only those that get it
// (proved.md, 4 and 5). So a bundle for one platform has fewer archives and as many index
// entries: `cargo build` for that platform works, and what asks for all packages, as `cargo
// vendor`, plain `cargo fetch` and `cargo metadata` without --filter-platform, does not.
//
// Of a repository: the locked commits with their trees and files, and those of their
// submodules, in one pack without references (proved.md, 2). A work tree that is asked for
// lies where Cargo looks for it, and Cargo finds no reason to make it again (proved.md, 3).
//
// # The same bytes
//
// Nothing in a bundle depends on the home that it is from beyond what the lockfiles
// say. Index entries are those of the locked versions, in one form however the index
// spells them (see [index.Entry.Canonical]), in cache files of unknown age: an online
// Cargo asks for all of the file then, where an ETag would have it believe that there are
// no other versions. Of a registry with its index in git there is a repository with one
// commit, made of those lines; its next fetch brings all of it. The configuration of
// crates.io is the one that it has had since 2023, and folders have the names of Cargo
// 1.85 and later, whatever the home calls them.
//
// # Secrets
//
// What goes in is listed in package bundle, and nothing is copied for being there:
// configuration, credentials and programs of the home are never opened. A URL may hold
// a password or token. The name of a folder is a hash of it, which is no secret; the
// manifest would have it as text, and so does a lockfile. Such URLs are refused, or, if
// asked for, left out as far as nothing depends on them.
package pack
