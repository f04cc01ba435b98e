//go:build unix

package cli_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"cargohome/internal/cargotest"
	"cargohome/internal/cli"
)

// Every command that the README and the pages show works as it stands, one after the
// other, in the sample that `make demo` makes.
func TestDocs(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("pages are %q (%v)", pages, err)
	}
	for _, page := range append(pages, "../../README.md") {
		t.Run(filepath.Base(page), func(t *testing.T) {
			text, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			sample := newSample(t)
			for _, m := range shown.FindAllStringSubmatch(string(text), -1) {
				sample.run(t, m[1])
			}
		})
	}
}

// shown is a command in a block of code. What follows a prompt shows what comes of it
// elsewhere.
var shown = regexp.MustCompile(`(?m)^    cargohome (.*)$`)

// sample is the demo, with a home of its owner that has a folder of projects.
type sample struct{ dir, owner string }

func newSample(t *testing.T) sample {
	t.Helper()
	s := sample{dir: t.TempDir()}
	s.owner = filepath.Join(s.dir, "nobody")
	cargotest.WriteDemo(t, s.dir)
	cargotest.WriteDemo(t, filepath.Join(s.owner, "src"))
	// Tests find the project in a folder of this name.
	if err := os.Rename(filepath.Join(s.dir, "project"), filepath.Join(s.dir, "app")); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s sample) run(t *testing.T, line string) {
	t.Helper()
	args := s.words(line)
	if status, _, stderr := runRaw(t, s.dir, args...); status != 0 {
		t.Errorf("cargohome %q ends with %d:\n%s", args, status, stderr)
	}
}

// words takes a line apart as a shell does, as far as the pages need it.
func (s sample) words(line string) (words []string) {
	for _, m := range word.FindAllString(line, -1) {
		m = strings.Trim(m, "'")
		if m == "#" {
			break
		}
		if rest, ok := strings.CutPrefix(m, "~/"); ok {
			m = filepath.Join(s.owner, rest)
		}
		words = append(words, m)
	}
	return words
}

var word = regexp.MustCompile(`'[^']*'|\S+`)

// No command on a page writes over a file of the user's: cargo's configuration may have more
// in it than ours.
func TestDocs_overwrites(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, "../../README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		if m := regexp.MustCompile(`(?m)^.*[^>]> *\S*\.cargo/\S*.*$`).FindString(string(text)); m != "" {
			t.Errorf("%s: %s", page, m)
		}
	}
}

// What the action and the recipes restore of a cache does not fail where that is empty, as
// in the first run of a job, or holds what an older lockfile needed.
func TestDocs_coldCache(t *testing.T) {
	for _, page := range []string{"action/action.yml", "docs/recipes.md"} {
		text, err := os.ReadFile(filepath.Join("../..", page))
		if err != nil {
			t.Fatal(err)
		}
		restore := regexp.MustCompile(`(?m)^ +cargohome ((?:reextract|checkout) .*)$`).FindAllStringSubmatch(string(text), -1)
		if len(restore) != 2 {
			t.Errorf("%s restores by %q", page, restore)
		}
		s := sample{dir: scenes["vendor"].build(t)}
		for _, lost := range []string{"home/registry/cache", "home/git/db", "home"} {
			if err := errors.Join(os.RemoveAll(filepath.Join(s.dir, lost)), os.MkdirAll(filepath.Join(s.dir, "home"), 0o755)); err != nil {
				t.Fatal(err)
			}
			for _, m := range restore {
				s.run(t, strings.ReplaceAll(m[1], `"$LOCKFILE"`, "Cargo.lock"))
			}
		}
	}
}

// The page of each command has every flag of it, and every key of what it prints as JSON.
// Keys that all have stand in json.md; unpack prints what check does, too, and of a manifest
// `cargohome help bundle` says what is in it.
func TestDocs_complete(t *testing.T) {
	also := map[string][]string{"unpack": {code(t, "check.md")}, "pack-list": {cli.Topic("bundle")}}
	for _, cmd := range cli.Commands().Commands() {
		name := cmd.Name()
		if name == "version" || name == "completion" {
			continue // have no page
		}
		page := code(t, name+".md")
		for _, c := range append(cmd.Commands(), cmd) {
			c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
				if !regexp.MustCompile(`(^|\s)(-` + cmp.Or(f.Shorthand, "-"+f.Name) + `|--` + f.Name + `)(\W|$)`).MatchString(page) {
					t.Errorf("docs/%s.md does not have --%s", name, f.Name)
				}
			})
		}
		schemas, err := filepath.Glob("../../docs/schema/" + name + "*.json")
		if err != nil || len(schemas) == 0 {
			t.Errorf("%s has no schema (%v)", name, err)
		}
		for _, path := range schemas {
			schema := strings.TrimSuffix(filepath.Base(path), ".json")
			if command, _, _ := strings.Cut(schema, "-"); command != name {
				continue
			}
			text := strings.Join(append(also[schema], page, code(t, "json.md")), "\n")
			for _, key := range keys(t, path) {
				if !regexp.MustCompile(`\b` + key + `\b`).MatchString(text) {
					t.Errorf("docs/%s.md does not have the key %q of schema/%s.json", name, key, schema)
				}
			}
		}
	}
}

// code is what stands in a page as code: commands, flags, keys, file names.
func code(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/" + page)
	if err != nil {
		t.Fatal(err)
	}
	spans := regexp.MustCompile("(?m)^    .*$|`([^`]*)`").FindAllString(string(text), -1)
	return strings.ReplaceAll(strings.Join(spans, "\n"), "`", "")
}

// keys are those of all objects of a schema.
func keys(t *testing.T, path string) (names []string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	type object struct{ Properties map[string]any }
	var schema struct {
		object
		Defs map[string]object `json:"$defs"`
	}
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	names = slices.Collect(maps.Keys(schema.Properties))
	for _, o := range schema.Defs {
		names = slices.AppendSeq(names, maps.Keys(o.Properties))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// The README is for the first minutes: 1,500 words, in lines that fit a window.
func TestDocs_README(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(strings.Fields(string(text))); n > 1500 {
		t.Errorf("the README has %d words", n)
	}
	for line := range strings.Lines(string(text)) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 120 {
			t.Errorf("a line has %d characters: %s", n, line)
		}
	}
	links := regexp.MustCompile(`\]\((docs/[^)#]*)`).FindAllStringSubmatch(string(text), -1)
	pages, _ := filepath.Glob("../../docs/*.md")
	for _, page := range pages {
		if !slices.ContainsFunc(links, func(m []string) bool { return filepath.Base(m[1]) == filepath.Base(page) }) {
			t.Errorf("nothing in the README leads to %s", page)
		}
	}
	for _, m := range links {
		if _, err := os.Stat(filepath.Join("../..", m[1])); err != nil {
			t.Error(err)
		}
	}
}
