package platform

import (
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cargohome/internal/glob"
	"cargohome/internal/spelling"
)

// table has one line per target, the columns with spaces between:
//
//	NAME TIER TOOLS ARCH OS ENV ABI VENDOR FAMILIES ENDIAN WIDTH PANIC ATOMICS FEATURES
//
// An empty value is "-"; lists have commas. TOOLS is "host" if there are a compiler and a
// standard library, "std" if there is only the latter. FEATURES is the number of a line
// above, as many targets have the same. Comments begin with '#'.
//
//go:embed targets.txt
var table string

const columns = 14

// rustcLine begins the line that says which rustc the table is from.
const rustcLine = "rustc "

// Rustc returns the version of the rustc that the table is from.
func Rustc() string {
	for line := range strings.Lines(table) {
		if version, ok := strings.CutPrefix(line, rustcLine); ok {
			return strings.TrimSpace(version)
		}
	}
	return ""
}

// Targets returns all targets of the table that f takes, sorted by name; f may be nil. It
// sees the name, the tier and what there is, but no cfgs.
func Targets(f func(*Target) bool) []*Target {
	var targets []*Target
	features := map[string][]string{}
	for line := range strings.Lines(table) {
		words := strings.Fields(line)
		switch {
		case len(words) > 1 && words[0] == "features":
			features[words[1]] = words[2:]
			continue
		case len(words) != columns || words[0] == "#":
			continue
		}
		t := &Target{Name: words[0], Tier: int(words[1][0] - '0'), Host: words[2] == "host", Std: words[2] != "-"}
		if f == nil || f(t) {
			t.Cfgs = newTarget("", rowCfgs(words[3:], features)).Cfgs
			targets = append(targets, t)
		}
	}
	return targets
}

// rowCfgs are those of a row without its first three columns.
func rowCfgs(row []string, features map[string][]string) []Cfg {
	d := description{
		arch: row[0], os: row[1], env: row[2], abi: row[3], vendor: row[4], families: list(row[5]),
		endian: row[6], width: row[7], panics: row[8], atomics: list(row[9]), features: features[row[10]],
	}
	for _, value := range []*string{&d.env, &d.abi} {
		if *value == "-" {
			*value = ""
		}
	}
	return d.cfgs()
}

func list(column string) []string {
	if column == "-" {
		return nil
	}
	return strings.Split(column, ",")
}

// ErrUnknown is matched by the error for a target that the table does not have.
var ErrUnknown = errors.New("no such target")

// Find returns the targets that a pattern means, sorted: a name, or one with '*', '?' and
// '[…]' in it, see [glob.Part]. The error matches [ErrUnknown] if there are none, and names
// the target or pattern that is spelt most alike.
func Find(pattern string) ([]*Target, error) {
	p, err := glob.ParsePart(pattern)
	if err != nil {
		return nil, fmt.Errorf("pattern of targets %q: %w", pattern, err)
	}
	found := Targets(func(t *Target) bool { return p.Match(t.Name) })
	if len(found) == 0 {
		return nil, &UnknownError{pattern, nearest(p)}
	}
	return found, nil
}

// nearest returns the target or pattern that might be meant.
func nearest(p *glob.Part) string {
	targets := Targets(nil)
	var names []string
	for _, t := range targets {
		names = append(names, t.Name)
	}
	isPart := func(name string) bool { return strings.Contains(name, p.Text) }
	if p.Meta {
		if near := nearestPattern(p, names); near != "" {
			return near
		}
	} else if !strings.Contains(p.Text, "-") && p.Text != "" && slices.ContainsFunc(names, isPart) {
		return "*" + p.Text + "*"
	}
	return cmp.Or(inFull(p.Text, targets), spelling.Nearest(strings.Trim(p.Text, "*"), names))
}

// inFull returns the target that people mean by less than its name, as x86_64-linux: this
// machine's, or else the one with the best support, the first of several.
func inFull(text string, targets []*Target) string {
	if text == "host" || text == "host-tuple" || shortens(text, Here()) {
		return Here()
	}
	targets = slices.DeleteFunc(targets, func(t *Target) bool { return !shortens(text, t.Name) })
	if len(targets) == 0 {
		return ""
	}
	return slices.MinFunc(targets, func(a, b *Target) int { return a.Tier - b.Tier }).Name
}

// shortens reports whether the words of a text begin words of a name, in their order.
func shortens(text, name string) bool {
	words := strings.Split(strings.ToLower(text), "-")
	for word := range strings.SplitSeq(name, "-") {
		if len(words) > 0 && strings.HasPrefix(word, words[0]) {
			words = words[1:]
		}
	}
	return text != "" && len(words) == 0
}

// nearestPattern returns the pattern with words that there are in names, "" if it means
// none even so.
func nearestPattern(p *glob.Part, names []string) string {
	all := strings.Split(strings.Join(names, "-"), "-")
	words := strings.Split(p.Text, "-")
	for i, word := range words {
		if !strings.ContainsAny(word, "*?[") && !slices.Contains(all, word) {
			words[i] = spelling.Nearest(word, all)
		}
	}
	near, err := glob.ParsePart(strings.Join(words, "-"))
	if err != nil || !slices.ContainsFunc(names, near.Match) {
		return ""
	}
	return near.Text
}

// UnknownError says that there is no target of a name or pattern. It matches [ErrUnknown].
type UnknownError struct {
	Pattern string // as it was asked for
	Nearest string // the target or pattern spelt most alike, "" if none is alike
}

func (e *UnknownError) Error() string { return fmt.Sprintf("%v: %q", ErrUnknown, e.Pattern) }
func (e *UnknownError) Unwrap() error { return ErrUnknown }

// Hint says which target might be meant.
func (e *UnknownError) Hint() string {
	if strings.Contains(e.Pattern, ",") {
		return "name one target at a time, and repeat the flag; see `cargohome targets` for those there are"
	}
	if e.Nearest == "" {
		return "see `cargohome targets` for those there are"
	}
	return fmt.Sprintf("did you mean %q? see `cargohome targets` for those there are", e.Nearest)
}
