package cargotest

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
)

// hostileBundleOdd: what a general reader of tar, gzip, zstd or JSON may take for another
// way to say the same.
func hostileBundleOdd() []HostileBundle { return slices.Concat(oddHeaders, oddManifests, oddFiles) }

const sizeAt = 124 // of the size in the header of a tar

// emptyPax is a record that says nothing.
func emptyPax() []byte { return Pax('x', "comment", "") }

// oddHeaders: of the entries and the end of the tar.
var oddHeaders = []HostileBundle{
	{"size_base256", saysEntry, withEdit(base256(sizeAt, 9))},
	{"size_base256_huge", saysEntry, withEdit(base256(sizeAt, 1<<63))},
	{"size_base256_long", saysEntry, withBlock(sizeAt, "\x80"+strings.Repeat("\xff", 11))},
	{"size_base256_negative", saysEntry, withBlock(sizeAt, "\xff"+strings.Repeat("\xff", 11))},
	{"size_in_spaces", saysEntry, withBlock(sizeAt, "         11\x00")},
	{"pax_nothing", saysEntry, precededBy(emptyPax())},
	{"pax_within", saysEntry, inPlace(func(e BundleEntry) []byte {
		blocks := bundleBlocks(e)
		return slices.Concat(blocks[:blockSize], emptyPax(), blocks[blockSize:])
	})},
	{"pax_behind", saysEntry, edited(func(b *Bundle) { b.End = append(emptyPax(), EndOfTar...) })},
	{"pax_before_the_manifest", saysNone, func() []byte { return append(emptyPax(), SampleBundle().Bytes()...) }},
	{"pax_for_all", saysNone, func() []byte { return append(Pax('g', "comment", ""), SampleBundle().Bytes()...) }},
	{"pax_sparse", saysEntry, precededBy(Pax('x', "GNU.sparse.realsize", "9000000000"))},
	{"volume", saysEntry, withHeader(func(h *Header) { h.Type = 'V' })},
	{"continued", saysEntry, withHeader(func(h *Header) { h.Type = 'M' })},
	{"contiguous", saysEntry, withHeader(func(h *Header) { h.Type = '7' })},
	{"manifest_split", saysEntry, func() []byte {
		folder, name, _ := strings.Cut(BundleManifest, "/")
		b := SampleBundle()
		h := BundleEntry{Path: name}.header()
		h.Prefix = folder
		whole := b.Bytes()
		return append(goEntry(h, b.Manifest()), whole[len(bundleBlocks(BundleEntry{Path: BundleManifest, Data: b.Manifest()})):]...)
	}},
	{"end_of_one_block", saysCut, edited(func(b *Bundle) { b.End = EndOfTar[:blockSize] })},
	{"end_and_more", saysEntry, edited(func(b *Bundle) { b.End = append(slices.Clone(EndOfTar[:blockSize]), bundleBlocks(sneaked)...) })},
}

