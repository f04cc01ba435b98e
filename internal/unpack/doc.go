// Package unpack puts what a bundle holds into a Cargo home, which may be new, or have
// much in it already.
//
//	registry/cache/NAME/STEM.crate    put there, or made again of its content if the bundle has
//	                                  that; what has the same bytes stays
//	registry/index/NAME/.cache/PATH   merged by version, so that none is lost; see index.Merged
//	registry/index/NAME/config.json   put there; one that Cargo can read stays
//	registry/index/NAME/.git          put there; where Cargo has its own repository that gets
//	                                  one more commit, of the entries that it lacks
//	git/db/NAME                       put there; a repository that lacks the commits gets the packs;
//	                                  one that git does not open is of no use, as is such an index
//	cargohome/lockfiles/SHA256.lock   put there
//	cargohome/vendor/FOLDER           compared with what the rest makes of it, and put there
//	registry/src, git/checkouts       not taken from the bundle: [Rebuild] says what is to be
//	                                  made anew from archives and repositories
//
// # What is believed
//
// Nothing but what agrees with the rest, as Cargo does not look again: it never hashes an
// archive that it has, nor an object of a repository. So besides the manifest's checksums
// each archive must have the one that an index entry has for it, in the bundle or in the
// home; each repository is read object by object, and must have all that a checkout of its
// commits takes; an index entry must be of the crate whose file it is in. What Cargo or
// cargohome make of these, sources and work trees, is made here again: it could say
// anything.
//
// A small bundle may be unpacked lazily ([Options]), if it is signed: what is in its archives
// is put into others, which anybody has at once, and Cargo builds from those. Of what is in
// an archive nothing tells but the manifest, until that archive is made: whoever unpacks the
// bundle once more has all of them made and proven.
//
// Of a delta the home has to have what that holds, before anything is read: what has a
// checksum by that, repositories by the commits, and indexes by listing each version that the
// bundle has or leaves out, whatever else they list.
//
// A home that lists a version with another checksum is not talked out of it: that is an
// error.
//
// # How it gets there
//
// All is written into a temporary folder in the home, while what follows is read: the
// archives of nu in the time that tar takes, or where they are made again, by all
// processors, in that which deflate takes. Only when the bundle has come to its end, and
// is right to the last byte, is what was written synced, and moved into place by renaming:
// whole folders where the home has none. An error before that leaves nothing behind, and
// one while moving takes back what was moved.
//
// A process that is killed, or interrupted, leaves what it moved, which the next run finds
// to be right. The temporary folder, which is known by the checksum of the manifest, that
// takes over ([staging.In]): each file in it that has the size, the checksum and the mode
// that it must have is taken from there. Of the bundle its content is passed over, and all
// else is read and proven as ever.
//
// The caller holds Cargo's lock for adding, or, if there was no home, takes it before
// anything is moved; see [Options].
package unpack
