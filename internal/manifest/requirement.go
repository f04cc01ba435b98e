package manifest

import (
	"fmt"
	"strings"

	"cargohome/crate"
)

// maxComparators is the semver crate's bound.
const maxComparators = 32

// checkRequirement checks the version requirement of a dependency: "*", or
// comparators with commas between, each an operator and one to three numbers of
// which those after the first may be wildcards (semver crate 1, VersionReq).
func checkRequirement(text string) error {
	rest := strings.Trim(text, " ")
	if rest == "*" || rest == "x" || rest == "X" {
		return nil
	}
	comparators := strings.Split(rest, ",")
	for _, c := range comparators {
		if !validComparator(strings.Trim(c, " ")) {
			return fmt.Errorf("version requirement %q is not valid", text)
		}
	}
	if len(comparators) > maxComparators {
		return &LimitError{"comparators in a version requirement", maxComparators}
	}
	return nil
}

func validComparator(c string) bool {
	for _, op := range []string{">=", "<=", "=", ">", "<", "~", "^"} {
		if rest, ok := strings.CutPrefix(c, op); ok {
			c = strings.TrimLeft(rest, " ")
			break
		}
	}
	parts := strings.SplitN(c, ".", 3)
	if notNumber(parts[0]) {
		return false
	}
	if len(parts) == 3 && !isWildcard(parts[1]) && !isWildcard(parts[2]) {
		return crate.CheckVersion(c) == nil
	}
	for i, p := range parts[1:] {
		after := i > 0 && isWildcard(parts[i]) // a wildcard is followed by no number
		if !isWildcard(p) && (after || notNumber(p)) {
			return false
		}
	}
	return true
}

func isWildcard(s string) bool { return s == "*" || s == "x" || s == "X" }
