package cargotest

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"

	"github.com/klauspost/compress/flate"

	"cargohome/crate/archive"
)

// hostileGzip: what may be around and within the gzip member.
var hostileGzip = []Hostile{
	{Name: "second_member", archive: func() []byte { return append(Gzip("x", plainTar()), gzipTar(put("x", "evil"))...) }},
	{Name: "trailing_bytes", archive: func() []byte { return append(gzipTar(plainTar()), "evil"...) }},
	{Name: "wrong_crc", archive: func() []byte { return BadCRC(gzipTar(plainTar())) }},
	{Name: "wrong_crc_without_end_blocks", archive: func() []byte { return BadCRC(Gzip("x", plainTar())) },
		Cargo: "corrupt gzip stream", Refused: archive.ErrMalformed, Says: "malformed archive"},
	{Name: "truncated_trailer", archive: func() []byte { return cut(gzipTar(plainTar()), 8) }},
	{Name: "truncated_deflate", archive: func() []byte { return cut(gzipTar(append(plainTar(), put("x", noise(4000))...)), 2000) },
		Cargo: "unexpected end of file", Refused: archive.ErrMalformed, Says: `"evil-1.0.0/x"`},
	{Name: "truncated_header", archive: func() []byte { return gzipTar(plainTar())[:7] },
		Cargo: "unexpected end of file", Refused: archive.ErrMalformed, Says: "malformed archive"},
	{Name: "not_gzip", archive: func() []byte { return append(plainTar(), EndOfTar...) },
		Cargo: "invalid gzip header", Refused: archive.ErrMalformed, Says: "malformed archive"},
	{Name: "reserved_gzip_flag", archive: func() []byte { b := gzipTar(plainTar()); b[3] |= 1 << 5; return b },
		Cargo: "invalid gzip header", Refused: archive.ErrMalformed, Says: "malformed archive"},
	{Name: "long_gzip_name", archive: func() []byte { return Gzip(strings.Repeat("x", 5000), append(plainTar(), EndOfTar...)) },
		Refused: archive.ErrMalformed, Says: "malformed archive"},
	{Name: "corrupt_deflate", archive: func() []byte { b := gzipTar(plainTar()); b[30] ^= 0xff; b[31] ^= 0xff; return b },
		Cargo: "corrupt deflate stream", Refused: archive.ErrMalformed, Says: "malformed archive"},
}

func cut(b []byte, n int) []byte { return b[:len(b)-n] }

// noise is text that does not compress.
func noise(n int) string {
	var b strings.Builder
	for b.Len() < n {
		b.WriteString(Checksum([]byte(b.String())))
	}
	return b.String()[:n]
}

// bombSize is a little more than an archive may unpack to.
const bombSize = 513 << 20

// hostileBombs: small archives that become too much of something.
var hostileBombs = []Hostile{
	{Name: "bomb_by_ratio", Heavy: true, archive: bomb(Entry(Header{Name: evil("x"), Size: bombSize}, "")),
		Cargo: "maximum limit reached", Refused: &archive.LimitError{}, Says: `"evil-1.0.0/x": more than 536870912 bytes uncompressed`},
	{Name: "bomb_in_a_skipped_entry", Heavy: true, archive: bomb(Entry(Header{Name: evil(".cargo-ok"), Size: bombSize}, "")),
		Cargo: "maximum limit reached", Refused: &archive.LimitError{}, Says: `"evil-1.0.0/.cargo-ok": more than 536870912 bytes uncompressed`},
	{Name: "bomb_in_a_record", archive: bomb(Entry(Header{Name: "x", Type: 'L', Size: bombSize}, "")), Heavy: true,
		Cargo: "maximum limit reached", Refused: &archive.LimitError{}, Says: "bytes in a record"},
	{Name: "bomb_by_entries", Heavy: true, archive: func() []byte {
		return gzipRepeating(plainTar(), bytes.Repeat(folderEntry("d", 0o755), 1<<9), archive.MaxEntries>>9, EndOfTar)
	}, Refused: &archive.LimitError{}, Says: "more than 262144 entries"},
	{Name: "bomb_by_depth", archive: with(long(strings.Repeat("d/", archive.MaxDepth)+"x", "evil")),
		Refused: &archive.LimitError{}, Says: "more than 128 folders above it"},
	{Name: "bomb_by_folders", Heavy: true, archive: folderBomb(archive.MaxFolders/100+1, func(n string) string { return n + strings.Repeat("/d", 99) }),
		Refused: &archive.LimitError{}, Says: "more than 32768 folders"},
	{Name: "bomb_by_folder_paths", Heavy: true, archive: folderBomb(archive.MaxPaths/3400+1, func(n string) string { return strings.Repeat(strings.Repeat("d", 199)+"/", 17) + n }),
		Refused: &archive.LimitError{}, Says: "bytes in all paths"},
	{Name: "bomb_by_paths", Heavy: true, archive: pathBomb,
		Refused: &archive.LimitError{}, Says: "bytes in all paths"},
}

// bomb makes an archive whose last entry has zeros for data.
func bomb(header []byte) func() []byte {
	return func() []byte {
		const unit = 1 << 20
		return gzipRepeating(append(plainTar(), header...), make([]byte, unit), bombSize/unit, EndOfTar)
	}
}

// pathBomb has many files with long paths, though not too long for a program that
// puts a few hundred bytes before them, as cargo does.
func pathBomb() []byte {
	folders := strings.Repeat(strings.Repeat("d", 199)+"/", 17)
	tar := plainTar()
	for i := range archive.MaxPaths/len(folders) + 1 {
		tar = append(tar, long(folders+octal(7, int64(i))[:7], "")...)
	}
	return gzipTar(tar)
}

// folderBomb has entries for folders alone.
func folderBomb(n int, path func(number string) string) func() []byte {
	return func() []byte {
		tar := plainTar()
		for i := range n {
			tar = append(tar, LongName(evil(path(octal(7, int64(i))[:7])))...)
			tar = append(tar, folderEntry("d", 0o755)...)
		}
		return gzipTar(tar)
	}
}

// gzipRepeating compresses head, then unit so many times, then tail, at the cost
// of compressing each of them once.
func gzipRepeating(head, unit []byte, times int, tail []byte) []byte {
	b := []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff}
	b = append(b, deflate(head, false)...)
	b = append(b, bytes.Repeat(deflate(unit, false), times)...)
	b = append(b, deflate(tail, true)...)
	sum := crc32.ChecksumIEEE(head)
	for range times {
		sum = crc32.Update(sum, crc32.IEEETable, unit)
	}
	b = binary.LittleEndian.AppendUint32(b, crc32.Update(sum, crc32.IEEETable, tail))
	return binary.LittleEndian.AppendUint32(b, uint32(len(head)+times*len(unit)+len(tail)))
}

// deflate returns whole blocks, which may be repeated and joined.
func deflate(data []byte, last bool) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		panic(err) // the level is a valid one
	}
	w.Write(data) // a bytes.Buffer takes all
	if last {
		w.Close()
	} else {
		w.Flush()
	}
	return slices.Clip(b.Bytes())
}
