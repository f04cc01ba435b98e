package bundle

import (
	"bytes"
	"encoding/hex"
	"strconv"

	"cargohome/crate"
)

// plainEntry reads the line of an entry as [Entry.MarshalJSON] writes it, if it has nothing
// but what is plain, as nearly all have: that takes a fifth of the time of package
// encoding/json. It is not ok if the line is something else, right or wrong.
func plainEntry(line []byte) (e Entry, ok bool) {
	rest, ended := bytes.CutSuffix(line, []byte{'}'})
	l := plainLine{rest, ended}
	l.ok = l.skip("{") && l.ok
	e.Path = l.text("path")
	e.Size = l.number("size")
	sum := l.text("sha256")
	contentSize, contentSum, recipe := l.number("content_size"), l.text("content_sha256"), l.text("recipe")
	base, baseSum := l.text("base"), l.text("base_sha256")
	e.Executable = l.flag("executable")
	e.Link = l.text("link")
	e.Package = l.text("package")
	e.Held = l.flag("held")
	if !l.ok || len(l.rest) > 0 || e.Path == "" || e.IsFile() != (sum != "") || sum == "" && recipe != "" {
		return Entry{}, false
	}
	if sum != "" {
		var err error
		if e.Sum, err = crate.ParseChecksum(sum); err != nil {
			return Entry{}, false
		}
		if e.Content, err = parseContent(contentSize, contentSum, recipe, base, baseSum); err != nil {
			return Entry{}, false
		}
	}
	return e, true
}

// plainLine is what is left of a line.
type plainLine struct {
	rest []byte
	ok   bool
}

func (l *plainLine) skip(text string) bool {
	found := len(l.rest) >= len(text) && string(l.rest[:len(text)]) == text
	if found {
		l.rest = l.rest[len(text):]
	}
	return found
}

// member goes on to the value of a member, if that comes next.
func (l *plainLine) member(key string) bool {
	at := l.rest
	l.skip(",")
	if l.skip(`"`) && l.skip(key) && l.skip(`":`) {
		l.ok = l.ok && (at[0] == ',') == (key != "path") // the first
		return true
	}
	l.rest = at
	return false
}

// text is a member of printed ASCII that needs no escape, "" if there is none.
func (l *plainLine) text(key string) string {
	if !l.member(key) {
		return ""
	}
	l.ok = l.skip(`"`) && l.ok
	text, rest, closed := bytes.Cut(l.rest, []byte{'"'})
	l.ok = l.ok && closed && len(text) > 0 && isPlain(text)
	l.rest = rest
	return string(text)
}

// number is a member above 0.
func (l *plainLine) number(key string) int64 {
	if !l.member(key) {
		return 0
	}
	end := 0
	for end < len(l.rest) && '0' <= l.rest[end] && l.rest[end] <= '9' {
		end++
	}
	n, err := strconv.ParseInt(string(l.rest[:end]), 10, 64)
	l.ok = l.ok && err == nil && n > 0 && l.rest[0] != '0'
	l.rest = l.rest[end:]
	return n
}

// flag is a member that is true.
func (l *plainLine) flag(key string) bool {
	if !l.member(key) {
		return false
	}
	l.ok = l.skip("true") && l.ok
	return true
}

// appendLine appends the line of an entry as [Entry.MarshalJSON] makes it, which one that is
// plain does not take.
func (e *Entry) appendLine(text []byte) ([]byte, error) {
	if e.Content != nil || !isPlain(e.Path) || !isPlain(e.Link) || !isPlain(e.Package) {
		line, err := e.MarshalJSON()
		return append(text, line...), err
	}
	text = append(append(append(text, `{"path":"`...), e.Path...), '"')
	if e.Size != 0 {
		text = strconv.AppendInt(append(text, `,"size":`...), e.Size, 10)
	}
	if e.IsFile() {
		text = append(hex.AppendEncode(append(text, `,"sha256":"`...), e.Sum[:]), '"')
	}
	if e.Executable {
		text = append(text, `,"executable":true`...)
	}
	if e.Link != "" {
		text = append(append(append(text, `,"link":"`...), e.Link...), '"')
	}
	if e.Package != "" {
		text = append(append(append(text, `,"package":"`...), e.Package...), '"')
	}
	if e.Held {
		text = append(text, `,"held":true`...)
	}
	return append(text, '}'), nil
}

// isPlain reports whether a text needs no escape in JSON, and is of printed ASCII.
func isPlain[T string | []byte](text T) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '\\' || c == '"' {
			return false
		}
	}
	return true
}
