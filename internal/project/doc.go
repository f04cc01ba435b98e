// Package project finds the lockfiles that are meant by a path, and makes sure that
// they say all that is needed.
//
// A path is that of a lockfile, or of a folder: then every Cargo.lock in it and below
// counts, and of each package below that has none the one of its workspace, which may
// be above. Packages that no lockfile is for are told of, as what they need is not known,
// unless they are path dependencies of a project that has one.
//
// # Which folders are looked into
//
// All that can be reached: also by links, each real folder once, and those whose names
// begin with a dot. A folder that cannot be read may hold a project, so it is an error.
// Passed over is only what no project of the user's can be in:
//
//   - what version control keeps for itself, by name: .git, .hg, .svn, .jj, …;
//   - caches, by the signature in their CACHEDIR.TAG (https://bford.info/cachedir/), and
//     so the folders that Cargo builds in and those that it unpacks to;
//   - build folders of a Cargo too old for that mark, by their .rustc_info.json;
//   - what is Cargo's in a Cargo home, whatever that is called: folders such as
//     registry/src and git/checkouts with names that Cargo gives (spec 2.1), and
//     whatever links lead into the home that is at work here. What else lies in a
//     home may be a project;
//   - directory sources, of which every package has a .cargo-checksum.json;
//   - links to a folder above: all of that would be more than was asked for.
//
// # What is made sure of
//
// Package lockfile refuses what was cut off where the text shows it. Where a Cargo.toml
// lies beside the lockfile all members of the workspace must be listed, and if the last
// package has no source it must be one of the workspace's own, or of those that [patch]
// of cargo's configuration names. Where the home has the index entry of the last package,
// its dependencies must be listed too. What is left
// open: a lockfile that lies alone and was cut behind a whole package, where all that
// follows belongs to other members; one that ends in a package of which only optional
// dependencies, or those of a package from git, are lost; and patches that nothing uses.
package project
