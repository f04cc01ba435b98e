package manifest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"cargohome/crate"
)

// Names and versions are checked where they are read: a manifest with a bad one
// is no manifest to Cargo.

type (
	packageName   string
	featureName   string
	profileName   string
	looseVersion  string // may have white space around it
	strictVersion string
	rustVersion   string
)

func (n *packageName) decode(v any) error {
	text, ok := v.(string)
	if !ok {
		return expected("a string", v)
	}
	*n = packageName(text)
	if err := crate.CheckName(text); err != nil {
		return err
	}
	if unicode.IsDigit([]rune(text)[0]) || text[0] == '-' {
		return fmt.Errorf("name %q may not begin like this", text)
	}
	return nil
}

func (n *featureName) decode(v any) error {
	text := v.(string)
	*n = featureName(text)
	return crate.CheckFeature(text)
}

func (n *profileName) decode(v any) error {
	text := v.(string)
	*n = profileName(text)
	for _, r := range text {
		if r != '-' && r != '_' && !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			return fmt.Errorf("profile name %q may not contain %q", text, r)
		}
	}
	lower := strings.ToLower(text)
	if slices.Contains(reservedProfiles, lower) || strings.HasPrefix(lower, "cargo") {
		return fmt.Errorf("profile name %q is reserved", text)
	}
	return nil
}

var reservedProfiles = []string{
	"debug", "build-override", "build", "check", "clean", "config", "fetch", "fix", "install", "metadata", "package",
	"publish", "report", "root", "run", "rust", "rustc", "rustdoc", "target", "tmp", "uninstall",
}

func (n *looseVersion) decode(v any) error {
	text, ok := v.(string)
	if !ok {
		return expected("a string", v)
	}
	*n = looseVersion(strings.TrimSpace(text))
	return crate.CheckVersion(string(*n))
}

func (n *strictVersion) decode(v any) error {
	text, ok := v.(string)
	if !ok {
		return expected("a string", v)
	}
	*n = strictVersion(text)
	return crate.CheckVersion(text)
}

// decode reads one to three numbers; what they mean is in [rustVersion.minor].
func (n *rustVersion) decode(v any) error {
	text, ok := v.(string)
	if !ok {
		return expected("a string", v)
	}
	text = strings.Trim(text, " ")
	*n = rustVersion(text)
	if parts := strings.Split(text, "."); len(parts) > 3 || slices.ContainsFunc(parts, notNumber) {
		return fmt.Errorf("rust-version %q is not up to three numbers", text)
	}
	return nil
}

func notNumber(s string) bool {
	n, err := strconv.ParseUint(s, 10, 64)
	return err != nil || strconv.FormatUint(n, 10) != s
}

func (n rustVersion) minor() (int, bool) { return RustMinor(string(n)) }

// RustMinor returns the second number of a rust-version, false if the first is not 1.
func RustMinor(version string) (number int, ok bool) {
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	number, _ = strconv.Atoi(minor)
	return number, major == "1"
}

// A profileSpec names the packages of a [profile.*.package] table, "*" all of
// them. It is printed in the newer of its spellings, name@version
// (cargo-util-schemas 0.13.0, src/core/package_id_spec.rs). URLs are kept as they
// are; Cargo would print them in the form of the URL standard.
type profileSpec string

func (p *profileSpec) decode(v any) error {
	text := v.(string)
	if text == "*" {
		*p = "*"
		return nil
	}
	url, fragment := "", text
	if strings.Contains(text, "://") {
		url, fragment, _ = strings.Cut(text, "#")
	}
	name, version := cutSpec(fragment)
	if url != "" && version == "" && !startsWithLetter(name) {
		name, version = "", name
	}
	*p = profileSpec(joinSpec(url, name, version))
	if url == "" && new(packageName).decode(name) != nil || version != "" && notPartialVersion(version) {
		return fmt.Errorf("%q names no package", text)
	}
	return nil
}

func startsWithLetter(s string) bool {
	for _, r := range s {
		return unicode.IsLetter(r)
	}
	return false
}

// cutSpec parts name@version and name:version.
func cutSpec(s string) (name, version string) {
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		return s[:i], s[i+1:]
	}
	if i := strings.LastIndexByte(s, ':'); i > 0 && s[i-1] != ':' {
		return s[:i], s[i+1:]
	}
	return s, ""
}

func joinSpec(url, name, version string) string {
	mark := "@"
	switch {
	case url == "":
	case name == "" || strings.HasSuffix(url, "/"+name):
		name, mark = url, "#"
	default:
		name = url + "#" + name
	}
	if version == "" {
		return name
	}
	return name + mark + version
}

func notPartialVersion(s string) bool {
	core, _, _ := strings.Cut(s, "+")
	core, _, tail := strings.Cut(core, "-")
	parts := strings.Split(core, ".")
	return len(parts) > 3 || tail && len(parts) < 3 || slices.ContainsFunc(parts, notNumber)
}

// compare orders by name, version and URL, with "*" last.
func (p profileSpec) compare(o profileSpec) int {
	if p == "*" || o == "*" {
		return cmp.Compare(btoi(p == "*"), btoi(o == "*"))
	}
	a, b := p.parts(), o.parts()
	return cmp.Or(cmp.Compare(a.name, b.name), comparePartial(a.version, b.version), cmp.Compare(a.url, b.url))
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

type specParts struct{ name, version, url string }

func (p profileSpec) parts() specParts {
	url, fragment, hasURL := strings.Cut(string(p), "#")
	if !hasURL && !strings.Contains(url, "://") {
		name, version := cutSpec(url)
		return specParts{name, version, ""}
	}
	name, version := cutSpec(fragment)
	if !startsWithLetter(name) {
		name, version = url[strings.LastIndexByte(url, '/')+1:], name
	}
	return specParts{name, version, url}
}

// comparePartial orders versions of up to three numbers; fewer come first.
func comparePartial(a, b string) int {
	if a == "" || b == "" {
		return cmp.Compare(a, b)
	}
	as, bs := strings.SplitN(a, ".", 3), strings.SplitN(b, ".", 3)
	return slices.CompareFunc(as, bs, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
}
