package cargotest

import (
	"encoding/binary"
	"io/fs"
	"slices"
	"strings"

	"cargohome/crate/archive"
)

// hostileRecords: records that describe the entry after them.
var hostileRecords = []Hostile{
	{Name: "long_name", archive: with(long(strings.Repeat("long/", 2)+strings.Repeat("x", 120), "x")),
		adds: []string{folder("long/"), folder("long/long/"), has("long/long/"+strings.Repeat("x", 120), "x")}},
	{Name: "pax_path", archive: with(Pax('x', "path", evil("p")), put("h", "x")),
		adds: []string{has("p", "x")}},
	{Name: "long_name_beats_pax", archive: with(Pax('x', "path", evil("p")), LongName(evil("l")), put("h", "x")),
		adds: []string{has("l", "x")}},
	{Name: "long_name_without_nul", archive: with(Entry(Header{Name: "././@LongLink", Type: 'L'}, evil("l")), put("h", "x")),
		adds: []string{has("l", "x")}},
	{Name: "pax_size_smaller", archive: with(Pax('x', "size", "512"), put("x", strings.Repeat("x", 512)+string(put("y", "smuggled")))),
		adds: []string{has("x", strings.Repeat("x", 512)), has("y", "smuggled")}},
	{Name: "pax_size_larger", archive: with(Pax('x', "size", "1024"), Entry(Header{Name: evil("x")}, ""), put("y", strings.Repeat("y", 512))),
		adds: []string{has("x", string(put("y", strings.Repeat("y", 512))))}},
	{Name: "pax_size_of_long_name", archive: with(Pax('x', "size", "12"), LongName(evil("lost")), put("h", "twelve bytes")),
		adds: []string{has("l", "twelve bytes")}},
	{Name: "pax_size_negative", archive: with(Pax('x', "size", "-1"), put("x", "x")),
		adds: []string{has("x", "x")}},
	{Name: "pax_size_huge", archive: with(Pax('x', "size", "9223372036854775807"), put("x", "evil")),
		Cargo: "failed to write entire file", Refused: archive.ErrMalformed, Says: `"evil-1.0.0/x"`},
	{Name: "pax_size_overflow", archive: with(Pax('x', "size", "18446744073709551615"), put("x", "evil")),
		Cargo: "size overflow", Refused: archive.ErrMalformed, Says: `"evil-1.0.0/x"`},
	{Name: "pax_size_twice", archive: with(Pax('x', "size", "1", "size", "2"), put("x", "abc")),
		adds: []string{has("x", "a")}},
	{Name: "pax_malformed_then_size", archive: with(paxText("nonsense\n"+paxRecord("size", "1")), put("x", "abc")),
		adds: []string{has("x", "abc")}},
	{Name: "pax_malformed_then_path", archive: with(paxText("nonsense\n"+paxRecord("path", evil("p"))), put("x", "abc")),
		adds: []string{has("p", "abc")}},
	{Name: "pax_empty_line_then_path", archive: with(paxText("\n"+paxRecord("path", evil("p"))), put("x", "abc")),
		adds: []string{has("x", "abc")}},
	{Name: "pax_without_equals", archive: with(paxText("7 path\n"), put("x", "abc")),
		adds: []string{has("x", "abc")}},
	{Name: "pax_wrong_length", archive: with(paxText("99 path="+evil("p")+"\n"), put("x", "abc")),
		adds: []string{has("x", "abc")}},
	{Name: "pax_path_twice", archive: with(Pax('x', "path", evil("p"), "path", evil("q")), put("x", "abc")),
		adds: []string{has("p", "abc")}},
	{Name: "pax_times_and_owners", archive: with(Pax('x', "mtime", "5.5", "uid", "12345", "gid", "6", "SCHILY.xattr.user.evil", "x"), put("x", "abc")),
		adds: []string{has("x", "abc")}},
	{Name: "dangling_long_name", archive: with(LongName(evil("x"))),
		Cargo: "no future member found", Refused: archive.ErrMalformed, Says: "does not follow"},
	{Name: "dangling_pax", archive: with(Pax('x', "path", evil("x"))),
		Cargo: "no future member found", Refused: archive.ErrMalformed, Says: "does not follow"},
	{Name: "two_long_names", archive: with(LongName(evil("x")), LongName(evil("y")), put("z", "evil")),
		Cargo: "two long name entries", Refused: archive.ErrMalformed, Says: "two 'L' records"},
	{Name: "two_pax", archive: with(Pax('x', "path", evil("x")), Pax('x', "path", evil("y")), put("z", "evil")),
		Cargo: "two pax extensions entries", Refused: archive.ErrMalformed, Says: "two 'x' records"},
	{Name: "long_name_in_old_header", archive: with(oldHeader(Header{Name: evil("x"), Type: 'L'}, evil("y")), put("z", "x")),
		Cargo196: invalidType, Refused: archive.ErrEntryType, Says: "of type 'L'"},
	{Name: "record_too_long", archive: with(Pax('x', "comment", strings.Repeat("x", 1<<20)), put("x", "evil")),
		Refused: &archive.LimitError{}, Says: "more than 65536 bytes in a record"},
}

