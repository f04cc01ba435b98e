package worktree

import (
	"bytes"
	"strings"
)

// matcher matches the patterns of attributes files against paths, with git's own
// rules ("wildmatch"), which are those libgit2 has:
//
//	?        one byte, no '/' if whole paths are matched
//	*        any bytes, no '/' likewise
//	**       between slashes or at an end: also slashes, or nothing
//	[…]      one byte of a set, with ranges, [:classes:] and '!' or '^'
//	\x       x itself
//
// A pattern with many stars can take exponential time, and a set be as long as the
// file it is in: fuel is how many bytes may still be looked at. When it runs out more
// is asked for, once.
type matcher struct {
	fuel   int
	refill func(steps int64) error // nil if there is no more
	err    error                   // why there is no more
}

// refillSize is some milliseconds of matching.
const refillSize = 1 << 20

// burn takes fuel for n bytes, and reports whether there was enough.
func (m *matcher) burn(n int) bool {
	if m.fuel -= n; m.fuel >= 0 {
		return true
	}
	if m.err == nil && m.refill != nil {
		more := int64(refillSize - m.fuel)
		if m.err = m.refill(workPerMatchStep * more); m.err == nil {
			m.fuel += int(more)
		}
	}
	return m.fuel >= 0
}

// outcome tells a search of a '*' when to give up.
type outcome uint8

const (
	noMatch outcome = iota
	match
	abortAll      // the text ended: no other place of a star will help
	abortToDouble // a '/' stopped a star: only a "**" before it can help
)

// match reports whether pattern matches the whole of text. wholePath says that
// text is a path rather than a name, in which '/' is special.
func (m *matcher) match(pattern, text string, wholePath bool) bool {
	return m.wild(pattern, 0, text, wholePath) == match
}

func (m *matcher) wild(p string, i int, text string, wholePath bool) outcome {
	for ; i < len(p); i++ {
		if !m.burn(1) {
			return abortAll
		}
		c := p[i]
		if c == '*' {
			return m.star(p, i, text, wholePath)
		}
		if text == "" {
			return abortAll
		}
		ok := false
		switch c {
		case '?':
			ok = !wholePath || text[0] != '/'
		case '[':
			var end int
			if ok, end = m.inSet(p[i+1:], text[0]); end < 0 {
				return abortAll
			}
			ok = ok && !(wholePath && text[0] == '/')
			i += end
		case '\\':
			i++
			ok = i < len(p) && text[0] == p[i]
		default:
			ok = text[0] == c
		}
		if !ok {
			return noMatch
		}
		text = text[1:]
	}
	if text != "" {
		return noMatch
	}
	return match
}

// star matches from a '*' at p[i] on.
func (m *matcher) star(p string, i int, text string, wholePath bool) outcome {
	start := i
	for i < len(p) && p[i] == '*' {
		i++
	}
	if !m.burn(i - start + len(text)/32) { // of which a slash is looked for
		return abortAll
	}
	rest := p[i:]
	slashes := !wholePath
	if wholePath && i-start > 1 && (start == 0 || p[start-1] == '/') &&
		(rest == "" || rest[0] == '/' || strings.HasPrefix(rest, `\/`)) {
		if rest != "" && rest[0] == '/' && m.wild(p, i+1, text, wholePath) == match {
			return match
		}
		slashes = true
	}
	switch slash := strings.IndexByte(text, '/'); {
	case rest == "" && (slashes || slash < 0):
		return match
	case rest == "":
		return noMatch
	case !slashes && rest[0] == '/':
		if slash < 0 {
			return noMatch
		}
		return m.wild(p, i+1, text[slash+1:], wholePath)
	}
	return m.tryAll(p, i, text, wholePath, slashes)
}

// tryAll tries what follows a star at each place of the text it may reach.
func (m *matcher) tryAll(p string, i int, text string, wholePath, slashes bool) outcome {
	for text != "" {
		if !m.burn(1) {
			return abortAll
		}
		if !strings.ContainsRune(`*?[\`, rune(p[i])) {
			at := strings.IndexByte(text, p[i])
			if !m.burn(max(at, 0)) {
				return abortAll
			}
			if at < 0 || !slashes && strings.IndexByte(text[:at], '/') >= 0 {
				return noMatch
			}
			text = text[at:]
		}
		switch got := m.wild(p, i, text, wholePath); {
		case got == noMatch:
			if !slashes && text[0] == '/' {
				return abortToDouble
			}
		case !slashes || got != abortToDouble:
			return got
		}
		text = text[1:]
	}
	return abortAll
}

// inSet reports whether c is in the set that p begins with, without its '[', and
// how long the set is with its ']'; negative if it does not end or names a class
// that is none.
func (m *matcher) inSet(p string, c byte) (in bool, length int) {
	i := 0
	negated := p != "" && (p[0] == '!' || p[0] == '^')
	if negated {
		i++
	}
	var last byte // the byte that a '-' would range from, 0 after a range
	for first := true; ; first = false {
		if i >= len(p) {
			return false, -1
		}
		if p[i] == ']' && !first {
			return in != negated, i + 1
		}
		hit, next, n := m.setItem(p[i:], c, last)
		if n < 0 || !m.burn(n) {
			return false, -1
		}
		in, last, i = in || hit, next, i+n
	}
}

// setItem matches c against the first item of a set. It returns the byte that a
// range could begin with and how long the item is, negative if it is none.
func (m *matcher) setItem(p string, c, last byte) (hit bool, next byte, length int) {
	switch {
	case p[0] == '\\':
		if len(p) < 2 {
			return false, 0, -1
		}
		return c == p[1], p[1], 2
	case p[0] == '-' && last != 0 && len(p) > 1 && p[1] != ']':
		high, n := p[1], 2
		if high == '\\' {
			if len(p) < 3 {
				return false, 0, -1
			}
			high, n = p[2], 3
		}
		return last <= c && c <= high, 0, n
	case strings.HasPrefix(p, "[:"):
		return m.classItem(p, c)
	}
	return c == p[0], p[0], 1
}

func (m *matcher) classItem(p string, c byte) (hit bool, next byte, length int) {
	end := strings.IndexByte(p, ']')
	if end < 0 || !m.burn(end) {
		return false, 0, -1
	}
	if end < 3 || p[end-1] != ':' { // no ":]": the '[' stands for itself
		return c == '[', '[', 1
	}
	is, ok := classes[p[2:end-1]]
	if !ok {
		return false, 0, -1
	}
	return is(c), 0, end + 1
}

func between(low, high byte) func(byte) bool {
	return func(c byte) bool { return low <= c && c <= high }
}

var (
	isDigit = between('0', '9')
	isLower = between('a', 'z')
	isUpper = between('A', 'Z')
	isGraph = between('!', '~')
)

func isAlpha(c byte) bool { return isLower(c | 0x20) }

var classes = map[string]func(byte) bool{
	"alnum":  func(c byte) bool { return isAlpha(c) || isDigit(c) },
	"alpha":  isAlpha,
	"blank":  func(c byte) bool { return c == ' ' || c == '\t' },
	"cntrl":  func(c byte) bool { return c < ' ' || c == 0x7f },
	"digit":  isDigit,
	"graph":  isGraph,
	"lower":  isLower,
	"print":  between(' ', '~'),
	"punct":  func(c byte) bool { return isGraph(c) && !isAlpha(c) && !isDigit(c) },
	"space":  isSpace,
	"upper":  isUpper,
	"xdigit": func(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' },
}

// isSpace: the white space of the C locale.
func isSpace(c byte) bool { return bytes.IndexByte([]byte(" \t\n\v\f\r"), c) >= 0 }
