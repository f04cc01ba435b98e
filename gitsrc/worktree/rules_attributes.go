package worktree

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cargohome/internal/filelist"
)

// wordRule is a line of an attributes file, with the attributes as they stand there.
type wordRule struct {
	attrRule
	words  []word
	macro  string // that the line defines, "" for none
	marked bool   // a byte-order mark stands before it, which is part of it where git checks out
}

// word is an attribute, and what is said of it: of "-text" the value is "-", of "!text" it is "!",
// of "text" "+".
type word struct{ name, value string }

// Converts says what makes a file come out of a clone with other bytes; "" if nothing does.
// read returns its content.
func (r *Rules) Converts(path string, read func() ([]byte, error)) (why string, err error) {
	in, out := r.attributes(path, true), r.attributes(path, false)
	if filter := in["filter"]; filter != "" && !slices.Contains([]string{"+", "-", "!"}, filter) {
		return "filter=" + filter, nil
	}
	if encoding := in["working-tree-encoding"]; encoding != "" && encoding != "!" && !strings.EqualFold(strings.Replace(encoding, "-", "", 1), "utf8") {
		return "working-tree-encoding=" + encoding, nil
	}
	inEnds, outEnds := r.here.ends(in), r.user.ends(out)
	ident := in["ident"] == "+" || out["ident"] == "+"
	if !inEnds.text && !outEnds.text && !ident {
		return "", nil
	}
	data, err := read()
	if err != nil {
		return "", err
	}
	if ident && expandable.Match(data) {
		return "ident", nil
	}
	return r.endsChange(path, data, inEnds, outEnds), nil
}

// expandable is what git's own ident expands, and takes back.
var expandable = regexp.MustCompile(`\$Id(\$|:[^$\n]*\$)`)

// ends is what git does about the ends of the lines of a file.
type ends struct {
	text bool // something
	auto bool // if it looks like text
	crlf bool // in a work tree they are these
	said bool // by the attribute eol
}

// ends makes it out of attributes and configuration (git 2.47: convert.c, convert_attrs).
func (c *gitConfig) ends(said map[string]string) ends {
	kind := cmp.Or(kinds[said["text"]], kinds[said["crlf"]])
	eol := said["eol"]
	switch {
	case kind == "binary":
		return ends{}
	case eol == "lf" || eol == "crlf":
		return ends{true, kind == "auto", eol == "crlf", true}
	case kind == "input":
		return ends{text: true}
	case kind != "":
		return ends{text: true, auto: kind == "auto", crlf: c.endsInCRLF()}
	case c.autocrlf == "true" || c.autocrlf == "input":
		return ends{text: true, auto: true, crlf: c.autocrlf == "true"}
	}
	return ends{}
}

// kinds are the values of "text", and of "crlf" as it was called before.
var kinds = map[string]string{"+": "text", "-": "binary", "input": "input", "auto": "auto"}

// endsChange tells by which attribute the ends of lines change: they become LF in the
// repository, and what a clone makes of that.
func (r *Rules) endsChange(path string, data []byte, in, out ends) string {
	blob, s := data, gatherStats(data)
	if in.text && s.crlf > 0 && !(in.auto && (s.binary() || r.tracked[path])) {
		blob = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	}
	clone := blob
	if out.text && out.crlf {
		clone = toCRLF(blob, out.auto)
	}
	switch {
	case bytes.Equal(clone, data):
		return ""
	case out.crlf && out.said:
		return "eol=crlf"
	case out.crlf:
		return "core.eol or core.autocrlf"
	case in.auto:
		return "text=auto, or core.autocrlf"
	}
	return "text"
}

// attributes returns what is said of a file: here by info/attributes of the repository, which
// no clone has; by the .gitattributes from the nearest on; and by the user's file.
func (r *Rules) attributes(path string, here bool) map[string]string {
	f, user := filling{here, map[string]string{}, r.macrosOf(here)}, ofClone
	if here {
		user = ofUser
		r.say(f, GitFile, path)
	}
	for dir := path; dir != ""; {
		dir = filelist.Parent(dir)
		r.say(f, dir, pathBelow(path, dir))
	}
	r.say(f, user, path)
	return f.said
}

// say takes in what one file says: its last line counts first.
func (r *Rules) say(f filling, dir, path string) {
	for _, rule := range slices.Backward(r.attrsIn(dir)) {
		if rule.macro == "" && !rule.folders && f.counts(&rule, dir) && r.matches(&rule.attrRule, path) {
			f.take(rule.words)
		}
	}
}

