// Package bundle is the format of a bundle: the Cargo home that builds some lockfiles, as
// one file.
//
// A bundle is a tar file, plain or compressed by gzip or zstd. Unpacked by any tar into an
// empty folder it is a working Cargo home:
//
//	mkdir home && tar -xf FILE -C home && CARGO_HOME=$PWD/home cargo build --offline --locked
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
//	format        1
//	made_by       "cargohome"
//	writer        a number that grows when the same home would make other bytes
//	container     "tar", "tar.gz" or "tar.zst"
//	compressor    the library that compressed it, its version and level: another one makes
//	              other bytes of the same content
//	lockfiles     [{"sha256", "packages"}], sorted: what it builds
//	registries    [{"name", "source"}]: which source the NAME of a registry stands for
//	repositories  [{"name", "url", "commits"}]: the same of a repository
//	left_out      packages that the lockfiles have and the bundle has no archive of, as
//	              nothing that it was packed for builds them
//	since         the SHA-256 of the manifests of what a delta was packed against
//
// Each other line is an entry of the tar:
//
//	path          below the Cargo home, '/'-separated; that of a folder ends in '/'
//	size          in bytes; left out if it is 0
//	sha256        of the content; of files only
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
// # What is refused
//
// A [Reader] knows from the manifest which bytes must follow: the header of each entry is
// compared with the one that a [Writer] makes. So an entry that is more, missing,
// repeated, out of order, larger or smaller than the manifest says, a link, a device, a
// name that climbs, or one record more in a header, is refused, by the name of the bundle
// and of the entry, before anything of it is handed on; and content that has another
// checksum when it ends. Of the manifest itself each line must be the one that is made of
// what it says: no member twice, none that is not known.
//
// Manifests have up to 64 MiB; archives up to 2 GiB, index entries up to 32 MiB, other
// files up to 4 GiB. What is read may grow to 64 MiB and 200 times the file: more is a
// bomb. Memory is bounded by the manifest's size, about two times that, and 64 MiB.
//
// # Deltas
//
// The manifest of a delta is whole: it has everything that is needed, and marks what the
// receiver has. So `pack --list`, `pack --diff` and `pack --since` take a delta as well as
// any bundle, and `unpack` can tell what is still missing.
package bundle
