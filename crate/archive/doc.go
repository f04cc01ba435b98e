// Package archive is the .crate format: what Cargo downloads, keeps in registry/cache and
// unpacks into registry/src, one archive for each version of a package.
//
// An [Archive] is something that can be opened, and whose size and checksum somebody
// promised. Where it lies is for its [Opener] to know. What can be done with it opens it
// once, however bad it is:
//
//	Archive.Open     its bytes; what is wrong with them comes in place of io.EOF
//	Archive.Verify   whether these are the ones promised
//	Unpacker.Unpack  its files, below a folder
//	Unpacker.Check   what its files would be, and all that is wrong with it
//
// # The format
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
//   - The Cargo.toml must be that of the package.
//   - A PAX size replaces the header's. PAX times, owners and attributes are not
//     used. Reading ends at the first all-zero block; what follows is ignored,
//     as are further gzip members.
//   - The uncompressed stream may not reach the larger of 512 MiB and 20 times
//     the archive's size (spec 5.3).
//
// From cargo 1.96 comes one refusal more: an entry that is neither a file nor a
// folder refuses the archive (CVE-2026-5223), also where it would not be vendored.
//
// # What is refused
//
// An archive is data from strangers, and those who make one also make its checksum.
// The rules are: what cargo 1.95 or 1.96 refuses is refused; what it accepts becomes
// the same files; and refused too is what cargo accepts but would better not, which
// are names that it passes over or that make a folder its own builds reject, sizes
// that no honest crate has, and the links and devices of CVE-2026-5223.
//
// These are the cases of cargotest.HostileArchives, tested here, through the whole
// program, and on both cargos. The columns are `cargo vendor` 1.95, 1.96 and this
// package: "+" unpacks, "-" refuses, "!" makes a folder that no build accepts.
//
//	Names.
//	+ + -  climbing climbing_within climbing_folder  cargo passes over them silently; no honest tool makes a ".."
//	+ + -  climbing_in_ustar_prefix climbing_in_pax_path
//	- - -  climbing_first absolute dot_first drive_letter no_top_folder second_top_folder  not below NAME-VERSION/
//	- - -  prefix_twin prefix_in_capitals empty empty_long_name
//	+ + +  absolute_below dots_and_slashes drive_letter_below  only parts that name something count
//	! ! -  backslash  unpacked, but listed with '/', so no build finds it; on Windows it would be a folder
//	- - -  nul nul_in_long_name  no system has such a name
//	- - -  not_utf8  `cargo vendor` panics, `cargo fetch` accepts; the checksum file cannot say it
//	- - -  name_too_long path_too_long  cargo leaves it to the system, we go by Linux everywhere
//	+ + +  name_just_not_too_long
//	- - -  top_folder_is_a_file  it stands where the folder has to be
//	+ + +  escape_sequence  a name like others; what prints it escapes it
//	- - -  escape_sequence_refused  (a link)
//	+ + +  reserved_on_windows trailing_dot_and_space  on Windows we refuse them, where cargo fails or makes another file
//
//	Marker files.
//	+ + +  cargo_ok cargo_ok_folder_entry cargo_ok_as_folder_deep  passed over by name, whatever it is the name of
//	- - -  cargo_ok_as_folder  unpacked, but then cargo cannot write its own
//	+ - -  cargo_ok_as_link link_in_git_folder  passed over or filtered by 1.95
//	! ! !  cargo_checksum  replaced by the real one, which lists it; it fails only where the package is compiled
//	+ + +  cargo_checksum_deep git_folder  nothing special; not vendored
//
//	Types.
//	+ - -  symlink symlink_absolute symlink_with_long_target symlink_then_file  1.95 makes the link, wherever it leads
//	- - -  symlink_outside symlink_then_entry_within symlink_with_slash  `cargo fetch` accepts, `cargo vendor` cannot hash them
//	- - -  symlink_then_entry symlink_then_folder  cargo sees that it leads out
//	+ - -  hard_link  made, to anything beside the package's folder
//	- - -  hard_link_outside
//	+ - -  character_device block_device fifo contiguous unknown_type sparse  files for 1.95, with what data there is
//	- - -  global_pax  an entry like others for cargo, and its name is not below NAME-VERSION/
//	+ - -  global_pax_below  passed over by 1.95
//
//	Records before an entry.
//	+ + +  long_name pax_path long_name_beats_pax long_name_without_nul pax_path_twice  a GNU name, then the first PAX path
//	+ + +  pax_size_smaller pax_size_larger pax_size_of_long_name pax_size_twice  the first PAX size, also for records
//	+ + +  pax_size_negative pax_malformed_then_size  a size is not used that is no number or behind a malformed line
//	+ + +  pax_malformed_then_path pax_without_equals pax_wrong_length  malformed lines are passed over
//	+ + +  pax_empty_line_then_path  nothing behind an empty line is read
//	+ + +  pax_times_and_owners  not used
//	- - -  pax_size_huge pax_size_overflow dangling_long_name dangling_pax two_long_names two_pax
//	+ - -  long_name_in_old_header  an entry of its own, as is every letter in a header of no dialect
//	+ + -  record_too_long  cargo keeps it in memory; no path is so long
//
//	Headers.
//	+ + +  type_nul old_header ustar_prefix base256_size base256_size_above_64_bits size_with_spaces  as tar-rs reads them
//	+ + +  mode_and_time_are_no_numbers owner_is_no_number  as if they were not given
//	+ + +  old_header_with_slash gnu_header_with_slash  folders, whatever the type
//	+ + +  ustar_header_with_slash  a file
//	+ + +  folder_with_data  the data is passed over
//	- - -  size_near_2_63 size_2_64_less_one size_of_skipped_near_2_63 size_is_no_number
//	- - -  header_checksum header_checksum_signed  old tars summed signed bytes; tar-rs does not take that
//
//	Gzip.
//	+ + +  second_member trailing_bytes  not read, but covered by the archive's checksum
//	+ + +  wrong_crc truncated_trailer  not reached where the tar says that it ends
//	- - -  wrong_crc_without_end_blocks truncated_deflate truncated_header corrupt_deflate not_gzip reserved_gzip_flag
//	+ + -  long_gzip_name  cargo takes 64 KiB of name, our decoder less than 512 bytes
//
//	The end.
//	+ + +  zero_block_then_entries one_end_block no_end_blocks  it is the first zero block, or that of the data
//	- - -  ends_in_a_header ends_in_an_entry ends_in_padding nothing
//
//	Bombs.
//	- - -  bomb_by_ratio bomb_in_a_skipped_entry bomb_in_a_record  512 MiB or 20 times the archive (spec 5.3)
//	+ + -  bomb_by_entries bomb_by_depth bomb_by_paths  cargo has no such limits; see MaxEntries, MaxDepth, MaxPaths
//	+ + -  bomb_by_folders bomb_by_folder_paths  likewise; see MaxFolders
//
//	Twins.
//	+ + +  twice twice_spelt_differently twice_with_a_mode_of_0 folder_twice  the last wins
//	- - -  file_then_folder file_then_folder_entry folder_then_file empty_folder_then_file
//	+ + +  case_twins unicode_twins  where a file system takes them for one, cargo keeps the last, we refuse
//
//	Modes and times.
//	+ + +  mode_0000 mode_setuid mode_0777 folder_0700 top_folder_0500  the lower nine bits, under the umask
//	+ + +  folder_0555_then_children  cargo sets the mode at once and then fails, unless it is root; we set it at the end
//	+ + +  time_zero time_negative time_in_year_9999 time_beyond_int64 time_at_the_end_of_int64  kept as far as the file system can
//	+ + +  times_of_generated_files
//
//	Manifests: an archive whose Cargo.toml is not that of the package is of no use, and in a vendor folder harms all others.
//	- - -  manifest_of_another_crate manifest_of_another_version manifest_in_capitals_names_another
//	- - -  manifest_first_right_then_wrong manifest_without_version manifest_of_a_workspace manifest_is_no_toml
//	- - -  manifest_missing manifest_called_in_capitals manifest_is_a_folder
//	+ + +  manifest_first_wrong_then_right  the last wins
//
// Only name and version are looked for in a manifest. One that is broken in another
// way is unpacked, though cargo would not. So is an archive in which entries that are
// not vendored are in each other's way, as nothing is made of these.
//
// An archive's bytes are hashed while they are read. A caller that publishes
// what was unpacked only after Unpack returned nil publishes nothing that the
// lockfile's checksum does not vouch for.
package archive