// filling is what is said so far: what comes later says nothing against it.
type filling struct {
	here   bool
	said   map[string]string
	macros map[string][]word
}

// counts reports whether a line does. In a clone git reads the files of the work tree out of its
// index (git 2.47: attr.c, read_attr), and there takes a byte-order mark for text.
func (f filling) counts(rule *wordRule, dir string) bool {
	return !rule.marked || f.here || dir == ofClone
}

// take takes in the attributes of a line, and what they stand for.
func (f filling) take(words []word) {
	for _, w := range slices.Backward(words) {
		if _, known := f.said[w.name]; known {
			continue
		}
		if f.said[w.name] = w.value; w.value == "+" {
			f.take(f.macros[w.name])
		}
	}
}

// macrosOf are attributes that stand for others. They are defined at the root of a work tree, by
// the repository and by the user (gitattributes(5)).
func (r *Rules) macrosOf(here bool) map[string][]word {
	if macros := r.macros[here]; macros != nil {
		return macros
	}
	macros := map[string][]word{"binary": {{"diff", "-"}, {"merge", "-"}, {"text", "-"}}}
	r.macros[here] = macros
	files := []string{ofClone, ""}
	if here {
		files = []string{ofUser, "", GitFile}
	}
	for _, dir := range files {
		for _, rule := range r.attrsIn(dir) {
			if rule.macro != "" && (filling{here: here}).counts(&rule, dir) {
				macros[rule.macro] = rule.words
			}
		}
	}
	return macros
}

// attrsIn are the lines of a folder's attributes file, of info/attributes for ".git", and of
// core.attributesFile for [ofUser] and [ofClone].
func (r *Rules) attrsIn(dir string) []wordRule {
	rules, known := r.attrs[dir]
	if known {
		return rules
	}
	user := r.here.attributes
	if dir == ofClone {
		user = r.user.attributes
	}
	text, marked := strings.CutPrefix(rawText(r.pathOf(dir, attributesFile, "attributes", user)), byteOrderMark)
	for line := range strings.Lines(text) {
		if rule, ok := parseWords(line); ok && (rule.macro == "" || slices.Contains([]string{"", GitFile, ofUser, ofClone}, dir)) {
			rule.marked = marked
			rules = append(rules, rule)
		}
		marked = false
	}
	r.attrs[dir] = rules
	return rules
}

const (
	blanks      = " \t\r\n"
	maxAttrLine = 2048 // bytes; git passes over longer ones
	macroPrefix = "[attr]"
)

// parseWords reads a line of an attributes file (git 2.47: attr.c, parse_attr_line).
func parseWords(line string) (rule wordRule, ok bool) {
	if len(line) >= maxAttrLine {
		return rule, false
	}
	line = strings.Trim(line, blanks)
	pattern, rest := cutWord(line)
	if quoted, err := strconv.QuotedPrefix(line); err == nil && line[0] == '"' {
		pattern, _ = strconv.Unquote(quoted)
		rest = line[len(quoted):]
	}
	if name, is := strings.CutPrefix(pattern, macroPrefix); is {
		rule.macro = name
	}
	if pattern == "" || pattern[0] == '#' || pattern[0] == '!' || rule.macro != "" && !isAttribute(rule.macro) {
		return rule, false
	}
	pattern, rule.folders = strings.CutSuffix(pattern, "/")
	rule.wholePath = strings.Contains(pattern, "/")
	rule.pattern = strings.TrimPrefix(pattern, "/")
	rule.words, ok = words(rest)
	return rule, ok
}

// cutWord cuts the first word off.
func cutWord(text string) (word, rest string) {
	text = strings.TrimLeft(text, blanks)
	end := strings.IndexAny(text, blanks)
	if end < 0 {
		return text, ""
	}
	return text[:end], text[end:]
}

// words reads the attributes of a line, which is passed over if one has a name that none has.
func words(text string) (said []word, ok bool) {
	for text := range strings.FieldsSeq(text) {
		name, value, given := strings.Cut(text, "=")
		if !given {
			value = "+"
		}
		if name != "" && (name[0] == '-' || name[0] == '!') {
			value, name = name[:1], name[1:]
		}
		if !isAttribute(name) {
			return nil, false
		}
		said = append(said, word{name, value})
	}
	return said, true
}

var attributeName = regexp.MustCompile(`^[A-Za-z0-9_.][-A-Za-z0-9_.]*$`)

func isAttribute(name string) bool { return attributeName.MatchString(name) }
