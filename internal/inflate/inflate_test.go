package inflate

import (
	"bytes"
	"compress/flate"
	stdgzip "compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
)

// std decodes with the package that is the measure of this one, and says what
// the error is in the terms of this one.
func std(archive []byte) ([]byte, error) {
	// Reserved flags are refused here and not there, before anything after them.
	if len(archive) >= 10 && archive[3]&reserved != 0 {
		return nil, ErrHeader
	}
	// A bytes.Reader has ReadByte: nothing beyond the member is read.
	z, err := stdgzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return nil, ownError(err)
	}
	z.Multistream(false)
	data, err := io.ReadAll(z)
	return data, ownError(err)
}

func ownError(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case err == io.EOF: // gzip says so of no bytes at all
		return io.ErrUnexpectedEOF
	case err == stdgzip.ErrHeader:
		return ErrHeader
	case err == stdgzip.ErrChecksum:
		return ErrChecksum
	case errors.As(err, &corrupt):
		return CorruptError(corrupt)
	}
	return err
}

// sameError compares errors but not offsets: ours are somewhat later.
func sameError(a, b error) bool {
	var ca, cb CorruptError
	return a == b || errors.As(a, &ca) && errors.As(b, &cb)
}

// inPieces are ways in which input may come.
var inPieces = map[string]func(io.Reader) io.Reader{
	"whole":    func(r io.Reader) io.Reader { return r },
	"bytes":    iotest.OneByteReader,
	"halves":   iotest.HalfReader,
	"with_EOF": iotest.DataErrReader,
	"primes":   func(r io.Reader) io.Reader { return &primesReader{r, 2} },
}

// primesReader reads 2, 3, 5, 7, 11, … bytes.
type primesReader struct {
	r io.Reader
	n int
}

func (p *primesReader) Read(b []byte) (int, error) {
	n, err := p.r.Read(b[:min(len(b), p.n)])
	for p.n++; !isPrime(p.n); p.n++ {
	}
	return n, err
}

func isPrime(n int) bool {
	for d := 2; d*d <= n; d++ {
		if n%d == 0 {
			return false
		}
	}
	return true
}

// check compares with std, whatever the pieces of input and output are.
func check(t testing.TB, r *Reader, archive []byte) {
	t.Helper()
	want, wantErr := std(archive)
	compare := func(how string, got []byte, err error) {
		t.Helper()
		if !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, want %d, the same up to %d", how, len(got), len(want), sameUpTo(got, want))
		}
		if !sameError(err, wantErr) {
			t.Errorf("%s: error %v, want %v", how, err, wantErr)
		}
	}
	for name, pieces := range inPieces {
		r.Reset(pieces(bytes.NewReader(archive)))
		got, err := io.ReadAll(r)
		compare(name, got, err)
	}
	for _, n := range []int{1, 512, 40_009, MaxNext} {
		if n == 1 && len(want) > 1<<20 {
			continue
		}
		r.Reset(bytes.NewReader(archive))
		got, err := readNext(r, n)
		compare(fmt.Sprintf("Next(%d)", n), got, err)
		r.Reset(&sips{Reader: bytes.NewReader(archive)})
		r.Sparing = true
		got, err = readNext(r, n)
		compare(fmt.Sprintf("sparing, Next(%d)", n), got, err)
	}
}

// sips reads 4 KiB at a time, and counts them.
type sips struct {
	io.Reader
	read int
}

func (s *sips) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p[:min(len(p), 4096)])
	s.read += n
	return n, err
}

// Who asks for little has little read and decoded.
func TestSparing(t *testing.T) {
	var r Reader
	in := &sips{Reader: bytes.NewReader(compressKlauspost(t, sourceText(2_000_000), 6))}
	r.Reset(in)
	r.Sparing = true
	if _, err := r.Next(512); err != nil || in.read > 8192 || r.to > 64<<10 {
		t.Errorf("%d bytes are read and %d decoded, %v", in.read, r.to, err)
	}
}