// paxText is an extended header of any text.
func paxText(text string) []byte {
	return Entry(Header{Name: "PaxHeaders/x", Type: 'x', Magic: Ustar}, text)
}

// oldHeader is an entry whose header is of no dialect, as tar wrote it up to 1988.
func oldHeader(h Header, data string) []byte {
	edit := h.Edit
	h.Edit = func(b []byte) {
		clear(b[257:])
		if edit != nil {
			edit(b)
		}
	}
	return Entry(h, data)
}

// hostileHeaders: numbers and dialects of headers.
var hostileHeaders = []Hostile{
	{Name: "type_nul", archive: with(Entry(Header{Name: evil("x"), Edit: typeNUL}, "x")),
		adds: []string{has("x", "x")}},
	{Name: "ustar_prefix", archive: with(Entry(Header{Name: "x", Prefix: evil("d"), Magic: Ustar}, "x")),
		adds: []string{folder("d/"), has("d/x", "x")}},
	{Name: "old_header", archive: with(oldHeader(Header{Name: evil("x")}, "x")),
		adds: []string{has("x", "x")}},
	{Name: "old_header_with_slash", archive: with(oldHeader(Header{Name: evil("d/"), Mode: 0o700, Edit: typeNUL}, "")),
		adds: []string{folderLine("d/", "0700")}},
	{Name: "ustar_header_with_slash", archive: with(Entry(Header{Name: evil("d/"), Magic: Ustar}, "x")),
		adds: []string{has("d", "x")}},
	{Name: "gnu_header_with_slash", archive: with(Entry(Header{Name: evil("d/")}, "ignored"), put("d/x", "x")),
		adds: []string{folderLine("d/", "0644"), has("d/x", "x")}, Root: true},
	{Name: "folder_with_data", archive: with(typed('5', "d", "", "ignored"), put("x", "x")),
		adds: []string{folderLine("d/", "0644"), has("x", "x")}},
	{Name: "base256_size", archive: with(Entry(Header{Name: evil("x"), Edit: base256(124, 4)}, "data")),
		adds: []string{has("x", "data")}},
	{Name: "base256_size_above_64_bits", archive: with(Entry(Header{Name: evil("x"), Edit: func(b []byte) { base256(124, 4)(b); b[127] = 1 }}, "data")),
		adds: []string{has("x", "data")}},
	{Name: "size_near_2_63", archive: with(Entry(Header{Name: evil("x"), Edit: base256(124, 1<<63-1)}, "evil")),
		Cargo: "failed to write entire file", Refused: archive.ErrMalformed, Says: `"evil-1.0.0/x"`},
	{Name: "size_2_64_less_one", archive: with(Entry(Header{Name: evil("x"), Edit: base256(124, 1<<64-1)}, "evil")),
		Cargo: "size overflow", Refused: archive.ErrMalformed, Says: `"evil-1.0.0/x"`},
	{Name: "size_of_skipped_near_2_63", archive: with(Entry(Header{Name: evil(".cargo-ok"), Edit: base256(124, 1<<63-1)}, "evil")),
		Cargo: "unexpected EOF during skip", Refused: archive.ErrMalformed, Says: `"evil-1.0.0/.cargo-ok"`},
	{Name: "size_is_no_number", archive: with(Entry(Header{Name: evil("x"), Edit: func(b []byte) { copy(b[124:], "zzzzzzzzzzz") }}, "evil")),
		Cargo: "numeric field was not a number", Refused: archive.ErrMalformed, Says: `"evil-1.0.0/x"`},
	{Name: "size_with_spaces", archive: with(Entry(Header{Name: evil("x"), Edit: func(b []byte) { copy(b[124:], "     +4  \x00zz") }}, "data")),
		adds: []string{has("x", "data")}},
	{Name: "mode_and_time_are_no_numbers", archive: with(Entry(Header{Name: evil("x"), Edit: func(b []byte) { copy(b[100:], "zzzzzzz"); copy(b[136:], "zzzzzzzzzzz") }}, "x")),
		adds: []string{fileLine("x", "x", "0644", now)}},
	{Name: "owner_is_no_number", archive: with(Entry(Header{Name: evil("x"), Edit: func(b []byte) { copy(b[108:], "zzzzzzzzzzzzzzz") }}, "x")),
		adds: []string{has("x", "x")}},
	{Name: "header_checksum", archive: with(Entry(Header{Name: evil("x"), Sum: "000000\x00 "}, "evil")),
		Cargo: "archive header checksum mismatch", Refused: archive.ErrMalformed, Says: "header checksum"},
	{Name: "header_checksum_signed", archive: with(Entry(Header{Name: evil("\u00e9"), Sum: signedSum(Header{Name: evil("\u00e9")})}, "")),
		Cargo: "archive header checksum mismatch", Refused: archive.ErrMalformed, Says: "header checksum"},
}

