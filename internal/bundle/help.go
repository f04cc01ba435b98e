package bundle

import (
	_ "embed"
	"strings"
)

//go:embed doc.go
var doc string

// Help is the package comment, which is the documentation of the format, as text.
func Help() string {
	var b strings.Builder
	for line := range strings.Lines(doc) {
		text, isComment := strings.CutPrefix(line, "//")
		if !isComment {
			break
		}
		text = strings.TrimPrefix(text, " ")
		if title, isTitle := strings.CutPrefix(text, "# "); isTitle {
			text = strings.TrimSuffix(title, "\n") + ":\n"
		}
		b.WriteString(strings.Replace(text, "\t", "  ", 1))
	}
	return strings.Replace(b.String(), "Package bundle is the", "The", 1)
}
