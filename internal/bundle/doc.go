// Package bundle is the format of a bundle: the Cargo home that builds some lockfiles, as
// one file.
//
// A bundle is a tar file, plain or compressed by gzip or zstd. If archives are in it as they
// are, any tar makes a working Cargo home of it in an empty folder:
//
//	mkdir home && tar -xf FILE -C home
//	CARGO_HOME=$PWD/home cargo build --offline --locked
//
// Each file in it is named, with its size and SHA-256, in the manifest, which comes first;
// a signature covers the manifest, and so everything.
//
//	cargohome/bundle.jsonl                       the manifest
//	cargohome/bundle.jsonl.minisig               its signature, if it has one
//	cargohome/lockfiles/SHA256.lock              lockfiles that it was packed for
//	cargohome/vendor/FOLDER/...                  what `cargo vendor` makes of them
//	git/checkouts/NAME/SHORT/...                 work trees, with a .git of what Cargo asks for
//	git/db/NAME/HEAD                             repositories, reduced to the locked commits
//	git/db/NAME/objects/pack/pack-SHA1.{idx,pack}
//	git/db/NAME/refs/                            an empty folder, without which it is none
//	registry/cache/NAME/STEM.crate               archives, as they were downloaded
//	registry/cache/NAME/STEM.crate.tar           or what is in them: see Small bundles
//	registry/cache/NAME/STEM.crate.tar.patch     or how that differs from another version's
//	registry/index/NAME/.cache/PATH              index entries of a sparse registry
//	registry/index/NAME/config.json
//	registry/index/NAME/.git/...                 the index of a registry that has it in git
//	registry/src/NAME/STEM/...                   archives, unpacked
//
// There are no other paths: no configuration, credentials, programs or databases. NAME is
// that of Cargo 1.85 and later. What Cargo makes of the rest, as unpacked archives and work
// trees, is there only if it was asked for. The .git of a work tree has HEAD, an index that
// remembers nothing of any file, refs/ and objects/info/alternates, which leads to git/db.
//
// # The manifest
//
// It is UTF-8, a JSON object on each line, with the members below in this order, those
// that are empty left out, and without spaces. The first line is about the bundle:
//
//	format        1; 2 of a small bundle, which programs that know 1 alone refuse
//	made_by       "cargohome"
//	writer        a number that grows when the same home would make other bytes
//	container     "tar", "tar.gz" or "tar.zst"
//	compressor    the library that compressed it, its version and level: another one makes
//	              other bytes of the same content
//	lockfiles     [{"sha256", "packages"}], sorted: what it builds
//	registries    [{"name", "source"}]: which source the NAME of a registry stands for
//	repositories  [{"name", "url", "commits"}]: the same of a repository
//	left_out      packages that the lockfiles have and the bundle has no archive of, as
//	              nothing that it was packed for builds them; sorted since writer 2
//	since         the SHA-256 of the manifests of what a delta was packed against
//
// Each other line is an entry of the tar:
//
//	path          below the Cargo home, '/'-separated; that of a folder ends in '/'
//	size          in bytes; left out if it is 0
//	sha256        of the content; of files only
//	content_size  of an archive that a small bundle has the content of: the size of what is
//	              in the bundle; content_sha256 is its checksum, and recipe, in base64, what
//	              makes the archive of its tar
//	base          if that is a patch: the archive, in the same folder, whose tar it is for;
//	              base_sha256 is its checksum
//	executable    true for a file of mode 0755; others have 0644
//	link          where a symbolic link leads, within its own work tree
//	package       what it is of: "NAME VERSION", or NAME for an index entry
//	held          true if this is a delta and what it is packed against has the entry: it
//	              is not in the tar
//
// Entries are sorted by path, where '/' comes before all other bytes: what is in a folder
// stands together.
//
// # The tar
//
// It holds the manifest, its signature if there is one, and what the manifest has that is
// not held, in its order, and nothing more. Headers are those that Go's archive/tar makes:
// ustar, and PAX records for paths that are too long for it. Owner and group are 0 and
// have no names; everything was modified 1153704088 seconds after 1970, as Cargo has it of
// what it generates. The end is two blocks of zeros.
//
// Where it is compressed, archives and packs are not compressed again: zstd has frames of
// raw blocks, gzip members of stored ones, and both read as one stream.
//
// # Small bundles
//
// An archive is a tar that some deflate has packed; what is in several packs to two thirds of
// that, and with zstd's larger window to less. So a small bundle, as what is compressed by
// zstd is unless it is packed with --exact-archives, has the tar in place of the archive,
// under the archive's path and ".tar", and in the manifest a recipe: which of the encoders
// that Cargo has had made the archive, the header of its gzip, and, if the end is different,
// what stands there (package redeflate). Size and sha256 are those of the archive; it is made
// again when the bundle is unpacked, and has to have them. When it is packed it was made
// once, and compared. An archive that no encoder makes, or that is less than a hundredth of
// its tar, is there itself.
//
// Such a bundle is compressed by zstd. Archives stand in frames of which each has nothing
// else: all versions of a crate, and further crates until there is 1 MiB of archives; more
// than 64 MiB of tar is more than one frame. Behind the last frame is the table of all, as
// the seekable format of zstd has it, by which one crate is read without the rest. Other
// programs skip the table, and unpack the whole. Packed with --one-stream it has one frame of
// all archives in place of them, which keeps 128 MiB of what it is made of, and no table.
//
// Unpacked by tar alone it is no Cargo home: each content has first to become an archive.
// Cargo does not look at an archive's checksum when it has it already, so where there is no
// cargohome this will do, from which Cargo builds, though not what verifies archives:
//
//	for f in registry/cache/*/*.crate.tar
//	do gzip -9 <$f >${f%.tar} && rm $f; done
//
// # What is refused
//
// A reader knows from the manifest which bytes must follow: the header of each entry is
// compared with the one that a writer makes. So an entry that is more, missing,
// repeated, out of order, larger or smaller than the manifest says, a link, a device, a
// name that climbs, or one record more in a header, is refused, by the name of the bundle
// and of the entry, before anything of it is handed on; and content that has another
// checksum when it ends. Of the manifest itself each line must be the one that is made of
// what it says: no member twice, none that is not known.
//
// Manifests have up to 64 MiB, and 96 bytes for each entry if these are more than 131,072;
// their first line has up to 16 MiB and no parts of less than 8 bytes. Archives have up to
// 2 GiB, index entries up to 32 MiB, other files up to 4 GiB; the content of an archive up
// to 100 times as many bytes as that. What is read may grow to 64 MiB and 200 times the
// file: more is a bomb. A recipe has up to 66 KiB, and whatever it says takes 1 MiB; the
// steps that archives take to be made again (package redeflate) are bounded for each byte
// of the file. Memory is bounded by the manifest's size, about two times that, and 64 MiB,
// or, of a small bundle, 192.
//
// # Deltas
//
// The manifest of a delta is whole: it has everything that is needed, and marks what the
// receiver has. So `pack --list`, `pack --diff` and `pack --since` take a delta as well as
// any bundle, and `unpack` can tell what is still missing.
//
// A repository, an index in git, a package in cargohome/vendor or registry/src and a work
// tree are of use only whole: all entries of one are held, or none. So of a repository that
// moved to another commit all is there, HEAD too. Writer 1 held each entry that was the
// same; what such a delta holds of one `unpack` takes from the home.
//
// Of a crate of which the receiver has another version a small delta may have a patch: a
// frame of zstd whose dictionary is the tar of that version, the next below or else above.
// Which archive that is its name and checksum say; `unpack` looks for it in the home before
// it begins. It is never one of the same bundle. Both tars have up to 16 MiB, and a patch
// that is not less than half the archive is not taken.
package bundle