func sameUpTo(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

func readNext(r *Reader, n int) (all []byte, err error) {
	for {
		p, err := r.Next(n)
		all = append(all, p...)
		if err == nil && len(p) != n {
			return all, fmt.Errorf("Next(%d) returned %d bytes and no error", n, len(p))
		}
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return all, err
		}
	}
}

func compressStd(tb testing.TB, data []byte, level int) []byte {
	var b bytes.Buffer
	z, err := stdgzip.NewWriterLevel(&b, level)
	if err != nil {
		tb.Fatal(err)
	}
	return written(tb, z, &b, data)
}

func compressKlauspost(tb testing.TB, data []byte, level int) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, level)
	if err != nil {
		tb.Fatal(err)
	}
	return written(tb, z, &b, data)
}

func written(tb testing.TB, z io.WriteCloser, b *bytes.Buffer, data []byte) []byte {
	if _, err := z.Write(data); err != nil {
		tb.Fatal(err)
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// sourceText is n bytes that compress as source does: words, some often and some
// rarely, indented lines, and now and then a passage again.
func sourceText(n int) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("self let mut fn pub impl for in match Some None Ok Err usize u32 str " +
		"return if else struct enum use crate -> => :: { } ( ) ; , . & * = + == != Vec<T> Option<T> Result<T>")
	for range 2000 {
		var w []byte
		for range 2 + rng.IntN(12) {
			w = append(w, "etaoinshrdlu_cmfwypvbgkjqxz0123"[min(rng.IntN(31), rng.IntN(31))])
		}
		words = append(words, string(w))
	}
	b := make([]byte, 0, n+1000)
	for len(b) < n {
		if len(b) > 1000 && rng.IntN(20) == 0 {
			from := max(0, len(b)-1-rng.IntN(30_000))
			b = append(b, b[from:min(len(b), from+20+rng.IntN(400))]...)
			continue
		}
		b = append(b, "\n                "[:1+4*rng.IntN(5)]...)
		for range 1 + rng.IntN(9) {
			b = append(b, words[min(rng.IntN(len(words)), rng.IntN(len(words)), rng.IntN(len(words)))]...)
			b = append(b, ' ')
		}
	}
	return b[:n]
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rng := rand.NewChaCha8([32]byte{1})
	rng.Read(b)
	return b
}

// skewed has byte i half as often as byte i-1, so that codes become long.
func skewed(n int) []byte {
	rng := rand.New(rand.NewPCG(3, 4))
	b := make([]byte, n)
	for i := range b {
		for b[i] < 40 && rng.IntN(2) == 0 {
			b[i]++
		}
	}
	return b
}

// periods repeats pieces of each length up to 40, and then of some larger.
func periods() []byte {
	var b []byte
	random := randomBytes(40_000)
	for n := 1; n <= 40; n++ {
		b = append(b, bytes.Repeat(random[n*50:n*51], 3+600/n)...)
	}
	for _, n := range []int{257, 258, 259, 32_767, 32_768, 32_769} {
		b = append(b, bytes.Repeat(random[:n], 3)...)
	}
	return b
}

func TestRoundTrip(t *testing.T) {
	inputs := map[string][]byte{
		"empty":     {},
		"one":       {'x'},
		"text":      sourceText(200_000),
		"zeros":     make([]byte, 1_000_000),
		"random":    randomBytes(200_000),
		"skewed":    skewed(100_000),
		"periods":   periods(),
		"mixed":     append(append(randomBytes(70_000), sourceText(70_000)...), make([]byte, 70_000)...),
		"out_limit": sourceText(outLimit),
		"beyond":    sourceText(2*outLimit + 12_345),
	}
	var r Reader
	for name, data := range inputs {
		t.Run(name, func(t *testing.T) {
			for level := flate.HuffmanOnly; level <= flate.BestCompression; level++ {
				for _, archive := range [][]byte{compressStd(t, data, level), compressKlauspost(t, data, level)} {
					got, err := std(archive)
					if err != nil || !bytes.Equal(got, data) {
						t.Fatal("the test is wrong: ", err)
					}
					check(t, &r, archive)
				}
			}
		})
	}
}

// Every limit of the output has to fall everywhere in a match once.
func TestOutputBoundaries(t *testing.T) {
	var r Reader
	archive := make([]byte, 0, 1<<20)
	for start := range 600 {
		data := append(randomBytes(start), bytes.Repeat([]byte("abcdefghijklmnopqrstuvwxyz"), (outLimit+window)/26)...)
		archive = append(archive[:0], compressKlauspost(t, data, 1)...)
		r.Reset(bytes.NewReader(archive))
		if got, err := readNext(&r, MaxNext-start); err != nil || !bytes.Equal(got, data) {
			t.Fatalf("%d: %v, the same up to %d of %d", start, err, sameUpTo(got, data), len(data))
		}
	}
}

// member is a gzip member of raw DEFLATE data.
func member(deflated, data []byte) []byte {
	b := []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}
	b = append(b, deflated...)
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(data))
	return binary.LittleEndian.AppendUint32(b, uint32(len(data)))
}

