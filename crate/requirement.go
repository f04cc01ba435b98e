package crate

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// ErrRequirement is matched by the error for a text that is not a version
// requirement.
var ErrRequirement = errors.New("invalid version requirement")

// maxComparators is the semver crate's.
const maxComparators = 32

// Requirement says which versions of a package a dependency takes. The zero value
// takes all releases, as "*" does. It is immutable.
//
// Source: semver crate 1.0, VersionReq.
type Requirement struct{ comparators []comparator }

// comparator is an operator and a version, of which all but the first number may be
// missing.
type comparator struct {
	op    string // "=", ">", ">=", "<", "<=", "~", "^"; a wildcard is "="
	core  [3]uint64
	parts int // how many numbers of core were given
	pre   string
}

// ParseRequirement reads "*", or comparators with commas between: each an operator, "^"
// if there is none, and one to three numbers, of which those after the first may be
// wildcards. The error matches [ErrRequirement].
func ParseRequirement(text string) (Requirement, error) {
	rest := strings.Trim(text, " ")
	if isWildcard(rest) {
		return Requirement{}, nil
	}
	parts := strings.Split(rest, ",")
	r := Requirement{make([]comparator, len(parts))}
	for i, part := range parts {
		var ok bool
		if r.comparators[i], ok = parseComparator(strings.Trim(part, " ")); !ok {
			return Requirement{}, fmt.Errorf("%w %q", ErrRequirement, text)
		}
	}
	if len(parts) > maxComparators {
		return Requirement{}, fmt.Errorf("%w: it has more than %d parts", ErrRequirement, maxComparators)
	}
	return r, nil
}

func isWildcard(s string) bool { return s == "*" || s == "x" || s == "X" }

// operators has the longer before those they begin with.
var operators = []string{">=", "<=", "=", ">", "<", "~", "^"}

func parseComparator(text string) (c comparator, ok bool) {
	for _, op := range operators {
		if rest, found := strings.CutPrefix(text, op); found {
			c.op, text = op, strings.TrimLeft(rest, " ")
			break
		}
	}
	parts := strings.SplitN(text, ".", 3)
	if len(parts) == 3 && !isWildcard(parts[1]) && !isWildcard(parts[2]) {
		if CheckVersion(text) != nil {
			return c, false
		}
		core, pre, _, _ := splitVersion(text)
		parts, c.pre = strings.Split(core, "."), pre
	}
	return c.numbers(parts)
}

// numbers reads those of c. A wildcard is followed by no number, and without an
// operator says that what stands before it must be so.
func (c comparator) numbers(parts []string) (comparator, bool) {
	implied := "^"
	for i, p := range parts {
		switch {
		case i > 0 && isWildcard(p):
			implied = "="
			continue
		case i != c.parts || !isNumber(p):
			return c, false
		}
		c.core[i], _ = strconv.ParseUint(p, 10, 64)
		c.parts++
	}
	c.op = cmp.Or(c.op, implied)
	return c, true
}

// isNumber: without leading zeros and below 2^64-1, which the semver crate keeps back.
func isNumber(p string) bool {
	n, err := strconv.ParseUint(p, 10, 64)
	return err == nil && n != math.MaxUint64 && isDigits(p) && (p[0] != '0' || len(p) == 1)
}

// Matches reports whether the requirement takes a version, which must be a valid one.
// Build metadata does not count. A pre-release is taken only if a comparator has one of
// the same three numbers.
func (r Requirement) Matches(version string) bool {
	core, pre, _, _ := splitVersion(version)
	v := comparator{pre: pre}
	v, _ = v.numbers(strings.Split(core, "."))
	near := pre == ""
	for _, c := range r.comparators {
		if !c.matches(v) {
			return false
		}
		near = near || c.pre != "" && c.core == v.core
	}
	return near
}

func (c comparator) matches(v comparator) bool {
	switch c.op {
	case "=":
		return c.equals(v)
	case ">":
		return c.compare(v) > 0
	case ">=":
		return c.equals(v) || c.compare(v) > 0
	case "<":
		return c.compare(v) < 0
	case "<=":
		return c.equals(v) || c.compare(v) < 0
	case "~":
		return c.tilde(v)
	}
	return c.caret(v)
}

// agree reports whether v has the first n numbers of c.
func (c comparator) agree(v comparator, n int) bool {
	for i := range n {
		if c.core[i] != v.core[i] {
			return false
		}
	}
	return true
}

func (c comparator) equals(v comparator) bool { return c.agree(v, c.parts) && c.pre == v.pre }

// compare says on which side of c the version lies. Of numbers that c does not give, v
// has any: it lies at c.
func (c comparator) compare(v comparator) int {
	for i := range c.parts {
		if n := cmp.Compare(v.core[i], c.core[i]); n != 0 {
			return n
		}
	}
	if c.parts < 3 {
		return 0
	}
	return comparePre(v.pre, c.pre)
}

// tilde: only the last number may grow, and what is missing may be anything but a
// pre-release.
func (c comparator) tilde(v comparator) bool {
	if c.parts < 3 {
		return c.equals(v)
	}
	return c.agree(v, 2) && c.compare(v) >= 0
}

// caret: no number may differ up to the first that is not 0, or the last given.
func (c comparator) caret(v comparator) bool {
	fixed := 1
	for fixed < c.parts && c.core[fixed-1] == 0 {
		fixed++
	}
	return c.agree(v, fixed) && c.compare(v) >= 0
}
