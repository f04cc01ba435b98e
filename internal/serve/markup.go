package serve

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"cargohome/internal/visible"
)

// markup is a text in HTML that is being written. Elements end where they are to, as they are
// functions, and every text is escaped, in attributes too. Nothing here takes HTML.
type markup struct {
	b    bytes.Buffer
	left int // bytes of texts that may still come
}

// Bounds of texts, which are from outside.
const (
	maxText  = 4 << 10 // bytes of one
	maxTexts = 2 << 20 // of all of a page
)

// in writes an element with what body writes. Attributes are names and values.
func (m *markup) in(element string, body func(), attributes ...string) {
	m.begin(element, attributes)
	body()
	m.b.WriteString("</" + element + ">")
	if isBlock(element) {
		m.b.WriteByte('\n')
	}
}

// put writes an element with a text.
func (m *markup) put(element, text string, attributes ...string) {
	m.in(element, func() { m.text(text) }, attributes...)
}

// void writes an element that has no end.
func (m *markup) void(element string, attributes ...string) {
	m.begin(element, attributes)
	m.b.WriteByte('\n')
}

func (m *markup) begin(element string, attributes []string) {
	m.b.WriteString("<" + element)
	for i := 0; i+1 < len(attributes); i += 2 {
		m.b.WriteString(" " + attributes[i] + `="` + escaped(attributes[i+1]) + `"`)
	}
	m.b.WriteByte('>')
}

// isBlock reports whether a line ends after an element, for who reads the source.
func isBlock(element string) bool {
	switch element {
	case "a", "button", "code", "label", "option", "script", "span", "strong", "td", "th":
		return false
	}
	return true
}

// text writes a text as it may be shown.
func (m *markup) text(text string) {
	text = escaped(text)
	if m.left -= len(text); m.left < 0 {
		text = "…"
	}
	m.b.WriteString(text)
}

// prose writes a text that somebody has written, in whatever direction; white space is what HTML
// makes of it.
func (m *markup) prose(element, text string, attributes ...string) {
	text = strings.Map(func(r rune) rune {
		if r == '\ufe0f' || r == '\ufe0e' {
			return -1 // whether the sign before is to have colours
		}
		return r
	}, strings.Join(strings.Fields(text), " "))
	m.put(element, text, append(attributes, "dir", "auto")...)
}

// escaped is a text as it may stand in HTML, and be shown, of no more than some length.
func escaped(text string) string {
	if len(text) > maxText {
		end := maxText
		for !utf8.RuneStart(text[end]) {
			end--
		}
		text = text[:end] + "…"
	}
	var b strings.Builder
	for _, r := range visible.Text(text) {
		switch r {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '"':
			b.WriteString("&#34;")
		case '\'':
			b.WriteString("&#39;")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
