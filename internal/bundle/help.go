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
		text = strings.TrimPrefix(text, "# ")
		b.WriteString(strings.Replace(text, "\t", "    ", 1))
	}
	return b.String()
}
