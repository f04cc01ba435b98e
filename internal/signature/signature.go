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
// returns that key. The error matches [ErrUntrusted] or [ErrInvalid], or is that of reading.
func Verify(content io.Reader, signature []byte, trusted []Public) (Public, error) {
	var s minisign.Signature
	if err := s.UnmarshalText(bytes.ReplaceAll(signature, []byte("\r\n"), []byte("\n"))); err != nil {
		return Public{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	keys := slices.DeleteFunc(slices.Clone(trusted), func(p Public) bool { return p.key.ID() != s.KeyID })
	if len(keys) == 0 {
		return Public{}, fmt.Errorf("%w, but by %s", ErrUntrusted, keyID(s.KeyID))
	}
	made, err := maker(content, s)
	if err != nil {
		return Public{}, err
	}
	for _, p := range keys {
		if made(p.key) {
			return p, nil
		}
	}
	return Public{}, fmt.Errorf("%w: key %s did not make it of this", ErrInvalid, keyID(s.KeyID))
}

// maker reads content, and returns a function that tells whether a key made a signature of
// it.
func maker(content io.Reader, s minisign.Signature) (made func(minisign.PublicKey) bool, err error) {
	text, err := s.MarshalText()
	if err != nil {
		return nil, err
	}
	if s.Algorithm == minisign.HashEdDSA {
		r := minisign.NewReader(content)
		_, err := io.Copy(io.Discard, r)
		return func(key minisign.PublicKey) bool { return r.Verify(key, text) }, err
	}
	data, err := io.ReadAll(io.LimitReader(content, maxHeld+1))
	if err == nil && len(data) > maxHeld {
		err = fmt.Errorf("%w: it is of the old kind, of more than %d bytes", ErrInvalid, maxHeld)
	}
	return func(key minisign.PublicKey) bool { return minisign.Verify(key, data, text) }, err
}

// maxHeld bounds what is signed by a signature of the old kind: it has to be held.
const maxHeld = 64 << 20