// stream writes DEFLATE data by hand.
type stream struct {
	b    []byte
	free uint // bits in the last byte
}

func (s *stream) bits(v, n uint) {
	for range n {
		if s.free == 0 {
			s.b, s.free = append(s.b, 0), 8
		}
		s.b[len(s.b)-1] |= byte(v&1) << (8 - s.free)
		s.free--
		v >>= 1
	}
}

// code writes bits of a Huffman code, given as they are read: "0110".
func (s *stream) code(bits string) {
	for _, c := range bits {
		s.bits(uint(c-'0'), 1)
	}
}

func (s *stream) stored(data string, complement uint) {
	s.bits(0, s.free)
	s.bits(uint(len(data)), 16)
	s.bits(uint(len(data))^0xffff^complement, 16)
	for _, c := range []byte(data) {
		s.bits(uint(c), 8)
	}
}

// dynamic writes the header of a block with codes of the given lengths, each sent
// as it is in four bits.
func (s *stream) dynamic(last uint, lits, dists []uint8) {
	s.bits(last, 1)
	s.bits(2, 2)
	s.bits(uint(len(lits)-257), 5)
	s.bits(uint(len(dists)-1), 5)
	s.bits(19-4, 4)
	var lens [numPre]uint8
	for i := range 16 {
		lens[i] = 4
	}
	for _, i := range preOrder {
		s.bits(uint(lens[i]), 3)
	}
	for _, n := range append(append([]uint8{}, lits...), dists...) {
		s.code(fmt.Sprintf("%04b", n))
	}
}

// lengths returns n lengths with those of some symbols set.
func lengths(n int, set map[int]uint8) []uint8 {
	lens := make([]uint8, n)
	for i, v := range set {
		lens[i] = v
	}
	return lens
}

// codes returns the canonical code of each symbol, as bits to be read.
func codes(lens []uint8) []string {
	list, next := make([]string, len(lens)), 0
	for n := 1; n <= maxCode; n++ {
		next <<= 1
		for symbol, l := range lens {
			if int(l) == n {
				list[symbol] = fmt.Sprintf("%0*b", n, next)
				next++
			}
		}
	}
	return list
}

// longest has codes of 1 to 15 bits, two of them of 15, for 16 symbols.
func longest(n int, symbols ...int) []uint8 {
	lens := make([]uint8, n)
	for i, symbol := range symbols {
		lens[symbol] = uint8(min(i+1, maxCode))
	}
	return lens
}

// abEnd are the lengths of codes for a, b and the end of a block.
var abEnd = lengths(257, map[int]uint8{'a': 1, 'b': 2, endOfBlock: 2})

