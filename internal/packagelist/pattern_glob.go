package packagelist

import (
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"
)

// maxGlob bounds a glob that is more than text, in bytes. With a path of as many it
// takes some tenths of a second.
const maxGlob = 4 << 10

var (
	errNotUTF8       = errors.New("not UTF-8")
	errDangling      = errors.New(`dangling "\"`)
	errUnclosedBrace = errors.New(`unclosed "{"`)
	errUnopenedBrace = errors.New(`"}" without "{"`)
	errTooDeep       = errors.New("too deep or too large")
)

// A glob is a pattern ready to be matched against whole paths. Most are plain
// text, perhaps at any depth; the others are a regular expression, which Go
// matches in linear time, behind a comparison of the text at their two ends.
type glob struct {
	prefix, suffix string // plain text that every match starts and ends with
	exact          bool   // the path must be suffix
	anyDepth       bool   // the path must be suffix, or end with "/" and suffix
	re             *regexp.Regexp
	size           int // of the text, in bytes
}

// A candidate is a path to match: as it is, and with each byte as a character
// of its own, because globs match bytes and regular expressions characters.
type candidate struct {
	path, bytes string
	spend       func(steps int64) error // for regular expressions; nil for a small matter
	err         error                   // why no more are tried
}

func newCandidate(path string) *candidate {
	c := &candidate{path: path, bytes: path}
	for i := range len(path) {
		if path[i] >= utf8.RuneSelf {
			c.bytes = widen(path)
			break
		}
	}
	return c
}

func widen(path string) string {
	wide := make([]rune, len(path))
	for i := range len(path) {
		wide[i] = rune(path[i])
	}
	return string(wide)
}

// parseGlob prepares a glob for matching.
func parseGlob(text string, d dialect) (*glob, error) {
	tokens, err := parseTokens(text, d)
	if err != nil {
		return nil, err
	}
	g := &glob{prefix: leadingText(tokens), suffix: trailingText(tokens), size: len(text)}
	switch {
	case allText(tokens):
		g.exact = true
	case len(tokens) > 1 && tokens[0].op == opAnyFolders && allText(tokens[1:]):
		g.anyDepth = true
	case len(text) > maxGlob:
		return nil, errTooDeep
	default:
		if g.re, err = regexp.Compile(expression(tokens)); err != nil {
			return nil, errTooDeep // nothing else can be wrong with it
		}
	}
	return g, nil
}

func (g *glob) match(c *candidate) bool {
	switch {
	case g.exact:
		return c.path == g.suffix
	case !strings.HasPrefix(c.path, g.prefix) || !strings.HasSuffix(c.path, g.suffix):
		return false
	case g.anyDepth:
		rest := len(c.path) - len(g.suffix)
		return rest == 0 || c.path[rest-1] == '/'
	}
	if c.spend != nil && c.err == nil {
		c.err = c.spend(workPerMatchedByte * int64(len(c.path)) * int64(g.size))
	}
	return c.err == nil && g.re.MatchString(c.bytes)
}
