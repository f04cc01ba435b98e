package manifest

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// checkPlatform checks a key of [target]: the name of a platform, or an
// expression cfg(…) of all(…), any(…), not(…), names and name = "value"
// (cargo-platform 0.3.3).
func checkPlatform(text string) error {
	inner, isCfg := strings.CutPrefix(text, "cfg(")
	inner, closed := strings.CutSuffix(inner, ")")
	if !isCfg || !closed {
		if strings.ContainsFunc(text, notPlatformRune) {
			return fmt.Errorf("target %q is not a platform", text)
		}
		return nil
	}
	p := platformParser{tokens: platformTokens(inner)}
	if !p.expression(0) || p.next() != "" {
		return fmt.Errorf("target %q: %w", text, errPlatform)
	}
	return nil
}

var errPlatform = errors.New("it is not an expression")

func notPlatformRune(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !strings.ContainsRune("_-.", r)
}

// platformTokens cuts an expression into names, strings with their first quote,
// and single characters.
func platformTokens(s string) []string {
	var tokens []string
	for s = strings.TrimLeft(s, " "); s != ""; s = strings.TrimLeft(s, " ") {
		n := tokenLength(s)
		tokens = append(tokens, s[:n])
		s = s[n:]
	}
	return tokens
}

func tokenLength(s string) int {
	if s[0] == '"' {
		if i := strings.IndexByte(s[1:], '"'); i >= 0 {
			return 1 + i + 1
		}
		return len(s)
	}
	n := 0
	if strings.HasPrefix(s, "r#") {
		n = 2
	}
	for n < len(s) && isIdent(s[n]) {
		n++
	}
	return max(n, 1)
}

func isIdent(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

type platformParser struct{ tokens []string }

// next returns the next token without passing it, "" at the end.
func (p *platformParser) next() string {
	if len(p.tokens) == 0 {
		return ""
	}
	return p.tokens[0]
}

func (p *platformParser) accept(token string) bool {
	if p.next() != token || len(p.tokens) == 0 {
		return false
	}
	p.tokens = p.tokens[1:]
	return true
}

// maxPlatform bounds how deep expressions nest.
const maxPlatform = 128

func (p *platformParser) expression(depth int) bool {
	if depth > maxPlatform {
		return false
	}
	switch {
	case p.accept("all") || p.accept("any"):
		return p.accept("(") && p.list(depth+1)
	case p.accept("not"):
		return p.accept("(") && p.expression(depth+1) && p.accept(")")
	case !isName(p.next()):
		return false
	}
	p.tokens = p.tokens[1:]
	return !p.accept("=") || p.text()
}

// isName takes a raw name, r#all, for a name like any other.
func isName(token string) bool {
	name := strings.TrimPrefix(token, "r#")
	return name != "" && isIdent(name[0]) && !unicode.IsDigit(rune(name[0]))
}

// list reads what follows the opening of all( and any(.
func (p *platformParser) list(depth int) bool {
	for !p.accept(")") {
		if !p.expression(depth) {
			return false
		}
		if !p.accept(",") {
			return p.accept(")")
		}
	}
	return true
}

func (p *platformParser) text() bool {
	token := p.next()
	if len(token) < 2 || token[0] != '"' || token[len(token)-1] != '"' {
		return false
	}
	p.tokens = p.tokens[1:]
	return true
}
