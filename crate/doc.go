// Package crate is the vocabulary of Cargo's packages, and the .crate archive.
//
// # The archive
//
// NAME-VERSION.crate is a gzip stream holding a tar, whose every path begins
// with the folder NAME-VERSION (spec 5.1). Cargo writes GNU headers, with long
// names in "L" records; archives from before 1.46 have ustar headers.
//
// [Unpacker] follows cargo 1.95 in what it makes of an archive (spec 5.2):
//
//   - The path is that of a GNU "L" record, else of a PAX "path", else of the
//     header. Repeated slashes and inner "." parts are dropped.
//   - A path outside NAME-VERSION/ refuses the whole archive.
//   - Entries that the caller's filter rejects, and files called ".cargo-ok" at
//     any depth, are passed over.
//   - Missing parent folders are made with the default mode.
//   - The mode is the header's, of it the lower nine bits, under the umask. The
//     time is the header's, 0 becoming 1; that of folders is not set.
//   - The root's Cargo.toml, Cargo.lock and .cargo_vcs_info.json, which cargo
//     generates on publishing, get the time 1153704088.
//   - Of two entries with one path the last wins.
//   - A PAX size replaces the header's. PAX times, owners and attributes are not
//     used. Reading ends at the first all-zero block; what follows is ignored,
//     as are further gzip members.
//   - The uncompressed stream may not reach the larger of 512 MiB and 20 times
//     the archive's size (spec 5.3).
//
// From cargo 1.96 comes one refusal more: after the filter, an entry that is
// neither a file nor a folder refuses the archive (CVE-2026-5223).
//
// Ours alone, for names that cargo passes over, or that make a folder its own
// builds reject: a ".." part, a NUL or a backslash in a path, and a path that is
// not UTF-8 refuse the archive, as do more than [MaxEntries] entries, paths
// longer than [MaxPath] or deeper than [MaxDepth], and more than [MaxPaths] bytes
// of paths.
//
// An archive's bytes are hashed while they are read. A caller that publishes
// what was unpacked only after Unpack returned nil publishes nothing that the
// lockfile's checksum does not vouch for.
package crate