// streams are what a compressed stream may be made of, well or badly.
var streams = map[string]func(s *stream){
	"no_block": func(s *stream) {},
	"stored": func(s *stream) {
		s.bits(0, 3)
		s.stored("hello", 0)
		s.bits(0, 3)
		s.stored("", 0)
		s.bits(1, 3)
		s.stored(", world", 0)
	},
	"stored_complement": func(s *stream) { s.bits(1, 3); s.stored("hello", 4) },
	"stored_twice_64K": func(s *stream) {
		s.bits(0, 3)
		s.stored(string(randomBytes(65_535)), 0)
		s.bits(1, 3)
		s.stored(string(randomBytes(65_535)), 0)
	},
	"reserved_type": func(s *stream) { s.bits(7, 3); s.bits(0, 40) },
	"fixed_empty":   func(s *stream) { s.bits(3, 3); s.bits(0, 7) },
	"fixed_many_empty": func(s *stream) {
		for range 1000 {
			s.bits(2, 3)
			s.bits(0, 7)
		}
		s.bits(3, 3)
		s.bits(0, 7)
	},
	"fixed_286":           func(s *stream) { s.bits(3, 3); s.code("11000110"); s.bits(0, 100) },
	"fixed_287":           func(s *stream) { s.bits(3, 3); s.code("11000111"); s.bits(0, 100) },
	"fixed_dist_30":       func(s *stream) { s.bits(3, 3); s.code("00110000"); s.code("0000001"); s.code("11110"); s.bits(0, 100) },
	"fixed_too_far":       func(s *stream) { s.bits(3, 3); s.code("00110000"); s.code("0000001"); s.code("00001"); s.bits(0, 100) },
	"fixed_just_in_reach": func(s *stream) { s.bits(3, 3); s.code("00110000"); s.code("0000001"); s.code("00000"); s.bits(0, 7) },
	"fixed_first_is_match": func(s *stream) {
		s.bits(3, 3)
		s.code("0000001")
		s.code("00000")
		s.bits(0, 100)
	},
	"distance_32768": func(s *stream) {
		s.bits(0, 3)
		s.stored(string(randomBytes(32_768)), 0)
		s.bits(3, 3)
		s.code("11000101") // 258
		s.code("11101")    // 24577
		s.bits(1<<13-1, 13)
		s.bits(0, 7)
	},
	"distance_32768_of_32767": func(s *stream) {
		s.bits(0, 3)
		s.stored(string(randomBytes(32_767)), 0)
		s.bits(3, 3)
		s.code("11000101")
		s.code("11101")
		s.bits(1<<13-1, 13)
		s.bits(0, 7)
	},
	"distance_32768_throughout": func(s *stream) { // so that each slide has to keep all of the window
		s.bits(0, 3)
		s.stored(string(randomBytes(32_768)), 0)
		s.bits(3, 3)
		for range 5 * outLimit / 258 {
			s.code("11000101" + "11101")
			s.bits(1<<13-1, 13)
		}
		s.bits(0, 7)
	},
	"blocks_at_any_bit": func(s *stream) { // looked at beyond their codes, and given back
		for range 16 {
			s.bits(2, 3)
			s.bits(0, 7)
			s.dynamic(0, lengths(257, map[int]uint8{endOfBlock: 1}), []uint8{1})
			s.code("0")
		}
		s.bits(1, 3)
		s.stored(string(randomBytes(100)), 0)
	},
	"length_284_with_31": func(s *stream) {
		s.bits(3, 3)
		s.code("00110000")
		s.code("11000100")
		s.bits(31, 5)
		s.code("00000")
		s.bits(0, 7)
	},
	"dynamic": func(s *stream) {
		s.dynamic(1, abEnd, []uint8{1})
		s.code("0" + "10" + "0" + "11")
	},
	"no_distance_code": func(s *stream) {
		s.dynamic(1, abEnd, []uint8{0})
		s.code("0" + "10" + "0" + "11")
	},
	"no_distance_code_used": func(s *stream) {
		s.dynamic(1, lengths(258, map[int]uint8{'a': 1, 257: 2, endOfBlock: 2}), []uint8{0})
		s.code("0" + "11" + "0" + "10")
	},
	"one_distance_code": func(s *stream) {
		s.dynamic(1, lengths(258, map[int]uint8{'a': 1, 257: 2, endOfBlock: 2}), []uint8{0, 1})
		s.code("00" + "11" + "0" + "11" + "0" + "10")
	},
	"one_distance_code_other": func(s *stream) {
		s.dynamic(1, lengths(258, map[int]uint8{'a': 1, 257: 2, endOfBlock: 2}), []uint8{0, 1})
		s.code("00" + "11" + "1" + "11" + "0" + "10")
		s.bits(0, 300)
	},
	"one_distance_code_of_two_bits": func(s *stream) { s.dynamic(1, abEnd, []uint8{2}); s.code("0" + "11") },
	"two_distance_codes_incomplete": func(s *stream) { s.dynamic(1, abEnd, []uint8{2, 2}); s.code("0" + "11") },
	"only_end":                      func(s *stream) { s.dynamic(1, lengths(257, map[int]uint8{endOfBlock: 1}), []uint8{1}); s.code("0") },
	"only_end_other_bit": func(s *stream) {
		s.dynamic(1, lengths(257, map[int]uint8{endOfBlock: 1}), []uint8{1})
		s.code("1")
		s.bits(0, 300)
	},
	"no_literal_codes": func(s *stream) { s.dynamic(1, lengths(257, nil), []uint8{1}); s.bits(0, 300) },
	"no_end": func(s *stream) {
		s.dynamic(1, lengths(257, map[int]uint8{'a': 1, 'b': 1}), []uint8{1})
		for range 1000 {
			s.code("01")
		}
	},
	"oversubscribed": func(s *stream) {
		s.dynamic(1, lengths(257, map[int]uint8{'a': 1, 'b': 1, endOfBlock: 2}), []uint8{1})
		s.bits(0, 300)
	},
	"oversubscribed_early": func(s *stream) {
		s.dynamic(1, lengths(257, map[int]uint8{'a': 1, 'b': 1, 'c': 1, endOfBlock: 15}), []uint8{1})
		s.bits(0, 300)
	},
	"incomplete": func(s *stream) {
		s.dynamic(1, lengths(257, map[int]uint8{'a': 2, 'b': 2, endOfBlock: 2}), []uint8{1})
		s.bits(0, 300)
	},
	"oversubscribed_distances": func(s *stream) { s.dynamic(1, abEnd, []uint8{1, 1, 1}); s.bits(0, 300) },
	"287_lengths": func(s *stream) {
		s.dynamic(1, lengths(287, map[int]uint8{'a': 1, endOfBlock: 1}), []uint8{1})
		s.code("01")
	},
	"31_distances": func(s *stream) {
		s.dynamic(1, lengths(286, map[int]uint8{'a': 1, endOfBlock: 1}), make([]uint8, 31))
		s.code("01")
	},
	"repeat_of_nothing": func(s *stream) { s.bits(5, 3); s.bits(0, 14); s.bits(1, 3); s.bits(0, 300) },
	"longest_codes": func(s *stream) {
		lens := longest(286, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 257, 270, 284, endOfBlock, 285)
		dists := longest(30, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 28, 29)
		lit, dist := codes(lens), codes(dists)
		s.dynamic(1, lens, dists)
		for i := range 40_000 {
			s.code(lit['a'+i%11])
		}
		for range 300 {
			s.code(lit[284] + "10101" + dist[29] + "1111111111110")
			s.code(lit[285] + dist[28] + "0011001100110")
			s.code(lit['k'] + lit['k'] + lit[270] + "10" + dist[13] + "10101")
			s.code(lit[257] + dist[0])
		}
		s.code(lit[endOfBlock])
	},
}

