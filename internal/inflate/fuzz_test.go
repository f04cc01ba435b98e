package inflate

import (
	"bytes"
	"compress/flate"
	"io"
	"testing"
)

// FuzzInflate: as compress/gzip, whatever the input. Half of the inputs are made
// the DEFLATE data of a member, as mutations hardly find a right checksum.
func FuzzInflate(f *testing.F) {
	for _, data := range [][]byte{{}, []byte("hello, hello, hello"), sourceText(2000), skewed(500), periods()[:3000]} {
		for _, level := range []int{flate.HuffmanOnly, flate.NoCompression, 1, 6, 9} {
			archive := compressKlauspost(f, data, level)
			f.Add(archive, false, uint16(5))
			f.Add(archive[10:len(archive)-8], true, uint16(300))
		}
	}
	f.Add(withHeader(31, "\x03\x00abcname\x00comment\x00", true), false, uint16(0))
	var r Reader
	f.Fuzz(func(t *testing.T, archive []byte, raw bool, piece uint16) {
		if raw {
			data, _ := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(archive)), 4<<20))
			archive = member(archive, data)
		}
		want, wantErr := std(archive)
		r.Reset(&pieceReader{archive, int(piece)})
		got, err := readNext(&r, 1+int(piece)*4)
		if !sameError(err, wantErr) || !bytes.Equal(got, want) {
			t.Errorf("%d bytes, %v; want %d, %v; the same up to %d", len(got), err, len(want), wantErr, sameUpTo(got, want))
		}
	})
}

// pieceReader reads up to n+1 bytes at a time.
type pieceReader struct {
	b []byte
	n int
}

func (p *pieceReader) Read(b []byte) (int, error) {
	if len(p.b) == 0 {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), p.n+1)], p.b)
	p.b = p.b[n:]
	return n, nil
}

// FuzzRoundTrip: what was compressed comes back.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte("hello, hello, hello"), 6, uint16(5), 1)
	f.Add(sourceText(2000), 9, uint16(70), 300)
	f.Add(skewed(500), flate.HuffmanOnly, uint16(0), 2)
	f.Add(periods()[:3000], 1, uint16(1000), 9)
	var r Reader
	f.Fuzz(func(t *testing.T, data []byte, level int, piece uint16, times int) {
		if level < flate.HuffmanOnly || level > flate.BestCompression || len(data) > 1<<16 {
			t.Skip()
		}
		data = bytes.Repeat(data, min(max(times, 1), 300))
		for _, archive := range [][]byte{compressStd(t, data, level), compressKlauspost(t, data, level)} {
			r.Reset(&pieceReader{archive, int(piece)})
			got, err := readNext(&r, 1+int(piece)*4)
			if err != nil || !bytes.Equal(got, data) {
				t.Errorf("%d bytes, %v; want %d, the same up to %d", len(got), err, len(data), sameUpTo(got, data))
			}
		}
	})
}
