package worktree

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/index"

	"cargohome/gitsrc/object"
	"cargohome/internal/filelist"
	"cargohome/internal/fsx"
)

// Rules is what a work tree on the disk, of the user's, says about files that are put into
// it: which of them git passes over when all are added, and which come out of a clone with
// other bytes. They are git's own rules, and not those of Cargo's libgit2.
//
//	.gitignore, .git/info/exclude           the last pattern that matches counts
//	.gitattributes, .git/info/attributes    text, eol, ident, filter, working-tree-encoding
//	core.autocrlf in .git/config            as "text=auto" for all files
//
// What the user's own configuration says elsewhere does not count. Not for several
// goroutines at a time.
type Rules struct {
	root    string
	tracked map[string]bool
	auto    bool // core.autocrlf
	ignores map[string][]ignoreRule
	attrs   map[string][]wordRule
	match   matcher
}

// ignoreRule is a line of a .gitignore file.
type ignoreRule struct {
	attrRule
	line int
}

// wordRule is a line of an attributes file, with the attributes as they stand there.
type wordRule struct {
	attrRule
	words map[string]string // of "-text" the value is "-", of "!text" it is "!", of "text" "+"
}

// maxRules bounds one file of rules, in bytes, and maxTracked the index of a work tree.
const (
	maxRules   = 1 << 20
	maxTracked = 256 << 20
)

