package crate

import (
	"fmt"
	"strings"

	whatwg "github.com/nlnwa/whatwg-url/url"
)

// parsedURL is a URL as the WHATWG standard reads and prints it, which is what
// Cargo's url crate does and what enters folder names.
type parsedURL struct{ u *whatwg.Url }

func parseURL(s string) (*parsedURL, error) {
	u, err := whatwg.Parse(s)
	if err != nil {
		return nil, fmt.Errorf("%w: %q is not a URL", ErrSource, Redact(s))
	}
	if u.OpaquePath() {
		return nil, fmt.Errorf("%w: %q has no '//' after its scheme", ErrSource, Redact(s))
	}
	return &parsedURL{u}, nil
}

func (p *parsedURL) String() string   { return p.u.Href(false) }
func (p *parsedURL) query() string    { return p.u.Query() }
func (p *parsedURL) fragment() string { return p.u.Fragment() }

func (p *parsedURL) stripQueryAndFragment() {
	p.u.SetSearch("")
	p.u.SetHash("")
}

// Host returns the host of the source's URL for use in a folder name: without
// port or user, "" where there is none.
func (s SourceID) Host() string {
	u, err := parseURL(s.url)
	if err != nil {
		return ""
	}
	return u.u.Hostname()
}

// formEncode is the encoding of HTML forms: what a version 4 lockfile uses for
// references.
func formEncode(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9', strings.IndexByte("*-._", c) >= 0:
			b.WriteByte(c)
		case c == ' ':
			b.WriteByte('+')
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// formDecode undoes formEncode and leaves a '%' that starts no escape alone, as
// the url crate does.
func formDecode(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+':
			b = append(b, ' ')
		case s[i] == '%' && i+2 < len(s) && unhex(s[i+1]) >= 0 && unhex(s[i+2]) >= 0:
			b = append(b, byte(unhex(s[i+1])<<4|unhex(s[i+2])))
			i += 2
		default:
			b = append(b, s[i])
		}
	}
	return strings.ToValidUTF8(string(b), "\uFFFD")
}

func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
