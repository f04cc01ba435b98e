package manifest

import (
	"slices"
	"strings"
)

// needed are tables that say what a package needs and not what it consists of.
var needed = []string{
	"features", "target",
	"dependencies", "dev-dependencies", "dev_dependencies", "build-dependencies", "build_dependencies",
}

// aboutTargets returns a manifest without what it says of features and dependencies, which are
// most of the text where a crate has bindings: reading that takes longer than finding all of
// its files. Lines keep their numbers. Where a line could be more than a table's head or a
// value, everything is left.
func aboutTargets(text string) string {
	if strings.Contains(text, `"""`) || strings.Contains(text, `'''`) {
		return text
	}
	var b strings.Builder
	passed := false
	for line := range strings.Lines(text) {
		if head, ok := strings.CutPrefix(strings.TrimLeft(line, " \t"), "["); ok {
			name := firstWord(strings.TrimPrefix(head, "["))
			if name == "" && passed { // a name in quotes, or a list in a list
				return text
			}
			passed = slices.Contains(needed, name)
		}
		if passed {
			line = "\n"
		}
		b.WriteString(line)
	}
	return b.String()
}

// firstWord is the bare key that a text begins with.
func firstWord(text string) string {
	end := strings.IndexFunc(text, func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || '9' < r && r < 'A' || 'Z' < r && r < 'a' || 'z' < r)
	})
	return text[:max(end, 0)]
}