func TestStreams(t *testing.T) {
	var r Reader
	for name, write := range streams {
		t.Run(name, func(t *testing.T) {
			var s stream
			write(&s)
			data, _ := io.ReadAll(flate.NewReader(bytes.NewReader(s.b)))
			archive := member(s.b, data)
			check(t, &r, archive)
			// Longer input has the hot loop see what only the slow one saw.
			check(t, &r, append(archive, make([]byte, 100)...))
			checkTruncated(t, &r, archive)
		})
	}
}

// checkTruncated cuts the archive everywhere near its start and its end.
func checkTruncated(t *testing.T, r *Reader, archive []byte) {
	t.Helper()
	for n := range archive {
		if n < 100 || len(archive)-n < 100 {
			checkOnce(t, r, archive[:n])
		}
	}
}

// checkOnce is check with the pieces of one kind.
func checkOnce(t testing.TB, r *Reader, archive []byte) {
	t.Helper()
	want, wantErr := std(archive)
	r.Reset(iotest.HalfReader(bytes.NewReader(archive)))
	got, err := io.ReadAll(r)
	if !sameError(err, wantErr) || !bytes.Equal(got, want) {
		t.Errorf("%d bytes of input: %d bytes, %v; want %d, %v", len(archive), len(got), err, len(want), wantErr)
	}
}