func typeNUL(b []byte) { b[156] = 0 }

// base256 writes a number as GNU tar does where octal digits are too few.
func base256(at int, n uint64) func([]byte) {
	return func(b []byte) {
		field := b[at : at+12]
		clear(field)
		field[0] = 0x80
		binary.BigEndian.PutUint64(field[4:], n)
	}
}

// signedSum is the checksum as some old tars had it, of signed bytes.
func signedSum(h Header) string {
	sum := int64(8 * ' ')
	for i, c := range h.block() {
		if i < 148 || i >= 156 {
			sum += int64(int8(c))
		}
	}
	return octal(7, sum)
}

// hostileEnds: how the tar ends.
var hostileEnds = []Hostile{
	{Name: "zero_block_then_entries", archive: with(EndOfTar[:blockSize], raw("../../sentinel", "evil"))},
	{Name: "no_end_blocks", archive: func() []byte { return Gzip("x", append(plainTar(), put("x", "x")...)) },
		adds: []string{has("x", "x")}},
	{Name: "one_end_block", archive: func() []byte { return Gzip("x", append(plainTar(), EndOfTar[:blockSize]...)) }},
	{Name: "ends_in_a_header", archive: func() []byte { return Gzip("x", append(plainTar(), put("x", "x")[:100]...)) },
		Cargo: "failed to read entire block", Refused: archive.ErrMalformed, Says: "ends within a block"},
	{Name: "ends_in_an_entry", archive: func() []byte {
		return Gzip("x", append(plainTar(), Entry(Header{Name: evil("x"), Size: 5000}, "evil")...))
	},
		Cargo: "failed to write entire file", Refused: archive.ErrMalformed, Says: `"evil-1.0.0/x"`},
	{Name: "ends_in_padding", archive: func() []byte { return Gzip("x", append(plainTar(), put("x", "evil")[:blockSize+100]...)) },
		Cargo: "unexpected EOF during skip", Refused: archive.ErrMalformed, Says: `"evil-1.0.0/x"`},
	{Name: "nothing", archive: func() []byte { return Gzip("x", EndOfTar) },
		Cargo: "failed to read", Refused: archive.ErrManifest, Says: "there is none"},
}

