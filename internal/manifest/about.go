package manifest

import (
	"strings"
	"unicode/utf8"

	"cargohome/internal/tomltext"
)

// About is what the manifest of a package says of it to people. What it does not say is "", and
// what is too long is cut off.
type About struct {
	Description string // in a sentence or two
	License     string // as SPDX has it, mostly
	LicenseFile string // path in the package
	RustVersion string // that it needs at least

	Homepage, Repository, Documentation string // URLs, or whatever is written there
}

// ParseAbout reads the text of a manifest from an archive. Of one that cannot be read nothing is
// known.
func ParseAbout(text string) About {
	values, err := readSource(FileName, text)
	if err != nil {
		return About{}
	}
	p, _ := values.Get("package").(*tomltext.Table)
	of := func(key string) string {
		value, _ := p.Get(key).(string)
		return strings.Clone(cut(value)) // or the whole manifest would stay in memory
	}
	return About{
		of("description"), of("license"), of("license-file"), of("rust-version"), of("homepage"), of("repository"), of("documentation"),
	}
}

const maxField = 2 << 10 // bytes of what a manifest says to people

// cut returns the beginning of a text, with a mark where that is not all.
func cut(text string) string {
	if len(text) <= maxField {
		return text
	}
	end := maxField
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}
