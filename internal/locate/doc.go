// Package locate says of locked packages where they are, which checksum they must have,
// who vouches for it, and what is lacking. It only reads, and what it finds is data.
//
//	Cargo.lock ─▶ [lockfile.Package]
//	                   │ Sources.Of        what cargo's configuration puts in place of a source
//	                   ▼
//	   a registry: registry/cache/NAME/serde-1.0.0.crate   all copies, the most trusted first
//	   a local registry: DIR/serde-1.0.0.crate             the one copy
//	   a repository: git/db/NAME, at its commit            the package's folder in the work tree
//	   a directory source: DIR/serde/                      by its manifest, whatever its name is
//	                   │
//	                   ▼
//	                [Package]
//
// # Where Cargo looks, and where else
//
// A Cargo takes an archive from the folder that it computes for the source, and from no
// other: that copy is trusted. There are several if several Cargos used the home. Copies
// that lie under another registry are found by their names. They are of use to whoever
// has a checksum, and not trusted (see [home.Archive]).
//
// # Who vouches
//
// The lockfile, which the index must not gainsay; see [Vouch]. Cargo asks the index
// alone when it downloads, and the lockfile when it resolves, and never hashes an archive
// that it has. An index that is not at hand is worth a note, as nothing can be compared.
//
// # What is lacking
//
// All that is, at once; see [Gaps]. To some, as to who unpacks what Cargo would, less is
// a gap than here: they take [Archives] and [Vouch] alone.
package locate
