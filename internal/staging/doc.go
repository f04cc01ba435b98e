// Package staging is how cargohome puts things where others will look for
// them: whatever is written is first written into a temporary folder on the
// same file system, whole, and then moved into place by renaming. Every writer
// of the program goes through it.
//
//	DIR/.cargohome-tmp-123456789/   [Dir], mode 0700, ours alone
//	    new/…                       what is being written, by a [Tree]
//	    old/…                       what was removed, deleted last
//
// Names that begin with a dot are nobody's packages: Cargo passes over them in a
// vendor folder, and over folders below registry/src and git that no index or
// repository has the name of.
//
// # Replacing
//
// What is replaced and what replaces it exchange their names in one call, so that
// a process killed at any moment leaves the one or the other, never a mixture and
// never nothing. Nothing is deleted before all replacements are in place. Besides
// being safe that is fast: on ext4, creating files right after deleting many is
// slower by an order of magnitude.
//
// Where names cannot be exchanged (NFS, other systems than Linux and macOS) what is
// there is moved aside first, and for a moment nothing is there. Folders of a lower
// layer of an overlay file system, as containers have them, cannot even be moved
// (EXDEV): they are copied and deleted.
//
// # Cleaning up
//
// A [Dir] and a [Replacement] are locked (flock) while their owner lives. [Sweep],
// which each run calls on the folders it writes to, deletes what has such a name
// and is not locked: what killed runs left. On file systems without locks such
// things stay.
//
// # Durability
//
// A power failure is another matter than a killed process. Each writer has its own
// answer:
//
//   - Vendor folders are not synced. They can be made again, builds check each
//     file, and the next run finds and replaces what is not as recorded.
//   - Sources in registry/src and checkouts in git/checkouts are not synced, as
//     with Cargo, which believes its own marks all the same: after a power failure
//     `reextract --force` and `checkout --force` make them anew.
//   - A [Replacement], which may be of a file that a person wrote, is synced before
//     it takes its place.
//
// # Fault points
//
// Every call that changes something can be made to fail, or to be the last of the
// process, in tests: see [Inject].
package staging
