package cargotest

import (
	"strings"

	"cargohome/crate/archive"
)

// notUnder is how cargo refuses a path outside NAME-VERSION/.
const notUnder = "which isn't under"

// hostileNames: paths that lead elsewhere, or that some system takes for others
// than they are.
var hostileNames = []Hostile{
	{Name: "climbing", archive: with(put("../sentinel", "evil")),
		Refused: archive.ErrPath, Says: `"evil-1.0.0/../sentinel"`},
	{Name: "climbing_within", archive: with(put("src/../x", "evil")),
		Refused: archive.ErrPath, Says: `"evil-1.0.0/src/../x"`},
	{Name: "climbing_folder", archive: with(typed('5', "..", "", "")),
		Refused: archive.ErrPath, Says: `"evil-1.0.0/.."`},
	{Name: "climbing_first", archive: with(raw("../evil-1.0.0/x", "evil")),
		Cargo: notUnder, Refused: archive.ErrOutside, Says: `"../evil-1.0.0/x"`},
	{Name: "climbing_in_ustar_prefix", archive: with(Entry(Header{Name: "sentinel", Prefix: evil(".."), Magic: Ustar}, "evil")),
		Refused: archive.ErrPath, Says: `"evil-1.0.0/../sentinel"`},
	{Name: "climbing_in_pax_path", archive: with(Pax('x', "path", evil("../sentinel")), put("x", "evil")),
		Refused: archive.ErrPath, Says: `"evil-1.0.0/../sentinel"`},
	{Name: "absolute", archive: with(raw("/evil-1.0.0/x", "evil")),
		Cargo: notUnder, Refused: archive.ErrOutside, Says: `"/evil-1.0.0/x"`},
	{Name: "absolute_below", archive: with(put("/etc/passwd", "x")),
		adds: []string{folder("etc/"), has("etc/passwd", "x")}},
	{Name: "dot_first", archive: with(raw("./evil-1.0.0/x", "evil")),
		Cargo: notUnder, Refused: archive.ErrOutside, Says: `"./evil-1.0.0/x"`},
	{Name: "dots_and_slashes", archive: with(put(".//./d/.//x", "x")),
		adds: []string{folder("d/"), has("d/x", "x")}},
	{Name: "drive_letter", archive: with(raw("C:/evil-1.0.0/x", "evil")),
		Cargo: notUnder, Refused: archive.ErrOutside, Says: `"C:/evil-1.0.0/x"`},
	{Name: "drive_letter_below", archive: with(put("C:/x", "x")),
		adds: []string{folder("C:/"), has("C:/x", "x")}},
	{Name: "backslash", archive: with(put(`..\sentinel`, "evil")),
		Broken: "failed to calculate checksum", Refused: archive.ErrPath, Says: `"evil-1.0.0/..\\sentinel"`},
	{Name: "nul", archive: with(Pax('x', "path", evil("x\x00y")), put("z", "evil")),
		Cargo: "failed to unpack entry", Refused: archive.ErrPath, Says: `"evil-1.0.0/x\x00y"`},
	{Name: "nul_in_long_name", archive: with(long("x\x00\x00", "evil")),
		Cargo: "failed to unpack entry", Refused: archive.ErrPath, Says: `"evil-1.0.0/x\x00\x00"`},
	{Name: "empty", archive: with(raw("", "evil")),
		Cargo: notUnder, Refused: archive.ErrOutside, Says: `entry ""`},
	{Name: "empty_long_name", archive: with(LongName(""), put("x", "evil")),
		Cargo: notUnder, Refused: archive.ErrOutside, Says: `entry ""`},
	{Name: "not_utf8", archive: with(put("\xff", "evil")),
		Cargo: "panicked", Fetched: true, Refused: archive.ErrPath, Says: `"evil-1.0.0/\xff"`},
	{Name: "name_too_long", archive: with(long(strings.Repeat("n", 256), "evil")),
		Cargo: "File name too long", Refused: &archive.LimitError{}, Says: `n" has more than 255 bytes in a name`},
	{Name: "name_just_not_too_long", archive: with(long(strings.Repeat("n", 255), "x")),
		adds: []string{has(strings.Repeat("n", 255), "x")}},
	{Name: "path_too_long", archive: with(long(strings.Repeat(strings.Repeat("n", 200)+"/", 21)+"x", "evil")),
		Cargo: "File name too long", Refused: &archive.LimitError{}, Says: `n"... of 4233 bytes has more than 4096 bytes in its path`},
	{Name: "second_top_folder", archive: with(raw("other-1.0.0/x", "evil")),
		Cargo: notUnder, Refused: archive.ErrOutside, Says: `"other-1.0.0/x"`},
	{Name: "prefix_twin", archive: with(raw("evil-1.0.00/x", "evil")),
		Cargo: notUnder, Refused: archive.ErrOutside, Says: `"evil-1.0.00/x"`},
	{Name: "prefix_in_capitals", archive: with(raw("EVIL-1.0.0/x", "evil")),
		Cargo: notUnder, Refused: archive.ErrOutside, Says: `"EVIL-1.0.0/x"`},
	{Name: "no_top_folder", archive: with(raw("x", "evil")),
		Cargo: notUnder, Refused: archive.ErrOutside, Says: `"x"`},
	{Name: "top_folder_is_a_file", archive: before(raw(HostileStem, "evil")),
		Cargo: "failed to unpack entry", Refused: archive.ErrPath, Says: `"evil-1.0.0"`},
	{Name: "escape_sequence", archive: with(put("\x1b]0;evil\a\x1b[2J\u202egnp", "x")),
		adds: []string{has("\x1b]0;evil\a\x1b[2J\u202egnp", "x")}},
	{Name: "escape_sequence_refused", archive: with(typed('2', "\x1b]0;evil\a\x1b[2J\u202egnp", "x", "")),
		Cargo: "failed to checksum", Fetched: true, Refused: archive.ErrEntryType, Says: `"evil-1.0.0/\x1b]0;evil\a\x1b[2J\u202egnp"`},
	{Name: "reserved_on_windows", archive: with(put("con", "x"), put("nul.txt", "x"), put("com1", "x"), put("aux/x", "x"), put("x:y", "x")),
		adds: []string{has("con", "x"), has("nul.txt", "x"), has("com1", "x"), folder("aux/"), has("aux/x", "x"), has("x:y", "x")}},
	{Name: "trailing_dot_and_space", archive: with(put("x", "1"), put("x.", "2"), put("x ", "3")),
		adds: []string{has("x", "1"), has("x.", "2"), has("x ", "3")}},
}