// hostileTwins: paths that are the same, on some system or all.
var hostileTwins = []Hostile{
	{Name: "twice", archive: with(put("x", "first"), put("y", ""), Entry(Header{Name: evil("x"), Mode: 0o600, MTime: 7}, "second")),
		adds: []string{fileLine("x", "second", "0600", "7"), has("y", "")}},
	{Name: "twice_spelt_differently", archive: with(put("d/x", "first"), put("d//./x", "second")),
		adds: []string{folder("d/"), has("d/x", "second")}},
	{Name: "twice_with_a_mode_of_0", archive: with(Entry(Header{Name: evil("x"), Mode: -1}, "first"), put("x", "second")),
		adds: []string{has("x", "second")}},
	{Name: "folder_twice", archive: with(folderEntry("d", 0o700), put("d/x", "x"), folderEntry("d/", 0o755)),
		adds: []string{folder("d/"), has("d/x", "x")}},
	{Name: "file_then_folder", archive: with(put("x", "evil"), put("x/y", "evil")),
		Cargo: "Not a directory", Refused: fs.ErrExist, Says: `"evil-1.0.0/x/y"`},
	{Name: "file_then_folder_entry", archive: with(put("x", "evil"), typed('5', "x", "", "")),
		Cargo: "failed to unpack entry", Refused: fs.ErrExist, Says: `"evil-1.0.0/x"`},
	{Name: "folder_then_file", archive: with(put("x/y", "evil"), put("x", "evil")),
		Cargo: "failed to unpack entry", Refused: fs.ErrExist, Says: `"evil-1.0.0/x"`},
	{Name: "empty_folder_then_file", archive: with(typed('5', "x", "", ""), put("x", "evil")),
		Cargo: "failed to unpack entry", Refused: fs.ErrExist, Says: `"evil-1.0.0/x"`},
	{Name: "case_twins", archive: with(put("x", "1"), put("X", "2"), put("D/x", "1"), put("d/x", "2")),
		adds: []string{has("x", "1"), has("X", "2"), folder("D/"), has("D/x", "1"), folder("d/"), has("d/x", "2")}},
	{Name: "unicode_twins", archive: with(put("\u00e9", "NFC"), put("e\u0301", "NFD")),
		adds: []string{has("\u00e9", "NFC"), has("e\u0301", "NFD")}},
}

func folderEntry(path string, mode int64) []byte {
	return Entry(Header{Name: evil(path), Type: '5', Mode: mode}, "")
}

// hostileModes: modes and times.
var hostileModes = []Hostile{
	{Name: "mode_0000", archive: with(Entry(Header{Name: evil("x"), Mode: -1}, "x")),
		adds: []string{fileLine("x", "x", "0000", usual)}, Root: true},
	{Name: "mode_setuid", archive: with(Entry(Header{Name: evil("x"), Mode: 0o7755}, "x"), folderEntry("d", 0o7755)),
		adds: []string{fileLine("x", "x", "0755", usual), folder("d/")}},
	{Name: "mode_0777", archive: with(Entry(Header{Name: evil("x"), Mode: 0o777}, "x"), folderEntry("d", 0o777)),
		adds: []string{fileLine("x", "x", "0755", usual), wideFolder("d/")}},
	{Name: "folder_0555_then_children", archive: with(folderEntry("d", 0o555), put("d/x", "x"), put("d/e/y", "y")),
		adds: []string{folderLine("d/", "0555"), has("d/x", "x"), folder("d/e/"), has("d/e/y", "y")}, Root: true},
	{Name: "folder_0700", archive: with(folderEntry("d", 0o700)),
		adds: []string{folderLine("d/", "0700")}},
	{Name: "top_folder_0500", archive: before(folderEntry("", 0o500)), Root: true},
	{Name: "time_zero", archive: with(Entry(Header{Name: evil("x"), MTime: -1}, "x")),
		adds: []string{fileLine("x", "x", "0644", "1")}},
	{Name: "time_negative", archive: with(Entry(Header{Name: evil("x"), Edit: base256(136, ^uint64(86400)+1)}, "x")),
		adds: []string{fileLine("x", "x", "0644", "-86400")}},
	{Name: "time_in_year_9999", archive: with(Entry(Header{Name: evil("x"), Edit: base256(136, 253402300799)}, "x")),
		adds: []string{fileLine("x", "x", "0644", anyTime)}},
	{Name: "time_beyond_int64", archive: with(Entry(Header{Name: evil("x"), Edit: base256(136, 1<<63+5)}, "x")),
		adds: []string{fileLine("x", "x", "0644", anyTime)}},
	{Name: "time_at_the_end_of_int64", archive: with(Entry(Header{Name: evil("x"), Edit: base256(136, 1<<63-1)}, "x")),
		adds: []string{fileLine("x", "x", "0644", anyTime)}},
	{Name: "times_of_generated_files", archive: with(Entry(Header{Name: evil("Cargo.lock"), MTime: 5}, "x"), Entry(Header{Name: evil("d/Cargo.lock"), MTime: 5}, "x")),
		adds: []string{has("Cargo.lock", "x"), folder("d/"), fileLine("d/Cargo.lock", "x", "0644", "5")}},
}

