// Package signature signs and checks in minisign's format, so that what is signed here
// can be checked by minisign alone, and the other way round.
//
//	untrusted comment: …
//	BASE64( "ED" KEY-ID SIGNATURE )            of BLAKE2b-512 of what is signed; "Ed" of itself
//	trusted comment: …
//	BASE64( SIGNATURE )                        of the signature above and the trusted comment
//
// Signatures are Ed25519. What is signed here is signed as minisign does by default, by
// its hash; of what others signed both kinds are checked. A public key is a line of Base64,
// with or without its comment above; a secret one is the same, and mostly under a
// passphrase, by scrypt: that takes minisign, and us, 1 GiB of memory for some seconds.
//
// The same key, content and comment make the same signature. There is no time in it.
//
// Source: jedisct1.github.io/minisign; aead.dev/minisign.
package signature

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"aead.dev/minisign"
)

// MaxSize is the most bytes a signature or key may have, with its comments.
const MaxSize = 8 << 10

var (
	// ErrKey is matched by the error for text that is no key.
	ErrKey = errors.New("not a key of minisign's")
	// ErrPassphrase is matched by the error for a passphrase that does not open a key.
	ErrPassphrase = errors.New("the passphrase does not open the key")
	// ErrUntrusted is matched by the error for a signature that none of the keys given made.
	ErrUntrusted = errors.New("signed by a key that is not trusted")
	// ErrInvalid is matched by the error for what is no signature, or one of something else.
	ErrInvalid = errors.New("the signature is not valid")
)

// Secret is a key to sign with. It is safe for concurrent use.
type Secret struct{ key minisign.PrivateKey }

// ParseSecret reads a secret key. If it is under a passphrase, that is asked for once, by
// passphrase. The error matches [ErrKey] or [ErrPassphrase], or is that of asking. It
// quotes nothing of the key.
func ParseSecret(text []byte, passphrase func() (string, error)) (*Secret, error) {
	s := &Secret{}
	if !minisign.IsEncrypted(text) {
		if err := s.key.UnmarshalText(text); err != nil {
			return nil, ErrKey
		}
		return s, nil
	}
	phrase, err := passphrase()
	if err != nil {
		return nil, err
	}
	if s.key, err = minisign.DecryptKey(phrase, text); err != nil {
		return nil, ErrPassphrase
	}
	return s, nil
}

// Sign reads what is to be signed, and returns the signature with a comment of one line
// that is signed too.
func (s *Secret) Sign(content io.Reader, comment string) ([]byte, error) {
	r := minisign.NewReader(content)
	if _, err := io.Copy(io.Discard, r); err != nil {
		return nil, err
	}
	return r.SignWithComments(s.key, comment, "signature from cargohome, checked by minisign -V"), nil
}

// Public returns the key that checks what s signs.
func (s *Secret) Public() Public {
	return Public{s.key.Public().(minisign.PublicKey)}
}

// Public is a key to check signatures with.
type Public struct{ key minisign.PublicKey }

// ParsePublic reads a public key: the text of its file, or the one line of it that counts.
// The error matches [ErrKey].
func ParsePublic(text string) (Public, error) {
	var p Public
	if err := p.key.UnmarshalText([]byte(strings.TrimSpace(text))); err != nil {
		return Public{}, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return p, nil
}

// ID returns the number that minisign tells the key by, in hexadecimal.
func (p Public) ID() string { return keyID(p.key.ID()) }

func keyID(id uint64) string { return fmt.Sprintf("%016X", id) }

// String returns the key as a line of Base64, which [ParsePublic] reads.
func (p Public) String() string { return p.key.String() }

// Verify reads content to its end, if a key of that signature is among those trusted, and
// returns that key. Errors are those of [NewReader] and [Reader.Check], or of reading.
func Verify(content io.Reader, signature []byte, trusted []Public) (Public, error) {
	r, err := NewReader(content, signature, trusted)
	if err != nil {
		return Public{}, err
	}
	if _, err := io.Copy(io.Discard, r); err != nil {
		return Public{}, err
	}
	return r.Check()
}

// Reader reads what is signed, for somebody else, who believes it only after Check.
type Reader struct {
	content   *minisign.Reader
	signature minisign.Signature
	keys      []Public
	held      []byte // of what is signed by itself, not by its hash
}

// maxHeld bounds what is signed by a signature of the old kind: it has to be held.
const maxHeld = 64 << 20

// NewReader returns a Reader of content. The error matches [ErrUntrusted] if none of the
// keys given made the signature, or [ErrInvalid] if it is none.
func NewReader(content io.Reader, signature []byte, trusted []Public) (*Reader, error) {
	r := &Reader{content: minisign.NewReader(content)}
	if err := r.signature.UnmarshalText(bytes.ReplaceAll(signature, []byte("\r\n"), []byte("\n"))); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	r.keys = slices.DeleteFunc(slices.Clone(trusted), func(p Public) bool { return p.key.ID() != r.signature.KeyID })
	if len(r.keys) == 0 {
		return nil, fmt.Errorf("%w, but by %s", ErrUntrusted, keyID(r.signature.KeyID))
	}
	return r, nil
}

// Read implements io.Reader.
func (r *Reader) Read(b []byte) (int, error) {
	n, err := r.content.Read(b)
	if r.signature.Algorithm == minisign.EdDSA && len(r.held) <= maxHeld {
		r.held = append(r.held, b[:n]...)
	}
	return n, err
}

// Check returns the key that signed what was read. The error matches [ErrInvalid].
func (r *Reader) Check() (Public, error) {
	text, err := r.signature.MarshalText()
	if err != nil {
		return Public{}, err
	}
	if len(r.held) > maxHeld {
		return Public{}, fmt.Errorf("%w: it is of the old kind, of more than %d bytes", ErrInvalid, maxHeld)
	}
	for _, p := range r.keys {
		if r.signature.Algorithm == minisign.HashEdDSA && r.content.Verify(p.key, text) ||
			r.signature.Algorithm == minisign.EdDSA && minisign.Verify(p.key, r.held, text) {
			return p, nil
		}
	}
	return Public{}, fmt.Errorf("%w: key %s did not make it of this", ErrInvalid, keyID(r.signature.KeyID))
}