// FindWorkTree returns the root of the work tree that a folder is in, "" if it is in none.
func FindWorkTree(dir string) string {
	for {
		if _, err := os.Stat(filepath.Join(dir, GitFile)); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// NewRules returns the rules of the work tree in root. The error is that its index, which
// says what is tracked, cannot be read.
func NewRules(root string) (*Rules, error) {
	r := &Rules{root: root, tracked: map[string]bool{}, ignores: map[string][]ignoreRule{}, attrs: map[string][]wordRule{}, match: matcher{fuel: 1 << 30}}
	if text := r.text(filepath.Join(GitFile, "config")); text != "" {
		_ = object.ParseConfig(text, func(section, _, key, value string) error {
			if section == "core" && key == "autocrlf" {
				r.auto = value == "" || strings.EqualFold(value, "true") || strings.EqualFold(value, "input")
			}
			return nil
		})
	}
	data, err := fsx.ReadRegular(filepath.Join(root, GitFile, "index"), maxTracked)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	var idx index.Index
	if err == nil {
		err = index.NewDecoder(bytes.NewReader(data)).Decode(&idx)
	}
	if err != nil {
		return nil, fmt.Errorf("the index of %s: %w", root, err)
	}
	for _, e := range idx.Entries {
		r.tracked[e.Name] = true
	}
	return r, nil
}

// text reads a file of rules, "" if there is none.
func (r *Rules) text(path string) string {
	data, err := fsx.ReadRegular(filepath.Join(r.root, path), maxRules)
	if err != nil {
		return ""
	}
	return string(data)
}

// Ignores says by which line a file is passed over, by its path in the work tree with
// slashes; "" if it is not. What is tracked is not.
func (r *Rules) Ignores(path string) (by string) {
	if r.tracked[path] {
		return ""
	}
	for end := 0; end < len(path); {
		next := strings.IndexByte(path[end:], '/')
		isDir := next >= 0
		if !isDir {
			next = len(path) - end
		}
		end += next
		if by, matched := r.ignored(path[:end], isDir); matched {
			return by // and with a folder all that is in it
		}
		end++
	}
	return ""
}

// ignored looks one file or folder up: the nearest file that says anything counts.
func (r *Rules) ignored(path string, isDir bool) (by string, matched bool) {
	for dir := path; dir != ""; {
		dir = filelist.Parent(dir)
		if line, says := r.lineOf(r.ignoresIn(dir), pathBelow(path, dir), isDir); says {
			return fmt.Sprintf("%s line %d", filelist.Join(dir, ".gitignore"), max(line, -line)), line > 0
		}
	}
	line, says := r.lineOf(r.ignoresIn(GitFile), path, isDir)
	return fmt.Sprintf("%s/info/exclude line %d", GitFile, max(line, -line)), says && line > 0
}

// lineOf returns the last line that matches, negative if it says that the file is not
// passed over.
func (r *Rules) lineOf(rules []ignoreRule, path string, isDir bool) (line int, says bool) {
	for i := len(rules) - 1; i >= 0; i-- {
		rule := &rules[i]
		if rule.folders && !isDir || !r.matches(&rule.attrRule, path) {
			continue
		}
		if rule.negated {
			return -rule.line, true
		}
		return rule.line, true
	}
	return 0, false
}

func (r *Rules) matches(rule *attrRule, path string) bool {
	text := path
	if !rule.wholePath {
		text = path[strings.LastIndexByte(path, '/')+1:]
	}
	return r.match.burn(1) && r.match.match(rule.pattern, text, rule.wholePath)
}

func pathBelow(path, dir string) string { return strings.TrimPrefix(path[len(dir):], "/") }

// ignoresIn are the lines of a folder's .gitignore, and of .git/info/exclude for ".git".
func (r *Rules) ignoresIn(dir string) []ignoreRule {
	rules, known := r.ignores[dir]
	if known {
		return rules
	}
	name := filepath.Join(filepath.FromSlash(dir), ".gitignore")
	if dir == GitFile {
		name = filepath.Join(GitFile, "info", "exclude")
	}
	number := 0
	for line := range strings.Lines(r.text(name)) {
		number++
		if rule, ok := parseIgnore(strings.TrimRight(line, "\r\n")); ok {
			rules = append(rules, ignoreRule{rule, number})
		}
	}
	r.ignores[dir] = rules
	return rules
}

// parseIgnore reads a line of a .gitignore file (gitignore(5)).
func parseIgnore(line string) (rule attrRule, ok bool) {
	if strings.HasPrefix(line, "#") {
		return rule, false
	}
	line = trimSpaces(line)
	line, rule.negated = strings.CutPrefix(line, "!")
	line, rule.folders = strings.CutSuffix(line, "/")
	rule.wholePath = strings.Contains(line, "/")
	rule.pattern = strings.TrimPrefix(line, "/")
	return rule, rule.pattern != ""
}

// Converts says what makes a file come out of a clone with other bytes; "" if nothing does.
// read returns its content.
func (r *Rules) Converts(path string, read func() ([]byte, error)) (why string, err error) {
	text, eol := r.attribute(path, "text"), r.attribute(path, "eol")
	if text == "" {
		text = r.attribute(path, "crlf")
	}
	if text == "" && (eol == "lf" || eol == "crlf") {
		text = "+"
	}
	if text == "" && r.auto {
		text = "auto"
	}
	if filter := r.attribute(path, "filter"); filter != "" && filter != "-" && filter != "!" {
		return "filter=" + filter, nil
	}
	if encoding := r.attribute(path, "working-tree-encoding"); encoding != "" && encoding != "-" && encoding != "!" {
		return "working-tree-encoding=" + encoding, nil
	}
	ident := r.attribute(path, "ident") == "+"
	if text != "+" && text != "auto" && text != "input" && !ident {
		return "", nil
	}
	data, err := read()
	if err != nil {
		return "", err
	}
	if ident && expandable.Match(data) {
		return "ident", nil
	}
	return r.endsChange(path, data, text, eol), nil
}

// expandable is what git's own ident expands, and takes back.
var expandable = regexp.MustCompile(`\$Id(\$|:[^$\n]*\$)`)

// endsChange tells by which attribute the ends of lines change: they become LF in the
// repository, and what eol says in a clone.
func (r *Rules) endsChange(path string, data []byte, text, eol string) string {
	s := gatherStats(data)
	switch {
	case text == "-" || text == "!" || text == "":
		return ""
	case text == "auto" && (s.binary() || r.tracked[path] && s.crlf > 0):
		return ""
	case eol == "crlf" && s.lf > s.crlf:
		return "eol=crlf"
	case eol != "crlf" && s.crlf > 0 && text == "auto":
		return "text=auto, or core.autocrlf"
	case eol != "crlf" && s.crlf > 0:
		return "text"
	}
	return ""
}

// attribute returns what is said of an attribute: by .git/info/attributes, or the nearest
// .gitattributes that says anything.
func (r *Rules) attribute(path, name string) string {
	if value := r.said(r.attrsIn(GitFile), path, name); value != "" {
		return value
	}
	for dir := path; dir != ""; {
		dir = filelist.Parent(dir)
		if value := r.said(r.attrsIn(dir), pathBelow(path, dir), name); value != "" {
			return value
		}
	}
	return ""
}

func (r *Rules) said(rules []wordRule, path, name string) string {
	for i := len(rules) - 1; i >= 0; i-- {
		if value := rules[i].words[name]; value != "" && !rules[i].folders && r.matches(&rules[i].attrRule, path) {
			return value
		}
	}
	return ""
}

// attrsIn are the lines of a folder's attributes file, and of .git/info/attributes for
// ".git".
func (r *Rules) attrsIn(dir string) []wordRule {
	rules, known := r.attrs[dir]
	if known {
		return rules
	}
	name := filepath.Join(filepath.FromSlash(dir), attributesFile)
	if dir == GitFile {
		name = filepath.Join(GitFile, "info", "attributes")
	}
	for line := range strings.Lines(r.text(name)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if rule, macro, rest, ok := cutPattern(line); ok && !macro && !rule.negated {
			rules = append(rules, wordRule{rule, words(rest)})
		}
	}
	r.attrs[dir] = rules
	return rules
}

// words reads the attributes of a line.
func words(text string) map[string]string {
	said := map[string]string{}
	for word := range strings.FieldsSeq(text) {
		value := "+"
		if word[0] == '-' || word[0] == '!' {
			value, word = word[:1], word[1:]
		} else if name, given, ok := strings.Cut(word, "="); ok {
			word, value = name, given
		}
		if word == "binary" && value == "+" {
			said["text"] = "-"
			continue
		}
		said[word] = value
	}
	return said
}
