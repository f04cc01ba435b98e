package cargotest

import (
	"cargohome/crate/archive"
)

// invalidType is how cargo 1.96 refuses what is neither a file nor a folder.
const invalidType = "with invalid type"

// hostileMarkers: the files with which cargo marks a folder as whole.
var hostileMarkers = []Hostile{
	{Name: "cargo_ok", archive: with(put(".cargo-ok", `{"v":1}`), put("d/.cargo-ok", "x"), put("y", "x")),
		adds: []string{has("y", "x")}},
	{Name: "cargo_ok_folder_entry", archive: with(typed('5', ".cargo-ok", "", ""))},
	{Name: "cargo_ok_as_folder", archive: with(put(".cargo-ok/x", "evil")),
		Cargo: "failed to open", Refused: archive.ErrPath, Says: `"evil-1.0.0/.cargo-ok/x"`},
	{Name: "cargo_ok_as_folder_deep", archive: with(put("d/.cargo-ok/x", "x")),
		adds: []string{folder("d/"), folder("d/.cargo-ok/"), has("d/.cargo-ok/x", "x")}},
	{Name: "cargo_ok_as_link", archive: with(typed('2', ".cargo-ok", "../../../../../sentinel", "")),
		Cargo196: invalidType, Refused: archive.ErrEntryType, Says: `"evil-1.0.0/.cargo-ok"`},
	{Name: "cargo_checksum", archive: with(put(".cargo-checksum.json", `{"files":{},"package":null}`)),
		adds: []string{has(".cargo-checksum.json", `{"files":{},"package":null}`)}, Broken: "the listed checksum"},
	{Name: "cargo_checksum_deep", archive: with(put("d/.cargo-checksum.json", "x")),
		adds: []string{folder("d/"), has("d/.cargo-checksum.json", "x")}},
	{Name: "git_folder", archive: with(put(".git/config", "x"), put("d/.gitignore", "x"), put(".gitmodules", "x")),
		adds:   []string{has(".gitmodules", "x")},
		hidden: []string{folder(".git/"), has(".git/config", "x"), folder("d/"), has("d/.gitignore", "x")}},
	{Name: "link_in_git_folder", archive: with(typed('2', ".git/x", "../../sentinel", "")),
		Cargo196: invalidType, Refused: archive.ErrEntryType, Says: `"evil-1.0.0/.git/x"`},
}

// hostileTypes: entries that are neither files nor folders.
var hostileTypes = []Hostile{
	{Name: "symlink", archive: with(typed('2', "x", "src/lib.rs", "")),
		Cargo196: invalidType, Refused: archive.ErrEntryType, Says: `"evil-1.0.0/x" is neither a file nor a folder: it is a symbolic link`},
	{Name: "symlink_outside", archive: with(typed('2', "x", "../../sentinel", "")),
		Cargo: "failed to checksum", Fetched: true, Refused: archive.ErrEntryType, Says: "it is a symbolic link"},
	{Name: "symlink_absolute", archive: with(typed('2', "x", "/dev/null", "")),
		Cargo196: invalidType, Refused: archive.ErrEntryType, Says: "it is a symbolic link"},
	{Name: "symlink_with_long_target", archive: with(LongLink("src/lib.rs"), typed('2', "x", "short", "")),
		Cargo196: invalidType, Refused: archive.ErrEntryType, Says: "it is a symbolic link"},
	{Name: "symlink_then_entry", archive: with(typed('2', "x", "../..", ""), put("x/sentinel", "evil")),
		Cargo: "outside of destination", Refused: archive.ErrEntryType, Says: `"evil-1.0.0/x"`},
	{Name: "symlink_then_entry_within", archive: with(typed('2', "x", "src", ""), put("x/lib.rs", "evil")),
		Cargo: "failed to checksum", Fetched: true, Refused: archive.ErrEntryType, Says: `"evil-1.0.0/x"`},
	{Name: "symlink_then_folder", archive: with(typed('2', "x", "../..", ""), typed('5', "x/", "", "")),
		Cargo: "failed to unpack entry", Refused: archive.ErrEntryType, Says: `"evil-1.0.0/x"`},
	{Name: "symlink_then_file", archive: with(typed('2', "x", "../../sentinel", ""), put("x", "evil")),
		Cargo196: invalidType, Refused: archive.ErrEntryType, Says: `"evil-1.0.0/x"`},
	{Name: "symlink_with_slash", archive: with(typed('2', "x/", "src", "")),
		Cargo: "failed to checksum", Fetched: true, Refused: archive.ErrEntryType, Says: `"evil-1.0.0/x/"`},
	{Name: "hard_link", archive: with(typed('1', "x", "evil-1.0.0/src/lib.rs", "")),
		Cargo196: invalidType, Refused: archive.ErrEntryType, Says: `"evil-1.0.0/x" is neither a file nor a folder: it is a hard link`},
	{Name: "hard_link_outside", archive: with(typed('1', "x", "../../sentinel", "")),
		Cargo: "failed to unpack entry", Refused: archive.ErrEntryType, Says: "it is a hard link"},
	{Name: "character_device", archive: with(typed('3', "x", "", "")),
		Cargo196: invalidType, Refused: archive.ErrEntryType, Says: "it is a device"},
	{Name: "block_device", archive: with(typed('4', "x", "", "")),
		Cargo196: invalidType, Refused: archive.ErrEntryType, Says: "it is a device"},
	{Name: "fifo", archive: with(typed('6', "x", "", "")),
		Cargo196: invalidType, Refused: archive.ErrEntryType, Says: "it is a pipe"},
	{Name: "contiguous", archive: with(typed('7', "x", "", "data")),
		Cargo196: invalidType, Refused: archive.ErrEntryType, Says: "of type '7'"},
	{Name: "sparse", archive: with(Entry(Header{Name: evil("x"), Type: 'S', Edit: sparseEdit}, "")),
		Cargo196: invalidType, Refused: archive.ErrEntryType, Says: "it is a sparse file"},
	{Name: "unknown_type", archive: with(typed('Z', "x", "", "data")),
		Cargo196: invalidType, Refused: archive.ErrEntryType, Says: "of type 'Z'"},
	{Name: "global_pax", archive: before(Pax('g', "path", evil("x"))),
		Cargo: notUnder, Refused: archive.ErrOutside, Says: `"PaxHeaders/x"`},
	{Name: "global_pax_below", archive: before(Entry(Header{Name: evil("pax"), Type: 'g', Magic: Ustar}, paxRecord("path", evil("x")))),
		Cargo196: invalidType, Refused: archive.ErrEntryType, Says: "of type 'g'"},
}

// sparseEdit makes a sparse file of a terabyte, all of it a hole.
func sparseEdit(b []byte) {
	const size = 1 << 32
	copy(b[386:], octal(11, size)) // the first piece: at the end, of no length
	copy(b[398:], octal(11, 0))
	copy(b[483:], octal(11, size)) // the real size
}
