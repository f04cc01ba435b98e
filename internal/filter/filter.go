package filter

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"cargohome/crate"
	"cargohome/internal/glob"
	"cargohome/internal/resolve"
	"cargohome/internal/spelling"
)

// Filter is what is asked for. The zero value asks for nothing: everything is kept.
type Filter struct {
	Platforms         []string // targets, or patterns for them; or paths of target files, which end in ".json"
	Tier              int      // of targets; 0 for any
	Hosts             []string // targets that run build scripts and procedural macros, beside those built for; the machine that this runs on if there are none
	Cfgs              []string // what else holds on every target, as for `rustc --cfg`
	Features          []string // as Cargo takes them
	AllFeatures       bool     // all that members have are on
	NoDefaultFeatures bool     // "default" is not
	Kinds             string   // of dependencies: see [ParseKinds]; "" for all

	Packages []string // specifications of members; without any all of them are meant
	Without  []string // specifications of members that are not meant
	All      bool     // all members are meant, and it is said so

	Exclude []Exclusion // files that are not wanted, in the order given
}

// Exclusion takes files from packages.
type Exclusion struct {
	Text  string       // as it was given
	Crate *glob.Part   // matches the name of a package, NAME-VERSION or NAME@VERSION; nil for a preset
	Paths []*glob.Path // at least one
}

// Narrows reports whether packages may be left out, and not only files of them.
func (f *Filter) Narrows() bool {
	return f.HasTargets() || len(f.Features) > 0 || f.AllFeatures || f.NoDefaultFeatures || f.Kinds != "" ||
		len(f.Packages) > 0 || len(f.Without) > 0 || f.All
}

// Matches reports whether the exclusion is for a package that has that folder.
func (e *Exclusion) Matches(id crate.ID, folder string) bool {
	return e.Preset() || slices.ContainsFunc([]string{id.Name, path.Base(folder), id.Stem(), id.Name + "@" + id.Version}, e.Crate.Match)
}

// Preset reports whether it is one, which leaves all that code needs.
func (e *Exclusion) Preset() bool { return e.Crate == nil }

// Yields reports whether it leaves what code includes: it is about all packages, and was
// not made for those that do.
func (e *Exclusion) Yields() bool { return e.Preset() || e.Crate.Text == "*" }

// Request returns what the filter has built, of whatever platforms.
func (f *Filter) Request() (*resolve.Request, error) {
	kinds, err := ParseKinds(f.Kinds)
	return &resolve.Request{
		Packages: f.Packages, All: len(f.Packages) == 0 || f.All, Exclude: f.Without,
		Features: f.Features, AllFeatures: f.AllFeatures, NoDefaultFeatures: f.NoDefaultFeatures, Kinds: kinds,
	}, err
}

// kinds are the words for kinds of dependencies.
var kinds = []struct {
	word string
	set  resolve.Kinds
}{
	{"all", resolve.AllKinds},
	{"normal", resolve.Kinds(0).With(resolve.Normal)},
	{"build", resolve.Kinds(0).With(resolve.Build)},
	{"dev", resolve.Kinds(0).With(resolve.Dev)},
	{"no-normal", resolve.AllKinds.Without(resolve.Normal)},
	{"no-build", resolve.AllKinds.Without(resolve.Build)},
	{"no-dev", resolve.AllKinds.Without(resolve.Dev)},
}

// KindWords returns the words that [ParseKinds] takes.
func KindWords() (words []string) {
	for _, k := range kinds {
		words = append(words, k.word)
	}
	return words
}

// ParseKinds reads which kinds of dependencies are followed; "" is all.
func ParseKinds(text string) (resolve.Kinds, error) {
	for _, k := range kinds {
		if k.word == text || text == "" {
			return k.set, nil
		}
	}
	return 0, &WordError{"kind of dependencies", text, KindWords()}
}

// ParseTier reads "1" or "2", which a manifest may also call "One" and "Two".
func ParseTier(text string) (int, error) {
	switch text {
	case "1", "One":
		return 1, nil
	case "2", "Two":
		return 2, nil
	}
	return 0, &WordError{"tier", text, []string{"1", "2"}}
}

// WordError says that a word is none of those there are.
type WordError struct {
	What  string   // that was to be named, as "tier"
	Word  string   // as it was given
	Words []string // that there are, two or more
}

func (e *WordError) Error() string {
	last := len(e.Words) - 1
	return fmt.Sprintf("there is no %s %q; it may be %s or %s", e.What, e.Word, strings.Join(e.Words[:last], ", "), e.Words[last])
}

// Hint says which one might be meant, "" if none is alike.
func (e *WordError) Hint() string {
	if near := spelling.Nearest(e.Word, e.Words); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return ""
}

// ParseExclusion reads CRATE#PATTERN.
func ParseExclusion(text string) (Exclusion, error) {
	name, pattern, ok := strings.Cut(text, "#")
	if !ok || name == "" {
		return Exclusion{}, fmt.Errorf("the exclusion %q has no '#' between the name of a package and a path in it: write CRATE#PATH, or *#PATH for all", text)
	}
	return newExclusion(name, pattern)
}

func newExclusion(name, pattern string) (Exclusion, error) {
	e := Exclusion{Text: name + "#" + pattern}
	p, err := glob.ParsePath(pattern)
	if err == nil {
		e.Crate, err = glob.ParsePart(name)
	}
	if err != nil {
		return e, fmt.Errorf("the exclusion %q: %w", e.Text, err)
	}
	e.Paths = []*glob.Path{p}
	return e, nil
}

// presets are what builds do not need, by what people call it.
var presets = map[string][]string{
	"tests":    {"tests/"},
	"examples": {"examples/"},
	"benches":  {"benches/"},
	"docs":     {"doc/", "docs/", "README*", "CHANGELOG*", "CHANGES*", "HISTORY*", "RELEASES*", "CONTRIBUTING*", "CODE_OF_CONDUCT*", "SECURITY*"},
	"prebuilt": {"**/*.a", "**/*.lib", "**/*.o", "**/*.obj", "**/*.so", "**/*.dylib", "**/*.dll", "**/*.exe", "**/*.pdb", "**/*.rlib", "**/*.wasm"},
}

// Presets returns the words that [Preset] knows, in the order of the help.
func Presets() []string { return []string{"tests", "examples", "benches", "docs", "prebuilt"} }

// NearestPreset returns the preset that is spelt most like a word, "" if none is.
func NearestPreset(word string) string { return spelling.Nearest(word, Presets()) }

// Preset returns the exclusion that a word stands for. It leaves what the code of a package
// includes, the roots of its library, binaries and build script, and licences.
func Preset(word string) (e Exclusion, ok bool) {
	patterns, ok := presets[word]
	if !ok {
		return e, false
	}
	e.Text = word
	for _, pattern := range patterns {
		p, err := glob.ParsePath(pattern)
		if err != nil {
			panic(err) // a fault of the table
		}
		e.Paths = append(e.Paths, p)
	}
	return e, true
}

// ErrNoManifest is matched by the error for a lockfile of which the manifest is not known:
// what is built is said there.
var ErrNoManifest = errors.New("filters need the manifest of each lockfile: name it with --manifest-path")
