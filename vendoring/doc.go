// Package vendoring makes directory sources: what Cargo calls the folder that
// `cargo vendor` writes and that a build reads in place of registries.
//
//	vendor/
//	    serde/                      the highest version of a package
//	    serde-0.9.15/               another one
//	        .cargo-checksum.json    {"files":{PATH:SHA256,…},"package":SHA256}
//	        Cargo.toml, src/…       what the archive holds, but for version control files
//	    .cargohome-tmp-…/           of a run under way, or killed; ignored by Cargo
//
// Data flows one way. [Arrange] gives every locked package its folder. Package
// internal/locate finds them, and settles which checksums their archives must have.
// [NewSteps] says of each what its folder will hold, which comes from an archive, a
// commit or another directory source. A [Plan] then says everything that will be done,
// and Plan.Write does it: each worker proves a folder unchanged, or inflates, hashes and
// writes an archive in one pass, into a temporary folder. Only when all of them succeeded
// is anything moved into place, so that a run that fails leaves the folder as it was.
//
// # As cargo 1.95 does
//
//   - The highest version of a name gets the bare folder name, all others get
//     NAME-VERSION (spec 7.3).
//   - Paths with a component ".git", and files called .gitignore, .gitattributes
//     or .cargo-ok are left out (spec 7.4).
//   - What else is in the vendor folder and does not begin with a dot goes.
//
// # Otherwise than cargo
//
//   - cargo believes a folder NAME-VERSION of a registry package that holds a checksum
//     file and rebuilds all others. Here each folder is kept that is proven unchanged,
//     and rebuilt if it is not. See below.
//   - cargo never hashes an archive in its cache. Here the archive must be the
//     one that the lockfile vouches for.
//   - cargo copies files of a folder that stands in for a source whatever the
//     folder's record says of them, and finds out when it builds. Here that is an
//     error, in the words that cargo then has.
//   - cargo deletes path packages that lie deeper inside the vendor folder, and
//     the whole project if told to vendor into it. Here the first are left alone
//     and the second is refused.
//   - cargo vendors into any folder, and deletes what is in it. Here one is refused
//     that holds files, and no package that was ever vendored, unless it is asked for
//     with Force; one that lies in the Cargo home, or holds it, always. Folders are told
//     apart by device and inode, so that links and mounts make no difference.
//
// # Unchanged
//
// The folder of an archive is kept if its record is for that archive, every file has the
// content on record, and there is nothing else. Modes and times that were changed since
// stay as they are. What the record says is believed: so does cargo.
//
// The folder of a package from git is kept if it is what would be written now. Nothing in
// it is believed: files are those that the commit lists, modes are as it has them under
// the umask, the manifest is that which would be generated, and of every other file the
// content is that of its blob, which the name of the blob tells; or if it is converted on
// its way out, what that makes of the blob. The record agrees with all of that.
//
// A folder of what is copied from a directory source is always made anew.
//
// A package that was patched on purpose (see package internal/verify, Rehash) is kept, with
// its record, as long as it is true to that and is the package that is locked. If it is not,
// or is not locked at all, the plan is refused: see [PatchedError].
//
// What a folder looked like when it was proven, or when it was written, is remembered in
// the Cargo home, so that it need not be read again; see [StatCache]. A vendor folder has
// no record of ours. Whoever can write to the home's folder "cargohome" can have a changed
// file taken for an unchanged one; without a stat cache nothing of that is believed.
//
// # Filters
//
// [Step.Leave] has less of a package come into its folder: a stub of one that is not built,
// or all files but those that exclusions take. What a stub is follows from how cargo reads a
// directory source: every manifest in it, and a manifest without the files of its library,
// binaries and build script is an error for all packages. The record keeps the checksum of the
// lockfile, lists the files that are there, and says under "$comment", which cargo passes
// over, how the folder was filtered and how much was left out:
//
//	{"files":{"Cargo.toml":SHA256,"src/lib.rs":SHA256},"package":SHA256,"$comment":"cargohome: stub; left out: 255 files, 18170622 bytes"}
//
// So a filtered folder is kept, as others are, for the same filter, and made anew for any
// other, in both directions. Where an exclusion takes nothing the folder is as without it.
// An archive is read twice for exclusions: only at its end it is known what its code names.
package vendoring
