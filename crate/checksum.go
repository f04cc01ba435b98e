package crate

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// Checksum is the SHA-256 of a .crate file's bytes. Its text form is lower-case
// hex, and Cargo compares checksums as text, so upper case is refused.
type Checksum [sha256.Size]byte

// ErrChecksum is matched by the error for a text that is not a checksum.
var ErrChecksum = errors.New("invalid checksum")

// ParseChecksum reads 64 lower-case hex digits.
func ParseChecksum(s string) (Checksum, error) {
	var c Checksum
	if len(s) != hex.EncodedLen(len(c)) {
		return c, fmt.Errorf("%w %q: it has %d characters, not 64", ErrChecksum, s, len(s))
	}
	if _, err := hex.Decode(c[:], []byte(s)); err != nil || c.String() != s {
		return Checksum{}, fmt.Errorf("%w %q: it is not lower-case hex", ErrChecksum, s)
	}
	return c, nil
}

// Sum returns the checksum of data.
func Sum(data []byte) Checksum { return sha256.Sum256(data) }

// String returns the text form.
func (c Checksum) String() string { return hex.EncodeToString(c[:]) }
