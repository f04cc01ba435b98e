package redeflate

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Limits of a recipe, in bytes.
const (
	MaxHeader = 1 << 10
	MaxRest   = 64 << 10
)

// ErrRecipe says that a recipe is not one, or that it asks for more than it may. What is
// wrong is in the error that wraps it.
var ErrRecipe = errors.New("not a recipe for an archive")

// Encoder is the program that compressed an archive.
type Encoder uint8

// The encoders, as the package comment has them. The numbers are in recipes, and stay.
const (
	Zlib      Encoder = 1
	ZlibRs05  Encoder = 2
	ZlibRs06  Encoder = 3
	Miniz     Encoder = 4
	ZlibLarge Encoder = 5 // memLevel 9
)

var encoderNames = []string{
	Zlib:      "zlib",
	ZlibRs05:  "zlib-rs 0.5",
	ZlibRs06:  "zlib-rs 0.6",
	Miniz:     "miniz",
	ZlibLarge: "zlib, memLevel 9",
}

// String returns the name of the program.
func (e Encoder) String() string {
	if !e.known() {
		return fmt.Sprintf("encoder %d", uint8(e))
	}
	return encoderNames[e]
}

func (e Encoder) known() bool { return e > 0 && int(e) < len(encoderNames) }

// A Recipe makes an archive of its tar. The archive is Header; then of what Encoder makes,
// with the checksum and size that follow it in gzip, the first Kept bytes; then Rest.
type Recipe struct {
	// Encoder has made the archive.
	Encoder Encoder
	Header  []byte // that of gzip, with the archive's name; at most MaxHeader
	Kept    int64  // in bytes
	Rest    []byte // what is different; mostly empty, at most MaxRest
}

// recipeFormat is the first byte of every recipe.
const recipeFormat = 1

// AppendBinary implements encoding.BinaryAppender. It returns no error.
func (r Recipe) AppendBinary(b []byte) ([]byte, error) {
	b = append(b, recipeFormat, byte(r.Encoder))
	b = appendBytes(b, r.Header)
	b = binary.AppendUvarint(b, uint64(r.Kept))
	return appendBytes(b, r.Rest), nil
}

func appendBytes(b, p []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(p))), p...)
}

// ParseRecipe reads what AppendBinary has made. An error is an ErrRecipe. The recipe does
// not share memory with b.
func ParseRecipe(b []byte) (Recipe, error) {
	p := recipeParser{left: b}
	format, encoder := p.byte(), Encoder(p.byte())
	r := Recipe{Encoder: encoder, Header: p.bytes("header", MaxHeader)}
	r.Kept, r.Rest = int64(p.number("size", 1<<62)), p.bytes("rest", MaxRest)
	switch {
	case p.err == nil && format != recipeFormat:
		p.fail("format %d is not known", format)
	case p.err == nil && len(p.left) > 0:
		p.fail("%d bytes too many", len(p.left))
	}
	if p.err == nil {
		p.err = r.check()
	}
	if p.err != nil {
		return Recipe{}, p.err
	}
	return r, nil
}

// check refuses what ParseRecipe may not return.
func (r Recipe) check() error {
	switch {
	case !r.Encoder.known():
		return fmt.Errorf("%w: %v is not known", ErrRecipe, r.Encoder)
	case len(r.Header) > MaxHeader:
		return fmt.Errorf("%w: a header of %d bytes, more than %d", ErrRecipe, len(r.Header), MaxHeader)
	case len(r.Rest) > MaxRest:
		return fmt.Errorf("%w: a rest of %d bytes, more than %d", ErrRecipe, len(r.Rest), MaxRest)
	case r.Kept < 0:
		return fmt.Errorf("%w: a size of %d bytes", ErrRecipe, r.Kept)
	}
	return nil
}

// recipeParser takes a recipe apart. After an error there is nothing more.
type recipeParser struct {
	left []byte
	err  error
}

func (p *recipeParser) fail(format string, args ...any) {
	p.left, p.err = nil, fmt.Errorf("%w: %s", ErrRecipe, fmt.Sprintf(format, args...))
}

func (p *recipeParser) byte() byte {
	if len(p.left) == 0 {
		if p.err == nil {
			p.fail("it ends too early")
		}
		return 0
	}
	b := p.left[0]
	p.left = p.left[1:]
	return b
}

func (p *recipeParser) number(what string, most uint64) uint64 {
	v, n := binary.Uvarint(p.left)
	switch {
	case p.err != nil:
		return 0
	case n <= 0:
		p.fail("its %s is not a number", what)
		return 0
	case v > most:
		p.fail("a %s of %d bytes, more than %d", what, v, most)
		return 0
	}
	p.left = p.left[n:]
	return v
}

func (p *recipeParser) bytes(what string, most uint64) []byte {
	n := p.number(what, most)
	if n > uint64(len(p.left)) {
		p.fail("its %s ends too early", what)
		return nil
	}
	b := slices.Clone(p.left[:n])
	p.left = p.left[n:]
	return b
}