// hostileManifests: the lockfile vouches for the archive, but not for what its
// manifest says.
var hostileManifests = []Hostile{
	{Name: "manifest_of_another_crate", archive: with(put(manifestName, Crate{Name: "other", Version: "1.0.0"}.manifest())),
		Cargo: notInSource, Refused: archive.ErrManifest, Says: `its name is "other"`},
	{Name: "manifest_of_another_version", archive: with(put(manifestName, Crate{Name: "evil", Version: "2.0.0"}.manifest())),
		Cargo: notInSource, Refused: archive.ErrManifest, Says: `its version is "2.0.0"`},
	{Name: "manifest_in_capitals_names_another", archive: with(put(manifestName, Crate{Name: "Evil", Version: "1.0.0"}.manifest())),
		Cargo: notInSource, Refused: archive.ErrManifest, Says: `its name is "Evil"`},
	{Name: "manifest_first_right_then_wrong", archive: with(put(manifestName, HostileCrate.manifest()), put(manifestName, Crate{Name: "other", Version: "1.0.0"}.manifest())),
		Cargo: notInSource, Refused: archive.ErrManifest, Says: `its name is "other"`},
	{Name: "manifest_first_wrong_then_right", archive: before(put(manifestName, Crate{Name: "other", Version: "1.0.0"}.manifest()))},
	{Name: "manifest_without_version", archive: with(put(manifestName, "[package]\nname = \"evil\"\n")),
		Cargo: notInSource, Refused: archive.ErrManifest, Says: "it gives no version"},
	{Name: "manifest_of_a_workspace", archive: with(put(manifestName, "[workspace]\nname = \"evil\"\n")),
		Cargo: "virtual manifest", Refused: archive.ErrManifest, Says: "it gives no name"},
	{Name: "manifest_missing", archive: func() []byte { return gzipTar(slices.Clone(put("src/lib.rs", ""))) },
		Cargo: "failed to read", Refused: archive.ErrManifest, Says: "there is none"},
	{Name: "manifest_called_in_capitals", archive: func() []byte {
		return gzipTar(append(put("CARGO.TOML", HostileCrate.manifest()), put("src/lib.rs", "")...))
	},
		Cargo: "failed to read", Refused: archive.ErrManifest, Says: "there is none"},
	{Name: "manifest_is_a_folder", archive: func() []byte { return gzipTar(append(put("Cargo.toml/x", "evil"), put("src/lib.rs", "")...)) },
		Cargo: "failed to read", Refused: archive.ErrManifest, Says: "there is none"},
	{Name: "manifest_is_no_toml", archive: with(put(manifestName, "[package]\nevil\n")),
		Cargo: "key with no value", Refused: archive.ErrManifest, Says: "line 2 is no TOML"},
}

const manifestName = "Cargo.toml"

// notInSource is what cargo says of a package whose manifest has another name.
const notInSource = "failed to find evil v1.0.0"
