package packagelist

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxGroups is how deep groups in braces may lie in each other. Cargo's limit,
// of its regular expressions, is lower.
const maxGroups = 200

// A dialect is a way to read globs.
type dialect bool

const (
	braces   dialect = true  // Cargo's include and exclude: {a,b} lists alternatives
	noBraces dialect = false // git's own files
)

type op uint8

const (
	opText       op = iota // the character in text
	opByte                 // "?"
	opName                 // "*"
	opAnyFolders           // "**/" at the start: no, one or more folders
	opInside               // "/**" at the end: anything below
	opBetween              // "/**/": one slash, or one and folders
	opClass                // one byte of class
	opOneOf                // one of the branches
)

type token struct {
	op       op
	text     string
	class    *[256]bool
	branches [][]token
}

// A globParser reads a glob. Like Cargo's it looks one character back and one
// ahead to tell the kinds of "**" apart.
type globParser struct {
	rest     []rune
	prev     rune // before the one being read; 0 at the start
	cur      rune
	dialect  dialect
	unclosed bool // a "[" without "]" was seen, so that every later "[" is text
	open     []int
	branches [][]token // tokens go to the last; open has where groups start
}

func parseTokens(text string, d dialect) ([]token, error) {
	p := &globParser{rest: []rune(text), dialect: d, branches: make([][]token, 1)}
	for p.bump() {
		if err := p.token(); err != nil {
			return nil, err
		}
	}
	if len(p.open) > 0 {
		return nil, errUnclosedBrace
	}
	return p.branches[0], nil
}

// bump moves on to the next character and says whether there is one.
func (p *globParser) bump() bool {
	p.prev, p.cur = p.cur, 0
	if len(p.rest) == 0 {
		return false
	}
	p.cur, p.rest = p.rest[0], p.rest[1:]
	return true
}

// peek returns the next character, 0 if there is none.
func (p *globParser) peek() rune {
	if len(p.rest) == 0 {
		return 0
	}
	return p.rest[0]
}

func (p *globParser) push(t token) {
	last := &p.branches[len(p.branches)-1]
	*last = append(*last, t)
}

func (p *globParser) pushText() { p.push(token{text: string(p.cur)}) }

func (p *globParser) token() error {
	switch {
	case p.cur == '?':
		p.push(token{op: opByte})
	case p.cur == '*':
		p.star()
	case p.cur == '[' && !p.unclosed:
		return p.class()
	case p.cur == '\\':
		if !p.bump() {
			return errDangling
		}
		p.pushText()
	case p.dialect == braces && strings.ContainsRune("{},", p.cur):
		return p.brace()
	default:
		p.pushText()
	}
	return nil
}

func (p *globParser) brace() error {
	switch {
	case p.cur == '{' && len(p.open) == maxGroups:
		return errTooDeep
	case p.cur == '{':
		p.open = append(p.open, len(p.branches))
		p.branches = append(p.branches, nil)
	case len(p.open) == 0 && p.cur == '}':
		return errUnopenedBrace
	case len(p.open) == 0:
		p.pushText()
	case p.cur == ',':
		p.branches = append(p.branches, nil)
	default:
		p.closeGroup()
	}
	return nil
}

func (p *globParser) closeGroup() {
	start := p.open[len(p.open)-1]
	p.open = p.open[:len(p.open)-1]
	group := slices.Clone(p.branches[start:])
	p.branches = p.branches[:start]
	p.push(token{op: opOneOf, branches: group})
}

// star reads "*" or "**". A "**" that is not a whole name of the path means
// two stars, so one.
func (p *globParser) star() {
	before := p.prev
	if p.peek() != '*' {
		p.push(token{op: opName})
		return
	}
	p.bump()
	last := &p.branches[len(p.branches)-1]
	switch next := p.peek(); {
	case len(*last) == 0 && (len(p.rest) == 0 || next == '/'):
		p.push(token{op: opAnyFolders})
		p.bump()
	case len(*last) == 0 || !p.wholeName(before):
		p.push(token{op: opName})
	case next == '/':
		p.bump()
		replaceSlash(last, opBetween)
	default:
		replaceSlash(last, opInside)
	}
}

// wholeName says whether a "**" just read, within a glob, is a name of its own.
func (p *globParser) wholeName(before rune) bool {
	inGroup := len(p.branches) > 1
	starts := before == '/' || inGroup && (before == ',' || before == '{')
	next := p.peek()
	ends := len(p.rest) == 0 || next == '/' || inGroup && (next == ',' || next == '}')
	return starts && ends
}

// replaceSlash puts what a "**" means in the place of the slash before it. Two
// in a row are one, and the first says which.
func replaceSlash(branch *[]token, op op) {
	t := &(*branch)[len(*branch)-1]
	if t.op != opAnyFolders && t.op != opInside {
		*t = token{op: op}
	}
}

// class reads "[…]". One that is not closed is text.
func (p *globParser) class() error {
	saved := *p
	negate := p.peek() == '!' || p.peek() == '^'
	if negate {
		p.bump()
	}
	var ranges [][2]rune
	first, inRange := true, false
	for p.bump() {
		switch last := len(ranges) - 1; {
		case p.cur == ']' && !first:
			if inRange {
				ranges = append(ranges, [2]rune{'-', '-'})
			}
			p.push(token{op: opClass, class: byteSet(ranges, negate)})
			return nil
		case inRange && p.cur < ranges[last][0]:
			return fmt.Errorf("invalid range %q to %q", ranges[last][0], p.cur)
		case inRange: // a second one from the same start replaces the first
			ranges[last][1], inRange = p.cur, false
		case p.cur == '-' && !first:
			inRange = true
		default:
			ranges = append(ranges, [2]rune{p.cur, p.cur})
		}
		first = false
	}
	*p = saved
	p.unclosed = true
	p.pushText()
	return nil
}

// byteSet makes ranges of characters a set of bytes, as Cargo does: the bytes
// of the two ends stand for themselves, and a range lies between the last byte
// of the first character and the first byte of the last one.
func byteSet(ranges [][2]rune, negate bool) *[256]bool {
	var set [256]bool
	for _, r := range ranges {
		low, high := utf8.AppendRune(nil, r[0]), utf8.AppendRune(nil, r[1])
		for _, b := range slices.Concat(low, high) {
			set[b] = true
		}
		for b := int(low[len(low)-1]); r[0] != r[1] && b <= int(high[0]); b++ {
			set[b] = true
		}
	}
	for i := range set {
		set[i] = set[i] != negate
	}
	return &set
}
