// Package reextract rebuilds registry/src from registry/cache: the state that a
// cache of CI comes back to, as a rule without sources.
//
//	registry/cache/NAME/serde-1.0.0.crate     what is unpacked
//	registry/src/NAME/serde-1.0.0/            where to: all entries of the archive
//	registry/src/NAME/serde-1.0.0/.cargo-ok   {"v":1}, without which Cargo unpacks again
//
// Cargo asks no more of a source than that its .cargo-ok is JSON whose "v" is 1
// (cargo 1.95: unpack_package), and so does a [Plan] here: what Cargo would take is
// left alone, what it would delete or unpack over is made anew. Nothing is left out
// of an archive, other than for a vendor folder: .gitignore and the like are there.
//
// # Otherwise than cargo
//
//   - Cargo never hashes an archive that is in its cache. Here it must be the one
//     that the lockfile vouches for, or the index if there is no lockfile. What
//     neither knows is unpacked all the same, as Cargo would, and counted.
//   - Where a .cargo-ok is missing Cargo unpacks over what is there, and strays stay.
//     Here the whole folder is replaced, in one step.
//   - An archive that is refused does not stop the others.
package reextract