func TestDamaged(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	var r Reader
	for _, data := range [][]byte{sourceText(3000), skewed(3000), periods()[:3000], sourceText(150_000)} {
		archive := compressKlauspost(t, data, 9)
		checkTruncated(t, &r, archive)
		for range 1000 {
			damaged := bytes.Clone(archive)
			for range 1 + rng.IntN(3) {
				damaged[rng.IntN(len(damaged))] ^= 1 << rng.IntN(8)
			}
			checkOnce(t, &r, damaged)
		}
	}
}

// withHeader returns a member with the given flags and fields, and nothing in it.
func withHeader(flags byte, fields string, sum bool) []byte {
	h := append([]byte{0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 255}, fields...)
	if sum {
		h = binary.LittleEndian.AppendUint16(h, uint16(crc32.ChecksumIEEE(h)))
	}
	return append(h, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0)
}

func TestHeaders(t *testing.T) {
	all := "\x03\x00abc" + "name\x00" + "comm\xe9nt\x00"
	damaged := withHeader(31, all, true)
	damaged[12]++
	var r Reader
	for name, archive := range map[string][]byte{
		"plain":           withHeader(0, "", false),
		"text":            withHeader(1, "", false),
		"sum":             withHeader(hasHeaderSum, "", true),
		"wrong_sum":       withHeader(hasHeaderSum, "ab", false),
		"all":             withHeader(31, all, true),
		"all_damaged":     damaged,
		"reserved_flags":  withHeader(0xe0, "", false),
		"empty_extra":     withHeader(hasExtra, "\x00\x00", false),
		"largest_extra":   withHeader(hasExtra, "\xff\xff"+strings.Repeat("x", 65535), false),
		"name_511":        withHeader(hasName, strings.Repeat("n", 511)+"\x00", false),
		"name_512":        withHeader(hasName, strings.Repeat("n", 512)+"\x00", false),
		"comment_512":     withHeader(hasComment, strings.Repeat("n", 512)+"\x00", false),
		"empty_name":      withHeader(hasName, "\x00", false),
		"method":          {0x1f, 0x8b, 7, 0, 0, 0, 0, 0, 0, 255, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		"not_gzip":        []byte("<!DOCTYPE html><html>"),
		"two_members":     append(withHeader(0, "", false), withHeader(0, "", false)...),
		"size_is_wrong":   append(withHeader(0, "", false)[:12], 0, 0, 0, 0, 1, 0, 0, 0),
		"sum_is_wrong":    append(withHeader(0, "", false)[:12], 1, 0, 0, 0, 0, 0, 0, 0),
		"nothing_at_all":  {},
		"garbage_follows": append(withHeader(0, "", false), "garbage"...),
	} {
		t.Run(name, func(t *testing.T) {
			check(t, &r, archive)
			checkTruncated(t, &r, archive)
		})
	}
}

func TestSourceError(t *testing.T) {
	archive := compressKlauspost(t, sourceText(300_000), 6)
	broken := errors.New("broken")
	var r Reader
	r.Reset(io.MultiReader(bytes.NewReader(archive[:len(archive)/2]), iotest.ErrReader(broken)))
	got, err := io.ReadAll(&r)
	want, _ := std(archive[:len(archive)/2])
	if err != broken || !bytes.Equal(got, want) {
		t.Errorf("%d bytes, %v; want %d and the error", len(got), err, len(want))
	}
	if _, again := r.Read(make([]byte, 1)); again != broken {
		t.Errorf("then %v", again)
	}
	r.Reset(idle{})
	if _, err := r.Next(1); err != io.ErrNoProgress {
		t.Errorf("a reader that never reads: %v", err)
	}
}

type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

func TestCorruptOffset(t *testing.T) {
	archive := compressStd(t, randomBytes(1_000_000), flate.NoCompression)
	at := 10 + 5*(65535+5)
	archive[at] = 6 // the reserved type of block
	var r Reader
	r.Reset(bytes.NewReader(archive))
	_, err := io.Copy(io.Discard, &r)
	var corrupt CorruptError
	if !errors.As(err, &corrupt) || int(corrupt) < at || int(corrupt) > at+16 {
		t.Errorf("%v, want an offset soon after %d", err, at)
	}
}

// Next hands out what Read leaves, and the other way round.
func TestNextAndRead(t *testing.T) {
	data := sourceText(2_000_000)
	var r Reader
	r.Reset(bytes.NewReader(compressKlauspost(t, data, 6)))
	rng := rand.New(rand.NewPCG(7, 8))
	var got []byte
	for {
		p, err := make([]byte, 1+rng.IntN(100_000)), error(nil)
		if rng.IntN(2) == 0 {
			p, err = r.Next(rng.IntN(MaxNext + 1))
		} else {
			var n int
			n, err = r.Read(p)
			p = p[:n]
		}
		got = append(got, p...)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(got, data) {
		t.Errorf("%d bytes, want %d, the same up to %d", len(got), len(data), sameUpTo(got, data))
	}
	if p, err := r.Next(0); len(p) != 0 || err != nil {
		t.Errorf("Next(0) after the end: %d bytes, %v", len(p), err)
	}
}

func TestNoAllocations(t *testing.T) {
	archive := compressKlauspost(t, sourceText(500_000), 6)
	var r Reader
	var in bytes.Reader
	n := testing.AllocsPerRun(10, func() {
		in.Reset(archive)
		r.Reset(&in)
		for {
			if _, err := r.Next(64 << 10); err != nil {
				return
			}
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// The tables have to be large enough for any code. The longest chain of subtables
// comes of as many codes of few lengths as there can be.
func TestSubtables(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	var b builder
	var lit [litTable]entry
	var dist [distTable]entry
	for range 20_000 {
		if lens := completeCode(rng, 286); !b.build(lit[:], litBits, lens, litSymbols[:]) {
			t.Fatal("refused a complete code: ", lens)
		}
		if lens := completeCode(rng, 30); !b.build(dist[:], distBits, lens, distSymbols[:]) {
			t.Fatal("refused a complete code: ", lens)
		}
	}
}

// completeCode splits codes at random until each of n symbols has one, or no more
// can be had.
func completeCode(rng *rand.Rand, n int) []uint8 {
	lens := []uint8{1, 1}
	deep := rng.IntN(2) == 0
	for tries := 0; len(lens) < n && tries < 10*n; tries++ {
		i := rng.IntN(len(lens))
		if deep {
			i = len(lens) - 1 - rng.IntN(min(len(lens), 2))
		}
		if lens[i] == maxCode {
			deep = false
			continue
		}
		lens[i]++
		lens = append(lens, lens[i])
	}
	lens = append(lens, make([]uint8, n-len(lens))...)
	rng.Shuffle(n, func(i, j int) { lens[i], lens[j] = lens[j], lens[i] })
	return lens
}

// Who knows the input by a better sum has the one in the trailer left alone, but not the size.
func TestReader_NoSum(t *testing.T) {
	text := sourceText(400 << 10)
	right := compressStd(t, text, 6)
	for name, c := range map[string]struct {
		at          int // from the end, of the byte that is wrong
		noSum, sums error
	}{
		"right": {0, nil, nil},
		"sum":   {8, nil, ErrChecksum},
		"size":  {4, ErrChecksum, ErrChecksum},
	} {
		wrong := bytes.Clone(right)
		if c.at > 0 {
			wrong[len(wrong)-c.at]++
		}
		var r Reader
		for _, noSum := range []bool{true, false} { // Reset takes it back
			r.Reset(bytes.NewReader(wrong))
			want := c.sums
			if noSum {
				r.NoSum, want = true, c.noSum
			}
			if got, err := readNext(&r, 1000); err != want || !bytes.Equal(got, text) {
				t.Errorf("%s, without sum %v: %d bytes, %v; want %v", name, noSum, len(got), err, want)
			}
		}
	}
}
