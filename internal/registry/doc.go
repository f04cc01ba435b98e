// Package registry says what is held of registries, and reads and describes mirrors, in
// which that is kept for cargo to use.
//
//	a Cargo home         registry/cache/NAME, registry/index/NAME   of several registries
//	a local registry     DIR/index, DIR/STEM.crate                  of crates.io
//	a mirror             DIR/cargohome-mirror.json                  of several registries
//	a [Remote] mirror    in a store of objects                      of several registries
//	        │
//	        │ a [Store] each: archives by name, and the index that lists them
//	        ▼
//	    [Gather]     every archive is read, and must be the one that the index lists
//	        │
//	        ▼
//	      [Set]      [Registry] ─▶ [Version]: checksum, size, where it lies, its index line
//
// A bundle is a home when it is unpacked; of a small one a [Live] has each archive made when
// somebody asks for its crate (see [Packed]).
//
// # What is held
//
// A version is held if its archive is there, has the SHA-256 that an index line says, and
// the line is one that cargo would read. Where several places have it the first counts, but
// for its checksum: in a mirror that is what it was, as lockfiles may name it. What is not
// held for any other reason than that nobody has it is in [Set.LeftOut], with why. Yanked
// versions are held: lockfiles may name them.
//
// Lines are what the index has, byte for byte. They are looked up again when they are
// wanted, as those of 100,000 archives take more memory than all else that is known of
// them.
//
// # A mirror
//
//	DIR/cargohome-mirror.json            which layout, where it is served, which registries
//	DIR/NAME/index/PATH                  entry files, one line for each version held
//
//	layout sparse, for any web server:
//	DIR/NAME/index/config.json           where archives are: sha256/
//	DIR/NAME/index/PATH                  also by the name as it is spelt, if that has capitals
//	DIR/NAME/crates/CRATE/STEM.crate     archives, by name
//	DIR/NAME/sha256/CHECKSUM.crate       the same files, by content
//
//	layout local-registry, for cargo on the same machine:
//	DIR/NAME/STEM.crate                  archives
//
//	layout objects, for a store of objects (package blob), in which several write at once:
//	NAME/index/config.json               as in a sparse one, and
//	NAME/index/PATH
//	NAME/sha256/CHECKSUM.crate           archives
//	cargohome-changed                    is another when lines have changed
//	.writers/...                         of runs that write; see package mirror
//
// STEM is CRATE-VERSION. NAME is "crates-io", what cargo's configuration calls the registry,
// or else what its folders in a Cargo home are called. Cargo is told to take archives by
// their checksum: such a URL has neither a '+', which some servers take for a space, nor
// capitals, and what it leads to never changes. There is no "api": nobody answers searches.
package registry
