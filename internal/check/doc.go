// Package check tells what cargo would not find, before it is asked: all of it at once, why,
// which commands fail because of it, and what to do.
//
//	Cargo.lock × Cargo.toml         are they in step? cargo --locked changes no lockfile
//	           × registry/index     the line of each package, from the one folder cargo looks into
//	           × registry/cache     its archive; hashed where cargo has to unpack it
//	           × registry/src       does cargo believe what was unpacked?
//	           × git/db, checkouts  the commit, and all that a checkout takes that cargo has to make
//	           × vendor folders     every folder in them, as one that is broken spoils all
//	           × configuration      what stands in for what
//
// Nothing is written, and no lock is taken, so that no build waits: what changes meanwhile
// may be told of as it was, or as it is.
//
// # One cargo
//
// Other commands take an archive from wherever it lies, as a checksum vouches for it. Here
// counts what one cargo, 1.95, would do: it knows one name for each folder, and looks into
// no other.
//
// # Who needs what
//
// Every command resolves the whole lockfile, for all members, features and platforms, and
// so reads every index line, repository and vendor folder that it names (cargo 1.95:
// resolve_ws_with_opts). Archives it gets only of the packages that are for its features
// and platforms, of which `cargo build` has the fewest and `cargo fetch` all. A [Finding]
// says which commands break because of it. Some break none as things are: an archive of
// another checksum harms nobody as long as cargo has the package unpacked, and believes it.
// Then it names the command of ours that fails.
//
// # What is read
//
// Of an archive that cargo has unpacked, size and times only: it is hashed if it was changed
// after that. What cargo has to unpack is hashed whole, as cargo itself never does, and its
// manifest is read. What was
// unpacked is compared with the archive if its folders, or the files that make it a package,
// were touched since, and a file of a checkout with its commit if it is not as the git index
// there remembers it. Files of vendored packages are hashed against their record, as cargo
// does where it compiles them.
//
// Files of an index are read whole, and repositories as libgit2 reads them: where Cargo takes
// something for absent as a byte of it is wrong, so does check.
package check
