// Package packagelist lists what Cargo takes for the files of a package.
//
// [List] says which files of a work tree `cargo vendor` copies for a package.
// Cargo lists them as for `cargo package` (spec 7.5), in one of three ways:
//
//	include is not empty                 walk the folder; what the patterns match
//	the repository tracks the manifest   git's files, minus exclude
//	otherwise                            walk the folder, minus hidden files and exclude
//
// and then leaves out git's own files (spec 7.4). The repository is the one
// whose folder is found first going up from the package's, so that of a
// submodule for a package inside one. It does not track a manifest to which a
// link from one repository into another leads. Walking leaves out the package's
// folder "target", which may be tracked, and knows no repositories. A folder
// below the package's that holds a Cargo.toml is another package and left out in
// each way.
//
// A work tree is looked at as Cargo leaves it after a fresh checkout. The only
// untracked files in it are then the empty .cargo-ok that Cargo puts into the
// root of each repository.
//
// Three things are different from Cargo, all about links:
//
//   - One that leads out of the work tree, or into a .git folder, is an error.
//     Cargo follows it, and copies whatever the user has there.
//   - One that leads nowhere is left out with a warning. Cargo fails. The same
//     is done for links to folders below a tracked "target", which Cargo takes
//     for files and fails to read.
//   - Links are followed in the list of entries only, never on the disk.
//
// Not supported: repositories without a work tree within the work tree (the
// folder of one, reached through a link, stops Cargo; here it is a folder);
// ignore rules that are the user's own; a submodule that tracks a .cargo-ok and
// ignores it; a package folder whose name has the characters * ? [ \, which Cargo
// takes for a pattern, so that in odd cases it leaves out more "target" folders.
//
// Source: cargo 1.95, src/cargo/sources/path.rs, list_files;
// src/cargo/ops/vendor.rs, vendor_this; gix-dir 0.21; walkdir 2.5.
package packagelist
