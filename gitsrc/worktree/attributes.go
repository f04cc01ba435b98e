package worktree

import (
	"cmp"
	"strings"
)

const (
	attributesFile    = ".gitattributes"
	maxAttributesFile = 8 << 20 // bytes of one; libgit2 reads up to 100 MB
)

// attribute is what an attributes file says of an attribute: of values those that
// have a meaning.
type attribute uint8

const (
	attrUnsaid attribute = iota
	attrTrue             // "text"
	attrFalse            // "-text"
	attrUnset            // "!text": as if unsaid, and hides what other rules say
	attrAuto             // "text=auto"
	attrInput
	attrLF
	attrCRLF
	attrOther
)

var attrValues = map[string]attribute{"auto": attrAuto, "input": attrInput, "lf": attrLF, "crlf": attrCRLF}

// attrSet holds the attributes that have a say in checking out. The filters of
// Cargo's libgit2 are two: line endings, and ident.
type attrSet struct {
	text, crlf, eol, ident attribute
}

// over returns s with what it leaves unsaid taken from below.
func (s attrSet) over(below attrSet) attrSet {
	for _, f := range []struct{ a, b *attribute }{{&s.text, &below.text}, {&s.crlf, &below.crlf}, {&s.eol, &below.eol}, {&s.ident, &below.ident}} {
		if *f.a == attrUnsaid {
			*f.a = *f.b
		}
	}
	return s
}

func (s attrSet) complete() bool {
	return s.text != attrUnsaid && s.crlf != attrUnsaid && s.eol != attrUnsaid && s.ident != attrUnsaid
}

// attrRule is a line of an attributes file: 24 bytes, of a line of six at least.
type attrRule struct {
	pattern   string
	wholePath bool // the pattern has a slash: it is matched against the path below the file's folder
	negated   bool // git knows no such pattern; libgit2 takes it for all that does not match
	folders   bool // only folders match, that is, nothing that is checked out
	set       attrSet
}

// macros are names that stand for several attributes. Only the attributes file
// at the root of a repository defines any.
type macros map[string]attrSet

// newMacros has git's own one, "-diff -merge -text", with the older name of text
// that libgit2 adds.
func newMacros() macros {
	return macros{"binary": {text: attrFalse, crlf: attrFalse}}
}

// parseAttributes reads an attributes file. Macros that lines before a line
// define count in it, as do those in m; define says whether there may be any.
//
// Source: libgit2 1.9, attr_file.c, with its oddities: text up to the first NUL,
// and a pattern that comes to nothing ("/ *.txt text") begins anew after it.
func parseAttributes(data string, m macros, define bool) (rules []attrRule) {
	data = strings.TrimPrefix(data, "\ufeff")
	data, _, _ = strings.Cut(data, "\x00")
	for data != "" {
		data = strings.TrimLeft(data, " \t\n\v\f\r")
		if data == "" {
			break
		}
		if data[0] == '#' {
			data = nextLine(data)
			continue
		}
		rule, macro, rest, ok := cutPattern(data)
		if data = rest; !ok {
			continue
		}
		line, _, _ := strings.Cut(data, "\n")
		data = nextLine(data)
		set, any := parseSet(line, m)
		rule.set = set
		switch {
		case macro && define && any:
			m[rule.pattern] = set
		case !macro && set != attrSet{}:
			rules = append(rules, rule)
		}
	}
	return rules
}

// nextLine drops a line and the ends of lines after it.
func nextLine(s string) string {
	_, s, _ = strings.Cut(s, "\n")
	return strings.TrimLeft(s, "\r\n")
}

// cutPattern cuts the pattern off a line. It is not ok if nothing is left of it;
// rest then is where to go on.
func cutPattern(s string) (rule attrRule, macro bool, rest string, ok bool) {
	s, macro = strings.CutPrefix(s, "[attr]")
	s, rule.negated = strings.CutPrefix(s, "!")
	end, slashes := patternEnd(s)
	pattern, rest := s[:end], s[end:]
	rule.wholePath = slashes > 0
	pattern = strings.TrimPrefix(pattern, "/")
	pattern = strings.TrimSuffix(pattern, "\r")
	pattern = trimSpaces(pattern)
	if pattern == "" {
		return rule, macro, rest, false
	}
	if dir, ok := strings.CutSuffix(pattern, "/"); ok {
		pattern, rule.folders = dir, true
		rule.wholePath = slashes > 1
	}
	rule.pattern = unescapeSpaces(pattern)
	return rule, macro, rest, true
}

// patternEnd returns where a pattern ends, at a space that no backslash escapes,
// and how many slashes it has.
func patternEnd(s string) (end, slashes int) {
	escaped := false
	for ; end < len(s); end++ {
		switch c := s[end]; {
		case c == '\\' && !escaped:
			escaped = true
			continue
		case isSpace(c) && !escaped:
			return end, slashes
		case c == '/':
			slashes++
		}
		escaped = false
	}
	return end, slashes
}

// trimSpaces drops blanks at the end that no backslash escapes.
func trimSpaces(s string) string {
	for s != "" && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t') {
		before := s[:len(s)-1]
		if (len(before)-len(strings.TrimRight(before, `\`)))%2 == 1 {
			break
		}
		s = before
	}
	return s
}

// unescapeSpaces drops the backslashes before white space; others are the
// pattern's.
func unescapeSpaces(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	escaped := false
	for i := range len(s) {
		if s[i] == '\\' && !escaped {
			escaped = true
			continue
		}
		if escaped && !isSpace(s[i]) {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
		escaped = false
	}
	return b.String()
}

// parseSet reads the attributes of a line; any says whether it names one, of
// those that matter here or others. Of two that say something of one attribute
// the later counts.
func parseSet(line string, m macros) (set attrSet, any bool) {
	for word := range strings.FieldsFuncSeq(line, func(r rune) bool { return r < 0x80 && isSpace(byte(r)) }) {
		if word[0] == '#' {
			break
		}
		name, attr := parseAttribute(word)
		if name == "" {
			continue
		}
		any = true
		if macro, ok := m[name]; ok && attr == attrTrue {
			set = macro.over(set)
		}
		if field := set.field(name); field != nil {
			*field = attr
		}
	}
	return set, any
}

func parseAttribute(word string) (name string, attr attribute) {
	attr = attrTrue
	switch word[0] {
	case '-':
		word, attr = word[1:], attrFalse
	case '!':
		word, attr = word[1:], attrUnset
	}
	name, value, _ := strings.Cut(word, "=")
	if value != "" {
		attr = cmp.Or(attrValues[value], attrOther)
	}
	return name, attr
}

func (s *attrSet) field(name string) *attribute {
	switch name {
	case "text":
		return &s.text
	case "crlf":
		return &s.crlf
	case "eol":
		return &s.eol
	case "ident":
		return &s.ident
	}
	return nil
}
