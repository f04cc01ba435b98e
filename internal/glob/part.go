package glob

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Part matches one name of a path, by the rules of the glob crate (0.3.3, default
// options): '?' is any character, '*' any text, [abc], [a-z] and [!a]
// classes, with no escape but a class; names starting with a dot are nothing
// special. "**" stands for any number of folders, which is for the caller to do.
type Part struct {
	Text      string // as it was read
	Meta      bool   // not a plain name
	Recursive bool   // "**"

	tokens []token
	last   int // the number of the last token that is any text, -1 if none is
}

type tokenKind uint8

const (
	oneOf tokenKind = iota // a character or class
	anyOne
	anyText
)

type token struct {
	kind   tokenKind
	negate bool
	ranges []runeRange
}

type runeRange struct{ low, high rune }

// maxPart bounds one part of a pattern, in bytes, as file systems bound names.
const maxPart = 1024

// ParsePart reads a part of a pattern.
func ParsePart(text string) (*Part, error) {
	if len(text) > maxPart {
		return nil, fmt.Errorf("more than %d bytes in a part of it", maxPart)
	}
	p := &Part{Text: text, Recursive: text == "**", last: -1}
	if !p.Recursive && strings.Contains(text, "**") {
		return nil, errors.New("\"**\" must be a whole part of the path")
	}
	for rest := []rune(text); len(rest) > 0; {
		t, n := nextToken(rest)
		if n == 0 {
			return nil, errors.New("a '[' has no end")
		}
		p.Meta = p.Meta || t.kind != oneOf || rest[0] == '['
		if t.kind == anyText {
			p.last = len(p.tokens)
		}
		p.tokens = append(p.tokens, t)
		rest = rest[n:]
	}
	return p, nil
}

// nextToken returns the first token and the characters it takes, 0 for a class
// without end.
func nextToken(s []rune) (token, int) {
	switch s[0] {
	case '?':
		return token{kind: anyOne}, 1
	case '*':
		return token{kind: anyText}, 1
	case '[':
		return class(s)
	}
	return token{ranges: []runeRange{{s[0], s[0]}}}, 1
}

// class reads [set] or [!set]. A ']' directly after the opening belongs to the
// set, which is how brackets are escaped.
func class(s []rune) (token, int) {
	start := 1
	if len(s) > 1 && s[1] == '!' {
		start = 2
	}
	if len(s) < start+2 {
		return token{}, 0
	}
	end := slices.Index(s[start+1:], ']')
	if end < 0 {
		return token{}, 0
	}
	end += start + 1
	return token{negate: start == 2, ranges: ranges(s[start:end])}, end + 1
}

func ranges(set []rune) []runeRange {
	var out []runeRange
	for len(set) > 0 {
		if len(set) >= 3 && set[1] == '-' {
			out, set = append(out, runeRange{set[0], set[2]}), set[3:]
		} else {
			out, set = append(out, runeRange{set[0], set[0]}), set[1:]
		}
	}
	return out
}

func (t token) matches(r rune) bool {
	if t.kind == anyOne {
		return true
	}
	in := slices.ContainsFunc(t.ranges, func(x runeRange) bool { return x.low <= r && r <= x.high })
	return in != t.negate
}

// Match reports whether the whole of name matches. After a mismatch only the '*' before
// takes one character more, so the time is at most the product of the lengths. As in the glob
// crate no name that is not UTF-8 matches.
func (p *Part) Match(name string) bool {
	matches, _ := p.match(name)
	return matches
}

// match also returns how many steps it took.
func (p *Part) match(name string) (matches bool, steps int) {
	steps = 4 + len(name)/4
	if !utf8.ValidString(name) {
		return false, steps
	}
	s := []rune(name)
	at, tok := 0, 0
	star, mark := -1, 0
	for ; at < len(s); steps++ {
		switch {
		case tok < len(p.tokens) && p.tokens[tok].kind == anyText:
			star, mark = tok, at
			tok++
			if star == p.last { // what is behind it is the end of the name
				star = -1
				if mark = len(s) - (len(p.tokens) - tok); mark < at {
					return false, steps
				}
				at = mark
			}
		case tok < len(p.tokens) && p.tokens[tok].matches(s[at]):
			at, tok = at+1, tok+1
		case star >= 0:
			mark++
			at, tok = mark, star+1
		default:
			return false, steps
		}
	}
	for tok < len(p.tokens) && p.tokens[tok].kind == anyText {
		tok++
	}
	return tok == len(p.tokens), steps
}
