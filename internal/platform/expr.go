package platform

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// A Platform is the key of a [target] table. The zero value is that of a dependency in no
// such table and matches everywhere.
type Platform struct {
	text  string
	named bool // text is the name of a target
	expr  *expr
	parts int // of the expression
}

// ErrSyntax is matched by the error for a text that is no platform.
var ErrSyntax = errors.New("not a platform")

const (
	maxNesting = 128     // of expressions; Cargo's own bound is its stack
	maxParts   = 1 << 12 // of one, each about 100 bytes of memory
)

// Parse reads the key of a [target] table. The error matches [ErrSyntax] and leaves it to
// the caller to say what was read.
func Parse(text string) (Platform, error) {
	inner, isCfg := strings.CutPrefix(text, "cfg(")
	inner, closed := strings.CutSuffix(inner, ")")
	if !isCfg || !closed {
		if strings.ContainsFunc(text, notInTriple) {
			return Platform{}, ErrSyntax
		}
		return Platform{text: text, named: true}, nil
	}
	p := parser{rest: inner}
	p.step()
	e := p.expression(0)
	if p.parts > maxParts {
		return Platform{}, fmt.Errorf("%w: it has more than %d parts", ErrSyntax, maxParts)
	}
	if e == nil || p.token != "" {
		return Platform{}, fmt.Errorf("%w: it is not an expression", ErrSyntax)
	}
	return Platform{text: text, expr: e, parts: p.parts}, nil
}

func notInTriple(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !strings.ContainsRune("_-.", r)
}

// String returns the text the platform was read from, "" for the zero value.
func (p Platform) String() string { return p.text }

// Shown is the key of a [target] table as messages have it: the beginning of a long one.
func Shown(text string) string {
	const most = 200
	if len(text) > most {
		return text[:most] + "…"
	}
	return text
}

// Parts is how much there is to look at to see whether it matches.
func (p Platform) Parts() int { return 1 + p.parts }

// Matches reports whether a dependency for this platform counts on the target.
func (p Platform) Matches(t *Target) bool {
	switch {
	case p.expr != nil:
		return p.expr.holds(t)
	case p.named:
		return p.text == t.Name
	}
	return true
}

// expr is one of a cfg's expressions.
type expr struct {
	op   string // "all", "any", "not", "true", "false", or "" for a cfg
	args []*expr
	cfg  Cfg
}

func (e *expr) holds(t *Target) bool {
	switch e.op {
	case "all":
		return !slices.ContainsFunc(e.args, func(a *expr) bool { return !a.holds(t) })
	case "any":
		return slices.ContainsFunc(e.args, func(a *expr) bool { return a.holds(t) })
	case "not":
		return !e.args[0].holds(t)
	case "":
		return t.Has(e.cfg)
	}
	return e.op == "true"
}

// parser reads an expression. Where it fails it returns nil.
type parser struct {
	token string // the next one: a name, a string with its first quote, one character; "" at the end
	rest  string
	parts int // of what was read
}

// step goes to the next token. Only spaces may be between.
func (p *parser) step() {
	s := strings.TrimLeft(p.rest, " ")
	n := tokenLength(s)
	p.token, p.rest = s[:n], s[n:]
}

func tokenLength(s string) int {
	if s == "" {
		return 0
	}
	if s[0] == '"' {
		if end := strings.IndexByte(s[1:], '"'); end >= 0 {
			return end + 2
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

func (p *parser) accept(token string) bool {
	if p.token != token {
		return false
	}
	p.step()
	return true
}

func (p *parser) expression(depth int) *expr {
	if p.parts++; depth > maxNesting || p.parts > maxParts {
		return nil
	}
	switch op := p.token; op {
	case "all", "any":
		p.step()
		if !p.accept("(") {
			return nil
		}
		return p.list(op, depth+1)
	case "not":
		p.step()
		if !p.accept("(") {
			return nil
		}
		arg := p.expression(depth + 1)
		if arg == nil || !p.accept(")") {
			return nil
		}
		return &expr{op: op, args: []*expr{arg}}
	}
	return p.cfg()
}

// list reads what follows the opening of all( and any(.
func (p *parser) list(op string, depth int) *expr {
	e := &expr{op: op}
	for !p.accept(")") {
		arg := p.expression(depth)
		if arg == nil {
			return nil
		}
		e.args = append(e.args, arg)
		if !p.accept(",") {
			if !p.accept(")") {
				return nil
			}
			break
		}
	}
	return e
}

// cfg reads a name, or a name with its value. A raw name, r#all, is a name like any
// other; true and false are constants even so.
func (p *parser) cfg() *expr {
	name := strings.TrimPrefix(p.token, "r#")
	if name == "" || !isIdent(name[0]) || '0' <= name[0] && name[0] <= '9' {
		return nil
	}
	p.step()
	if !p.accept("=") {
		if name == "true" || name == "false" {
			return &expr{op: name}
		}
		return &expr{cfg: Cfg{Name: name}}
	}
	value := p.token
	if len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' {
		return nil
	}
	p.step()
	return &expr{cfg: Cfg{Name: name, Value: value[1 : len(value)-1], Pair: true}}
}
