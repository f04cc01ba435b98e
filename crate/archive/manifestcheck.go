package archive

import (
	"bytes"
	"fmt"
	"strings"

	"cargohome/crate"
)

// manifestName is the file at the root of an archive that says which package it is.
const manifestName = "Cargo.toml"

// maxManifest bounds how much of a Cargo.toml is kept to be looked at, in bytes. Real
// ones are far smaller, and have the name near the beginning.
const maxManifest = 4 << 20

// checkManifest returns an error if a Cargo.toml is surely not that of id. Cargo
// loads no package whose manifest has another name or version (cargo 1.95:
// PathSource::download), and one such folder breaks a whole vendor folder (spec 8).
//
// Only what comes before the name and the version is read, and what could be meant
// in another way than it seems is left for Cargo to judge.
func checkManifest(text []byte, id crate.ID) error {
	m := manifestScanner{text: string(bytes.TrimPrefix(text, []byte("\ufeff")))}
	for !m.done() {
		if !m.statement() {
			return fmt.Errorf("%w: line %d is no TOML", ErrManifest, m.line())
		}
	}
	switch {
	case m.unclear:
		return nil
	case m.name == nil:
		return fmt.Errorf("%w: it gives no name", ErrManifest)
	case *m.name != id.Name:
		return fmt.Errorf("%w: its name is %q", ErrManifest, *m.name)
	case m.version == nil && id.Version != "0.0.0": // cargo 1.95: the default
		return fmt.Errorf("%w: it gives no version", ErrManifest)
	case m.version != nil && strings.TrimSpace(*m.version) != id.Version:
		return fmt.Errorf("%w: its version is %q", ErrManifest, *m.version)
	}
	return nil
}

// sought is how many parts of a key it takes to know that it is, or is not, one of
// those sought.
const sought = 3

// manifestScanner walks the statements of a TOML document, taking note of what
// is sought and passing over everything else.
type manifestScanner struct {
	text    string
	at      int
	table   []string // the header above, so far as it matters; "[[" is the first part of those of arrays
	name    *string
	version *string
	unclear bool // the sought is there in a form that is not read
}

func (m *manifestScanner) done() bool {
	m.skipBlank(true)
	return m.unclear || m.name != nil && m.version != nil || m.at == len(m.text)
}

func (m *manifestScanner) line() int { return 1 + strings.Count(m.text[:m.at], "\n") }

// statement passes over a header or a key with its value.
func (m *manifestScanner) statement() bool {
	if m.take("[") {
		return m.header()
	}
	key, ok := m.dottedKey()
	if !ok || !m.take("=") {
		return false
	}
	m.skipBlank(false)
	begin := m.at
	if !m.skipValue() {
		return false
	}
	m.note(append(m.table[:len(m.table):len(m.table)], key...), m.text[begin:m.at])
	return m.endOfLine()
}

func (m *manifestScanner) header() bool {
	array := m.take("[")
	key, ok := m.dottedKey()
	if !ok || !m.take("]") || array && !m.take("]") {
		return false
	}
	if array {
		key = append([]string{"[["}, key...)
	}
	m.table = key[:min(len(key), sought)]
	return m.endOfLine()
}

func (m *manifestScanner) endOfLine() bool {
	m.skipBlank(false)
	return m.at == len(m.text) || m.take("\n")
}

// note keeps a value if it is one of those sought. Old manifests have [project].
func (m *manifestScanner) note(key []string, value string) {
	if key[0] != "package" && key[0] != "project" {
		return
	}
	switch {
	case len(key) == 1:
		m.unclear = true
	case key[1] != "name" && key[1] != "version":
	case len(key) > 2 || len(value) < 2 || !isPlainString(value):
		m.unclear = true
	case key[1] == "name":
		m.name = new(value[1 : len(value)-1])
	default:
		m.version = new(value[1 : len(value)-1])
	}
}

// isPlainString: no escapes, and of one line.
func isPlainString(value string) bool {
	quote := value[0]
	return (quote == '"' || quote == '\'') && !strings.ContainsAny(value, "\\\n") && strings.Count(value, value[:1]) == 2
}

// take passes over blanks and then text, if it is there.
func (m *manifestScanner) take(text string) bool {
	m.skipBlank(false)
	if !strings.HasPrefix(m.text[m.at:], text) {
		return false
	}
	m.at += len(text)
	return true
}

// skipBlank passes over blanks and comments, with lines also over their ends.
func (m *manifestScanner) skipBlank(lines bool) {
	for m.at < len(m.text) {
		switch c := m.text[m.at]; {
		case c == '#':
			m.at += lineLength(m.text[m.at:])
		case c == ' ' || c == '\t' || c == '\r' || lines && c == '\n':
			m.at++
		default:
			return
		}
	}
}

func lineLength(s string) int {
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		return i
	}
	return len(s)
}

func (m *manifestScanner) dottedKey() (key []string, ok bool) {
	for {
		part, ok := m.keyPart()
		if !ok {
			return nil, false
		}
		if key = append(key, part); !m.take(".") {
			return key, true
		}
	}
}

func (m *manifestScanner) keyPart() (string, bool) {
	m.skipBlank(false)
	begin := m.at
	if m.at < len(m.text) && (m.text[m.at] == '"' || m.text[m.at] == '\'') {
		ok := m.skipString()
		return strings.Trim(m.text[begin:m.at], m.text[begin:begin+1]), ok
	}
	m.at += bareLength(m.text[m.at:])
	return m.text[begin:m.at], m.at > begin
}

func bareLength(s string) int {
	if i := strings.IndexAny(s, " \t\r\n=.,[]{}\"'#"); i >= 0 {
		return i
	}
	return len(s)
}

// skipValue passes over a string, over brackets with all that is in them, or over
// what else there is on the line.
func (m *manifestScanner) skipValue() bool {
	if m.at == len(m.text) {
		return false
	}
	switch m.text[m.at] {
	case '"', '\'':
		return m.skipString()
	case '[', '{':
		return m.skipBrackets()
	}
	begin := m.at
	m.at += lineLength(m.text[m.at:])
	return m.at > begin
}

func (m *manifestScanner) skipBrackets() bool {
	for depth := 0; m.at < len(m.text); {
		switch m.text[m.at] {
		case '"', '\'':
			if !m.skipString() {
				return false
			}
			continue
		case '#':
			m.at += lineLength(m.text[m.at:])
			continue
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		}
		if m.at++; depth == 0 {
			return true
		}
	}
	return false
}

// skipString passes over a string of any of the four kinds.
func (m *manifestScanner) skipString() bool {
	rest := m.text[m.at:]
	quote, many := rest[:1], strings.Repeat(rest[:1], 3)
	end := quote
	if strings.HasPrefix(rest, many) {
		end = many
	}
	n := len(end)
	for n < len(rest) && !strings.HasPrefix(rest[n:], end) {
		switch {
		case rest[n] == '\\' && quote == `"`:
			n++
		case rest[n] == '\n' && end == quote:
			return false
		}
		n++
	}
	if n >= len(rest) {
		return false
	}
	n += len(end)
	for end == many && strings.HasPrefix(rest[n:], quote) {
		n++ // up to two quotes may stand before the closing ones
	}
	m.at += n
	return true
}
