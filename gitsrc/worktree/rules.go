package worktree

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/index"

	"cargohome/internal/filelist"
	"cargohome/internal/fsx"
)

// Rules is what a work tree on the disk, of the user's, says about files that are put into
// it: which of them git passes over when all are added, and which come out of a clone with
// other bytes. They are git's own rules, and not those of Cargo's libgit2.
//
//	.gitignore, info/exclude of the repository, core.excludesFile   the last pattern that matches counts
//	.gitattributes, info/attributes, core.attributesFile            text, eol, ident, filter, working-tree-encoding
//	core.autocrlf, core.eol                                         what text is that no attribute speaks of
//	core.ignoreCase                                                 whether patterns tell case apart
//
// A clone has no more of these than what is committed and the user's own configuration. Not
// for several goroutines at a time.
type Rules struct {
	root    string
	common  string // the folder of the repository that all its work trees share
	tracked map[string]bool
	user    gitConfig // that which counts for all repositories
	here    gitConfig // with what the repository says
	ignores map[string][]ignoreRule
	attrs   map[string][]wordRule
	macros  map[bool]map[string][]word // see [Rules.macrosOf]
	match   matcher
}

// ignoreRule is a line of a .gitignore file.
type ignoreRule struct {
	attrRule
	line int
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
	dir := gitDir(root)
	r := &Rules{root: root, common: dir, tracked: map[string]bool{}, ignores: map[string][]ignoreRule{}, attrs: map[string][]wordRule{}, macros: map[bool]map[string][]word{}, match: matcher{fuel: 1 << 30}}
	if other := strings.TrimSpace(textOf(filepath.Join(dir, "commondir"))); other != "" {
		r.common = joined(dir, other)
	}
	r.user.readUser()
	r.here = r.user
	r.here.read(filepath.Join(r.common, "config"), 0)
	data, err := fsx.ReadRegular(filepath.Join(dir, "index"), maxTracked)
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

// gitDir is where the repository of a work tree lies: ".git" may be a file that says so, as in
// submodules, and in work trees beside the first.
func gitDir(root string) string {
	dir := filepath.Join(root, GitFile)
	if target, ok := strings.CutPrefix(textOf(dir), "gitdir: "); ok {
		return joined(root, strings.TrimRight(target, "\r\n"))
	}
	return dir
}

// byteOrderMark is what some editors put before UTF-8.
const byteOrderMark = "\ufeff"

// textOf reads a file of rules, without the mark; "" if there is none.
func textOf(path string) string { return strings.TrimPrefix(rawText(path), byteOrderMark) }

func rawText(path string) string {
	data, err := fsx.ReadRegular(path, maxRules)
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
	if line, says := r.lineOf(r.ignoresIn(GitFile), path, isDir); says {
		return fmt.Sprintf("%s/info/exclude line %d", GitFile, max(line, -line)), line > 0
	}
	line, _ := r.lineOf(r.ignoresIn(ofUser), path, isDir)
	return fmt.Sprintf("%s line %d", r.here.ignores, max(line, -line)), line > 0
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
	pattern := rule.pattern
	if r.here.fold {
		pattern, text = strings.ToLower(pattern), strings.ToLower(text)
	}
	return r.match.burn(1) && r.match.match(pattern, text, rule.wholePath)
}

func pathBelow(path, dir string) string { return strings.TrimPrefix(path[len(dir):], "/") }

// ofUser stands for a folder where files are meant that configuration names, and ofClone where
// that of the repository does not count.
const (
	ofUser  = "~"
	ofClone = "~clone"
)

// pathOf is a file of rules that is called name in folders of the work tree: of the repository
// it is called otherwise, in info, and of the user as is given.
func (r *Rules) pathOf(dir, name, info, user string) string {
	switch dir {
	case GitFile:
		return filepath.Join(r.common, "info", info)
	case ofUser, ofClone:
		return joined(r.root, user) // git goes to the root first
	}
	return filepath.Join(r.root, filepath.FromSlash(dir), name)
}

// ignoresIn are the lines of a folder's .gitignore, of info/exclude for ".git", and of
// core.excludesFile for [ofUser].
func (r *Rules) ignoresIn(dir string) []ignoreRule {
	rules, known := r.ignores[dir]
	if known {
		return rules
	}
	number := 0
	for line := range strings.Lines(textOf(r.pathOf(dir, ".gitignore", "exclude", r.here.ignores))) {
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