// oddManifests: numbers, sums and names.
var oddManifests = []HostileBundle{
	{"number_beyond", saysManifest, withLine(`"size":9,`, `"size":9223372036854775808,`)},
	{"number_wraps", saysManifest, withLine(`"size":9,`, `"size":18446744073709551625,`)},
	{"number_fraction", saysManifest, withLine(`"size":9,`, `"size":9.0,`)},
	{"number_power", saysManifest, withLine(`"size":9,`, `"size":9e0,`)},
	{"writer_beyond", saysManifest, withLine(`"writer":2`, `"writer":18446744073709551617`)},
	{"sum_upper_case", saysManifest, edited(func(b *Bundle) {
		_, rest, _ := strings.Cut(b.Manifest(), `"sha256":"`)
		b.Text = strings.Replace(b.Manifest(), rest[:64], strings.ToUpper(rest[:64]), 1)
	})},
	{"entry_without_brace", saysManifest, withLine(`{"path":`, `"path":`)},
	{"escaped_path", saysManifest, withLine(`"path":"git/`, `"path":"\u0067it/`)},
	{"file_and_folder", saysManifest, edited(func(b *Bundle) {
		const dir = "registry/src/" + CratesIO + "/a-1.0.0/x"
		b.Entries = append(b.Entries, BundleEntry{Path: dir, Data: "x"}, BundleEntry{Path: dir + "/"})
	})},
	{"registry_twice", saysManifest, withLine(`"container":"tar"`, `"container":"tar","registries":[{"name":"x-0123456789abcdef","source":"y"},{"name":"x-0123456789abcdef","source":"z"}]`)},
	{"repository_twice", saysManifest, withLine(`"container":"tar"`, `"container":"tar","repositories":[{"name":"x-0123456789abcdef","commits":[]},{"name":"x-0123456789abcdef","commits":[]}]`)},
	{"commit_twice", saysManifest, withLine(`"container":"tar"`, `"container":"tar","repositories":[{"name":"x-0123456789abcdef","commits":["`+strings.Repeat("a", 40)+`","`+strings.Repeat("a", 40)+`"]}]`)},
	{"lockfile_twice", saysManifest, withLine(`"container":"tar"`, `"container":"tar","lockfiles":[{"sha256":"`+emptySum+`","packages":0},{"sha256":"`+emptySum+`","packages":0}]`)},
	{"left_out_nameless", saysManifest, withLine(`"container":"tar"`, `"container":"tar","left_out":["","a 1.0.0 (registry+https://example.com/index)"]`)},
	{"left_out_many", saysLimit, withLine(`"container":"tar"`, `"container":"tar","left_out":[""`+strings.Repeat(`,""`, 1<<20)+`]`)},
	{"first_line_long", saysLimit, withLine(`"container":"tar"`, `"container":"tar","left_out":["`+strings.Repeat("a", 16<<20)+`"]`)},
	{"lockfile_unlisted", saysManifest, edited(func(b *Bundle) { b.Entries = append([]BundleEntry{emptyLock}, b.Entries...) })},
	{"lockfile_of_another_name", saysManifest, edited(func(b *Bundle) {
		b.Head = strings.Replace(b.Head, `"container":"tar"`, `"container":"tar","lockfiles":[{"sha256":"`+emptySum+`","packages":0}]`, 1)
		lock := emptyLock
		lock.Data = "version = 4\n"
		b.Entries = append([]BundleEntry{lock}, b.Entries...)
	})},
	{"archive_with_a_dot", "", edited(func(b *Bundle) { b.Entries[bundleB].Path += "." })},
	{"index_alternates", "", edited(func(b *Bundle) {
		b.Entries = append(b.Entries, BundleEntry{Path: "registry/index/x-0123456789abcdef/.git/objects/info/alternates", Data: "/etc\n"})
	})},
}

// emptySum is the SHA-256 of nothing.
const emptySum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

var emptyLock = BundleEntry{Path: "cargohome/lockfiles/" + emptySum + ".lock"}

var zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}

// skippable is a frame of zstd that is passed over.
func skippable(size uint32) []byte {
	return binary.LittleEndian.AppendUint32([]byte{0x50, 0x2a, 0x4d, 0x18}, size)
}

// oddFiles: of the compressed streams.
var oddFiles = []HostileBundle{
	{"zstd_of_one_segment", "", func() []byte { // of which it says that it has 2^56 bytes
		return append(slices.Clone(zstdMagic), 0xe0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0)
	}},
	{"zstd_with_a_dictionary", "", func() []byte { return append(slices.Clone(zstdMagic), 0x03, 0x00, 1, 2, 3, 4, 1, 0, 0) }},
	{"zstd_reserved_block", "", func() []byte { return append(slices.Clone(zstdMagic), 0x00, 0x00, 0x07, 0, 0) }},
	{"zstd_passed_over", saysNone, func() []byte { return skippable(0) }},
	{"zstd_passed_over_often", saysNone, func() []byte { return bytes.Repeat(skippable(0), 100_000) }},
	{"zstd_passed_over_far", "", func() []byte { return append(skippable(1<<32-1), "x"...) }},
	{"gzip_members_of_nothing", saysNone, func() []byte { return bytes.Repeat(gzipped(), 10_000) }},
	{"gzip_reserved_flags", "", func() []byte {
		data := gzipped(SampleBundle().Bytes())
		data[3] |= 0xe0
		data[len(data)-8] ^= 1
		return data
	}},
	{"gzip_twice", saysNone, func() []byte { return gzipped(gzipped(SampleBundle().Bytes())) }},
	{"gzip_size_wrong", "", func() []byte {
		data := gzipped(SampleBundle().Bytes())
		data[len(data)-1] ^= 1
		return data
	}},
}
