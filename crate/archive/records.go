package archive

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// records are the entries that describe the entry after them.
type records struct {
	any      bool
	longName *string
	longLink bool
	pax      bool
	paxPath  *string
	paxSize  *uint64
}

func (r *records) pathOr(path string) string {
	switch {
	case r.longName != nil:
		return *r.longName
	case r.paxPath != nil:
		return *r.paxPath
	}
	return path
}

// isRecord: only in headers of a known dialect do the letters have this meaning.
func isRecord(h *header, raw []byte) bool {
	return (h.typ == 'L' || h.typ == 'K' || h.typ == 'x') && (h.ustar || isGNU(raw))
}

func (t *tarReader) readRecord(typ byte, r *records) error {
	if typ == 'L' && r.longName != nil || typ == 'K' && r.longLink || typ == 'x' && r.pax {
		return fmt.Errorf("%w: two %q records for one entry", ErrMalformed, typ)
	}
	text, err := t.recordText()
	if err != nil {
		return err
	}
	r.any = true
	switch typ {
	case 'L':
		name := strings.TrimSuffix(text, "\x00")
		r.longName = &name
	case 'K':
		r.longLink = true
	case 'x':
		r.pax = true
		r.paxPath, r.paxSize = paxPath(text), paxSize(text)
	}
	return nil
}

func (t *tarReader) recordText() (string, error) {
	if t.data > maxRecord {
		return "", &LimitError{"bytes in a record", maxRecord}
	}
	var text strings.Builder
	for {
		piece, err := t.chunk()
		if err != nil {
			return "", err
		}
		if piece == nil {
			return text.String(), nil
		}
		text.Write(piece)
	}
}

// paxLine is one line "LENGTH KEY=VALUE\n" of an extended header.
type paxLine struct {
	key, value string
	malformed  bool
}

// paxLines yields the lines up to an empty one, as tar-rs does. It takes line feeds
// within values for ends of lines too, and calls the pieces malformed.
func paxLines(text string) iter.Seq[paxLine] {
	return func(yield func(paxLine) bool) {
		for line := range strings.SplitSeq(text, "\n") {
			if line == "" || !yield(parsePAXLine(line)) {
				return
			}
		}
	}
}

func parsePAXLine(line string) paxLine {
	length, rest, _ := strings.Cut(line, " ")
	n, err := strconv.Atoi(length)
	key, value, ok := strings.Cut(rest, "=")
	return paxLine{key, value, !ok || err != nil || n != len(line)+1}
}

// paxPath is the first path (tar-rs: EntryFields::path_bytes).
func paxPath(text string) *string {
	for line := range paxLines(text) {
		if line.key == "path" && !line.malformed {
			return &line.value
		}
	}
	return nil
}

// paxSize is the first size, if it is a number and nothing before it is malformed;
// otherwise that of the header counts (tar-rs: pax_extensions_value).
func paxSize(text string) *uint64 {
	for line := range paxLines(text) {
		if line.malformed {
			return nil
		}
		if line.key == "size" {
			n, err := parseUint(line.value, 10)
			if err != nil {
				return nil
			}
			return &n
		}
	}
	return nil
}
