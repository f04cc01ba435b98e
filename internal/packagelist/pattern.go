package packagelist

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxPatternBytes bounds the patterns of one list together. Manifests with
// long lists of files have some ten kilobytes of them.
const maxPatternBytes = 64 << 10

// PatternError is the error for a pattern of include or exclude that Cargo
// refuses, or that is too large to be tried.
type PatternError struct {
	Pattern string // as the manifest has it
	Reason  string // in words for people
}

func (e *PatternError) Error() string {
	return fmt.Sprintf("pattern %.200q: %s", e.Pattern, e.Reason)
}

// A verdict is what patterns say about a path.
type verdict uint8

const (
	undecided verdict = iota
	matched
	negated // matched by a pattern that starts with "!"
)

// A pattern is one line in the language of .gitignore files, as Cargo reads
// those of include and exclude. Cargo does not use git for it but the ignore
// and globset crates, which differ from git: braces list alternatives, a class
// may match a slash, an unclosed class is plain text, and "?" and classes see
// bytes, not characters (spec 7.5; ignore 0.4.25, globset 0.4.18).
type pattern struct {
	glob    *glob
	negate  bool
	dirOnly bool
}

type patternList []pattern

// parsePatterns reads a list of patterns, leaving out comments and blank lines.
func parsePatterns(lines []string) (patternList, error) {
	list, size := make(patternList, 0, len(lines)), 0
	for _, line := range lines {
		if size += len(line); size > maxPatternBytes {
			return nil, &PatternError{line, fmt.Sprintf("more than %d bytes of patterns", maxPatternBytes)}
		}
		p, err := parsePattern(line, braces)
		if err != nil {
			return nil, &PatternError{line, err.Error()}
		}
		if p.glob != nil {
			list = append(list, p)
		}
	}
	return list, nil
}

// parsePattern reads one line; for a comment or a blank one the pattern's glob
// is nil.
func parsePattern(line string, d dialect) (p pattern, err error) {
	if !utf8.ValidString(line) {
		return p, errNotUTF8
	}
	if strings.HasPrefix(line, "#") {
		return p, nil
	}
	if !strings.HasSuffix(line, `\ `) {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
	}
	if line == "" {
		return p, nil
	}
	anchored := false
	if strings.HasPrefix(line, `\!`) || strings.HasPrefix(line, `\#`) {
		line = line[1:]
	} else {
		line, p.negate = strings.CutPrefix(line, "!")
		line, anchored = strings.CutPrefix(line, "/")
	}
	if line, p.dirOnly = strings.CutSuffix(line, "/"); p.dirOnly {
		line = strings.TrimSuffix(line, `\`) // the slash may have been escaped
	}
	p.glob, err = parseGlob(expandPattern(line, anchored), d)
	return p, err
}

// expandPattern writes out what a pattern leaves unsaid: without a slash it
// matches at any depth, and at its end "/**" means what is in a folder, not
// the folder. A slash within a class counts as one here.
func expandPattern(line string, anchored bool) string {
	if !anchored && !strings.Contains(line, "/") && line != "**" {
		line = "**/" + line
	}
	if strings.HasSuffix(line, "/**") {
		line += "/*"
	}
	return line
}

// match says what the patterns decide for this very path, not regarding the
// folders it is in: the last pattern that matches wins.
func (list patternList) match(c *candidate, isDir bool) verdict {
	for i := len(list) - 1; i >= 0; i-- {
		p := &list[i]
		if p.dirOnly && !isDir || !p.glob.match(c) {
			continue
		}
		if p.negate {
			return negated
		}
		return matched
	}
	return undecided
}
