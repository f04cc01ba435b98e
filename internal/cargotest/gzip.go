package cargotest

import (
	"bytes"
	"errors"
	"math"
	"slices"

	"github.com/klauspost/compress/gzip"

	"cargohome/internal/redeflate"
)

// Gzip compresses data as one member whose header is like Cargo's: the name of
// the file, no time, "best compression".
//
// For what may stand around a member: append a second one, or any bytes; cut it
// short; or break its trailer with [BadCRC].
func Gzip(name string, data []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is a valid one
	}
	w.Name = name
	w.Write(data) // a bytes.Buffer takes all
	w.Close()
	return b.Bytes()
}

// GzipBy is Gzip by an encoder that a Cargo had.
func GzipBy(e redeflate.Encoder, name string, data []byte) []byte {
	var b bytes.Buffer
	header := append([]byte{0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 2, 0xff}, name+"\x00"...)
	all := redeflate.Recipe{Encoder: e, Header: header, Kept: math.MaxInt64} // which is more than there will be
	if err := redeflate.Rebuild(&b, bytes.NewReader(data), all, nil); !errors.Is(err, redeflate.ErrTar) {
		panic(err)
	}
	return b.Bytes()
}

// BadCRC returns the member with another CRC in its trailer.
func BadCRC(member []byte) []byte {
	b := slices.Clone(member)
	b[len(b)-8] ^= 1
	return b
}
