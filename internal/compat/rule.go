package compat

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	// First is the oldest cargo that a rule is known of, as N of 1.N.
	First = 70
	// Usual is the one whose rule holds where nobody asks for another.
	Usual = 95
	// Stable is what the rule of our own is called; see the package.
	Stable = "stable-1"
)

// Rule is the way in which one cargo makes things. The zero Rule is that of [Usual].
// Rules are the same if they are equal by ==, and make the same if [Rule.Makes] is equal.
type Rule struct {
	minor  int // N of 1.N, 0 for Usual
	stable bool
}

// Of returns the rule of cargo 1.N. Of one that is newer than all rows it is that of the
// last one.
func Of(minor int) Rule { return Rule{minor: minor} }

// Parse reads a version of cargo, 1.N or 1.N.M, or the name of a rule of our own. The
// error says what there is.
func Parse(text string) (Rule, error) {
	if text == Stable {
		return Rule{stable: true}, nil
	}
	minor, err := ParseVersion(text)
	if err != nil {
		return Rule{}, fmt.Errorf("%w, nor %s", err, Stable)
	}
	if minor < First {
		return Rule{}, fmt.Errorf("what cargo %s makes is not known: rules begin with 1.%d", text, First)
	}
	return Of(minor), nil
}

// ParseVersion reads the version of a cargo, 1.N or 1.N.M, and returns N.
func ParseVersion(text string) (minor int, err error) {
	parts := strings.Split(text, ".")
	if len(parts) >= 2 && len(parts) <= 3 && parts[0] == "1" {
		if minor, err = strconv.Atoi(parts[1]); err == nil && minor > 0 {
			return minor, nil
		}
	}
	return 0, fmt.Errorf("%q is no version of cargo such as 1.84", text)
}

// Minor returns N of the cargo 1.N whose rule it is.
func (r Rule) Minor() int {
	if r.minor == 0 {
		return Usual
	}
	return r.minor
}

// String returns what [Parse] reads.
func (r Rule) String() string {
	if r.stable {
		return Stable
	}
	return fmt.Sprintf("1.%d", r.Minor())
}

// Has reports whether a change has been made by then.
func (r Rule) Has(d Difference) bool { return r.Minor() >= Differences[d].Since }

// vendored are the differences that are seen in a vendor folder.
var vendored = [...]Difference{DebugNames, Lints, WorkspaceOrder, TargetOnTop, ListedByGix, Resolved, Literals, LintKeys, DetailedDeps, Prepared, Autolib, AllLocks, KeyOrder, Unpacked, Quotes, OwnOrder, Generated, AnyDepth, SubmoduleDB, Comment}

// Makes returns the oldest cargo that makes the same vendor folders, as N of 1.N.
func (r Rule) Makes() int {
	oldest := First
	for _, d := range vendored {
		if r.Has(d) {
			oldest = max(oldest, Differences[d].Since)
		}
	}
	return oldest
}

// IsUsual reports whether the rule makes what [Usual] makes.
func (r Rule) IsUsual() bool { return r.Makes() == Rule{}.Makes() }

// Rules returns one rule for each kind of vendor folder that there is, the newest first.
func Rules() (rules []Rule) {
	for minor := lastChange(); minor >= First; minor = Of(minor).Makes() - 1 {
		rules = append(rules, Of(Of(minor).Makes()))
	}
	return rules
}

func lastChange() (last int) {
	for _, row := range Differences {
		last = max(last, row.Since)
	}
	return last
}
