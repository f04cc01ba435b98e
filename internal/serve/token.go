package serve

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
)

// Tokens are those that clients may have. Which it was that did not fit, and by how much, does
// not show in the time that it takes.
type Tokens struct{ sums [][sha256.Size]byte }

// ErrNoToken is the error for a text that has none: it would let nobody in.
var ErrNoToken = errors.New("there is no token in it")

// ParseTokens reads tokens, one a line. Empty lines, and those that begin with '#', are passed
// over.
func ParseTokens(text string) (*Tokens, error) {
	t, n := &Tokens{}, 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if strings.ContainsFunc(line, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return nil, fmt.Errorf("line %d: a token is one word of visible ASCII characters", n)
		}
		t.sums = append(t.sums, sha256.Sum256([]byte(line)))
	}
	if len(t.sums) == 0 {
		return nil, ErrNoToken
	}
	return t, nil
}

// Has reports whether a header Authorization has one of the tokens: cargo sends it as it is,
// others after "Bearer ", and git as a password.
func (t *Tokens) Has(authorization string) bool {
	token := strings.TrimPrefix(authorization, "Bearer ")
	if password, ok := basicToken(authorization); ok {
		token = password
	}
	sum := sha256.Sum256([]byte(token))
	found := 0
	for i := range t.sums {
		found |= subtle.ConstantTimeCompare(sum[:], t.sums[i][:])
	}
	return found == 1
}
