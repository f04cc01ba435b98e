// Package verify compares what is in a Cargo home, or in a vendor folder, with what it
// should be, byte by byte:
//
//	registry/cache/NAME/serde-1.0.0.crate   the checksum of the lockfile, or else the index
//	registry/src/NAME/serde-1.0.0/          the content of that archive, and a .cargo-ok
//	vendor/serde/                           the same as `cargo vendor` writes it, and the record
//	git/checkouts/NAME/SHORT/               the commit of which SHORT is the beginning, from git/db;
//	                                        so too .git/index, and HEAD of submodules
//	git/db/NAME/                            every object by its own name; packs and indexes by
//	                                        the hashes they end in, and by each other
//
// [Plan] lists what there is, [Item] by item, [Plan.Run] looks at each. Nothing is
// written: an archive is inflated and compared, piece by piece, with the file that it
// would be unpacked to, which is read in that moment. So nothing is hashed but the archive
// itself. Each file that differs is told with how it does ([Difference]); times are not
// compared.
//
// # Modes
//
// They are those that the archive or the commit asks for, under a umask. Which that was
// the folder tells together with its .cargo-ok, or its record: if both agree on one it is
// that, or what one of them agrees on with our own or with the folder above, else our own. On
// a disk that keeps no modes, such as a stick with FAT, none is compared.
//
// # Who vouches
//
// Without a lockfile the index does. A source without a sound archive, an archive that no
// index has, a checkout without its repository is [Unvouched]: it may be as it should or
// not, and is no finding. A vendored package that has no archive in the home is compared
// with its own record, and is unvouched if it is true to that. A package patched on
// purpose (see [Rehash]) is compared with its record too, and is [Patched]. One that
// differs only as an older cargo makes it, and has a record that is true to that, is
// [Older]. A package whose archive is of no use counts as one that has none. In a repository,
// configuration and references are vouched for by nobody: they are counted and named, and the
// repository is as it should be all the same.
//
// # Bounds
//
// Archives and repositories are bounded as for unpacking. A folder is left when it has
// more names than an archive can, and no extra folder is entered. Links are not followed
// in what is compared, nor is one that stands in the place of a source, a checkout or a
// repository; pipes and devices are not opened.
package verify
