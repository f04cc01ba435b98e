package cargotest

import (
	"bytes"
	"slices"

	"github.com/klauspost/compress/gzip"
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

// BadCRC returns the member with another CRC in its trailer.
func BadCRC(member []byte) []byte {
	b := slices.Clone(member)
	b[len(b)-8] ^= 1
	return b
}
