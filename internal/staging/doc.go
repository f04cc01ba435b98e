// Package staging is how cargohome puts things where others will look for
// them: whatever is written is first written into a temporary folder on the
// same file system, whole, and then moved into place by renaming.
//
//	DIR/.cargohome-tmp-123456789/   [Dir], mode 0700, ours alone
//	    new/…                       what is being written, by a [Tree]
//	    old/…                       what it replaces, deleted last
//
// Cargo ignores names that begin with a dot in a vendor folder, so a run that
// was killed leaves nothing there that a build would notice.
//
// Nothing is deleted before its replacement is in place. Besides being safe
// that is fast: on ext4, creating files right after deleting many is slower by
// an order of magnitude.
//
// Durability: nothing here calls fsync. A vendor folder can be made again from
// its inputs, and a reader checks its bytes; after a power failure the folder
// may hold empty files, which the next run finds and replaces.
package staging
