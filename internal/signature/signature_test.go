package signature_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"cargohome/internal/signature"
)

// Keys that Debian's minisign made, without a passphrase.
const (
	public = "untrusted comment: minisign public key 282386FB209B433B\nRWQ7Q5sg+4YjKBQbTq5bkWWcWoUsWQN16kWYUh+E8RUfOiJBYN00ZDTG\n"
	secret = "untrusted comment: minisign encrypted secret key\nRWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAO0ObIPuGIygpy5XxaJE/cVhEhpc945XFWvRzJHrWO5bLFxXfpZ+QhxQbTq5bkWWcWoUsWQN16kWYUh+E8RUfOiJBYN00ZDTGAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"

	// of "hi\n", by that key: by its hash, and the old way
	hashed = "untrusted comment: signature from minisign secret key\nRUQ7Q5sg+4YjKKLa0qavlnl3DRJkroE+fXe/umHGTWFLTk96uPufUsU7mLJ9empLd+HJKWusQNHom7E9BSc8Egshoh0BoxnVCw0=\ntrusted comment: timestamp:1795735311\tfile:f\thashed\nx3oyitf6FEpoYmT2ahlxQl/ZD/Skz64yICk6U6u121Kqqgi1sNlYg8nELlMcc436bQT8eUQ/fkL6hEXsibbKBw==\n"
	legacy = "untrusted comment: signature from minisign secret key\nRWQ7Q5sg+4YjKPS0dASlE4uxEQgTr+8Pr5C/oQF9xm4ObTzdW3w5Y8iNwTjoJ87dqkCrlOli/8Tsnq5XDmYIH2KTU2/3WIdQrQ4=\ntrusted comment: timestamp:1795735311\tfile:f\nNftJAPcHlzms74ppeGe3BWOo6mgE4+v5p81XXL5obbnzbRr2OofM7hJBr7A7vJ9SJcdkiGNMZqZOMlc/d6PhBQ==\n"

	// the same secret key, under the passphrase "secret words"
	protected = "untrusted comment: minisign encrypted secret key\nRWRTY0IyAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8AgAAAAAAAAAAAAAEAAAAAd6cIWaAzbdT9NuLVQRfNDarAFnuN882VYDLMpQhC6Xb11Pdk3J6kYiUpRrywbPSH7mVgipAGemjbRA0udfTPw1Sx2unZgipIAdZqFMNx1htYO855kZtDPS62qSWAPdeoAMcaj1Hpq5U=\n"

	// another's
	stranger = "RWTLv08TbPsA293ejMUs8seBE3jMkKYs/1tRNBSXGG4dkncBJNQncmAN"
)

func parsePublic(t *testing.T, text string) signature.Public {
	t.Helper()
	p, err := signature.ParsePublic(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func parseSecret(t *testing.T) *signature.Secret {
	t.Helper()
	s, err := signature.ParseSecret([]byte(secret), func() (string, error) { panic("the key has no passphrase") })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestVerify(t *testing.T) {
	key, other := parsePublic(t, public), parsePublic(t, stranger)
	trusted := []signature.Public{other, key}
	for name, text := range map[string]string{"hashed": hashed, "legacy": legacy, "with line ends of Windows": strings.ReplaceAll(hashed, "\n", "\r\n")} {
		if by, err := signature.Verify(strings.NewReader("hi\n"), []byte(text), trusted); err != nil || by.ID() != "282386FB209B433B" {
			t.Errorf("%s: by %s, %v", name, by.ID(), err)
		}
		if _, err := signature.Verify(strings.NewReader("hi"), []byte(text), trusted); !errors.Is(err, signature.ErrInvalid) {
			t.Errorf("%s: of something else: %v", name, err)
		}
		if _, err := signature.Verify(strings.NewReader("hi\n"), []byte(text), trusted[:1]); !errors.Is(err, signature.ErrUntrusted) {
			t.Errorf("%s: by a key that is not trusted: %v", name, err)
		}
		if _, err := signature.Verify(strings.NewReader("hi\n"), []byte(strings.Replace(text, "file:f", "file:g", 1)), trusted); !errors.Is(err, signature.ErrInvalid) {
			t.Errorf("%s: with another comment: %v", name, err)
		}
	}
	for _, text := range []string{"", "hi", hashed[:100], strings.Replace(hashed, "RUQ7", "RVQ7", 1), strings.Replace(hashed, "untrusted ", "", 1)} {
		if _, err := signature.Verify(strings.NewReader("hi\n"), []byte(text), trusted); !errors.Is(err, signature.ErrInvalid) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestSign(t *testing.T) {
	s := parseSecret(t)
	one, err := s.Sign(strings.NewReader("content"), "of a test")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.Sign(strings.NewReader("content"), "of a test"); err != nil || !bytes.Equal(one, again) {
		t.Errorf("the same is signed otherwise: %v", err)
	}
	if by, err := signature.Verify(strings.NewReader("content"), one, []signature.Public{s.Public()}); err != nil || by.String() != parsePublic(t, public).String() {
		t.Errorf("%s, %v", by, err)
	}
}

func TestParse(t *testing.T) {
	for _, text := range []string{"", "x", secret, public[:90], "untrusted comment: x\n"} {
		if _, err := signature.ParsePublic(text); !errors.Is(err, signature.ErrKey) {
			t.Errorf("public key %q: %v", text, err)
		}
	}
	for _, text := range []string{"", "x", public, secret[:100]} {
		if _, err := signature.ParseSecret([]byte(text), nil); !errors.Is(err, signature.ErrKey) {
			t.Errorf("secret key %q: %v", text, err)
		}
	}
}

// A key under a passphrase, made with little work: minisign itself takes a gigabyte.
func TestParseSecret_passphrase(t *testing.T) {
	text := []byte(protected)
	for phrase, want := range map[string]error{"secret words": nil, "others": signature.ErrPassphrase, "": signature.ErrPassphrase} {
		asked := 0
		s, err := signature.ParseSecret(text, func() (string, error) { asked++; return phrase, nil })
		if !errors.Is(err, want) || asked != 1 || want == nil && s.Public().ID() != "282386FB209B433B" {
			t.Errorf("%q: %v, asked %d times", phrase, err, asked)
		}
	}
	no := errors.New("nobody there")
	if _, err := signature.ParseSecret(text, func() (string, error) { return "", no }); err != no {
		t.Errorf("error %v", err)
	}
}
