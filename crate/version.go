package crate

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// ErrVersion is matched by the error for a text that is not a semver version.
var ErrVersion = errors.New("invalid version")

// CheckVersion reports whether s is a version as the semver crate reads it:
// MAJOR.MINOR.PATCH, each without leading zeros and below 2^64, then an
// optional -PRE and an optional +BUILD of dot-separated ASCII identifiers.
func CheckVersion(s string) error {
	core, pre, build, ok := splitVersion(s)
	if !ok || !validCore(core) || !validIdents(pre, true) || !validIdents(build, false) {
		return fmt.Errorf("%w %q", ErrVersion, s)
	}
	return nil
}

// CompareVersions orders two valid versions as the semver crate does. Unlike
// semver's own precedence, build metadata counts, last: two versions compare
// equal only when their texts are equal.
func CompareVersions(a, b string) int {
	ac, ap, ab, _ := splitVersion(a)
	bc, bp, bb, _ := splitVersion(b)
	return cmp.Or(compareCore(ac, bc), comparePre(ap, bp), compareBuild(ab, bb))
}

// Series returns what a valid version has in common with those that Cargo takes for
// compatible: its numbers up to the first that is not zero, or all three (cargo 1.95:
// SemverCompatibility).
func Series(version string) string {
	core, _, _, _ := splitVersion(version)
	for i := range len(core) {
		if core[i] == '.' && strings.Trim(core[:i], "0.") != "" {
			return core[:i]
		}
	}
	return core
}

// splitVersion cuts s into its core, pre-release and build texts. It reports
// false for an empty pre-release or build behind its mark.
func splitVersion(s string) (core, pre, build string, ok bool) {
	core, build, hasBuild := strings.Cut(s, "+")
	core, pre, hasPre := strings.Cut(core, "-")
	return core, pre, build, !(hasBuild && build == "" || hasPre && pre == "")
}

func validCore(core string) bool {
	parts := strings.Split(core, ".")
	if len(parts) != 3 {
		return false
	}
	for _, p := range parts {
		if p == "" || !isDigits(p) || p[0] == '0' && len(p) > 1 {
			return false
		}
		if n, err := strconv.ParseUint(p, 10, 64); err != nil || n == math.MaxUint64 {
			return false // the semver crate keeps u64::MAX back
		}
	}
	return true
}

func validIdents(s string, pre bool) bool {
	if s == "" {
		return true
	}
	for id := range strings.SplitSeq(s, ".") {
		if id == "" || pre && len(id) > 1 && id[0] == '0' && isDigits(id) {
			return false
		}
		for i := range len(id) {
			if id[i] > 'z' || id[i] == '_' || !nameRune(rune(id[i])) {
				return false
			}
		}
	}
	return true
}

func compareCore(a, b string) int {
	for range 3 {
		var x, y string
		x, a, _ = strings.Cut(a, ".")
		y, b, _ = strings.Cut(b, ".")
		if c := compareNumbers(x, y); c != 0 {
			return c
		}
	}
	return 0
}

// comparePre: a release is above each of its pre-releases, numbers are below
// words, and a list is above its own beginnings.
func comparePre(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == "":
		return 1
	case b == "":
		return -1
	}
	return compareIdents(a, b)
}

// compareBuild: no metadata is below any.
func compareBuild(a, b string) int {
	if a == "" || b == "" {
		return cmp.Compare(len(a), len(b))
	}
	return compareIdents(a, b)
}

func compareIdents(a, b string) int {
	for {
		x, aRest, aMore := strings.Cut(a, ".")
		y, bRest, bMore := strings.Cut(b, ".")
		if c := compareIdent(x, y); c != 0 {
			return c
		}
		if !aMore || !bMore {
			return cmp.Compare(len(aRest), len(bRest))
		}
		a, b = aRest, bRest
	}
}

func compareIdent(x, y string) int {
	switch dx, dy := isDigits(x), isDigits(y); {
	case dx && dy:
		return compareNumbers(x, y)
	case dx:
		return -1
	case dy:
		return 1
	}
	return strings.Compare(x, y)
}

// compareNumbers compares digit texts of any length. Leading zeros, which only
// build metadata may have, decide last: 0 < 00 < 1 < 01 < 2.
func compareNumbers(x, y string) int {
	tx, ty := strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
	return cmp.Or(cmp.Compare(len(tx), len(ty)), strings.Compare(tx, ty), cmp.Compare(len(x), len(y)))
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
