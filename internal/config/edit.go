package config

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strings"
)

// Edit returns the text of a configuration file changed so that it holds the
// wanted tables, and whether that differs from old. It is pure; the caller reads
// and writes the file.
//
// The tables are put into a block between two comment lines, at the end of the
// file or where the block already stands; all outside the block stays byte for
// byte. The block's lines end as the file's first line does, and a file without
// a final newline still has none afterwards. A wanted table that stands
// elsewhere in the file, equal in meaning, is left to stand and not repeated.
// With no wanted tables the block is removed.
//
// A *[ConflictError] names what stands in the way: a different table of a wanted
// name, one for a wanted source under another name, [source] written in a form
// that cannot be added to, or lines in the block that Edit cannot have written.
// What a user changed inside the block but kept in the form Edit writes is
// replaced.
func Edit(old []byte, want Tables) (changed []byte, differs bool, err error) {
	body, hadBOM := bytes.CutPrefix(old, utf8BOM)
	edited, err := edit(string(body), want)
	if err != nil {
		return nil, false, err
	}
	if edited == string(body) {
		return old, false, nil
	}
	if hadBOM {
		edited = string(utf8BOM) + edited
	}
	return []byte(edited), true, nil
}

func edit(text string, want Tables) (string, error) {
	if len(text) > MaxFileSize {
		return "", errTooLarge
	}
	doc, err := parseTOML([]byte(text), origin{})
	if err != nil {
		return "", err
	}
	b, err := findBlock(text)
	if err != nil {
		return "", err
	}
	rest, err := readRest(text, b, doc)
	if err != nil {
		return "", err
	}
	want, err = rest.missing(want)
	if err != nil || reflect.DeepEqual(want.data(origin{}), orEmpty(b.tables)) && b.exists() == (len(want.list) > 0) {
		return text, err
	}
	if err := rest.checkForm(want); err != nil {
		return "", err
	}
	edited := replaceBlock(text, b, want)
	return edited, rest.verify(edited, want)
}

func orEmpty(tables map[string]*value) map[string]*value {
	if tables == nil {
		return map[string]*value{}
	}
	return tables
}

// replaceBlock puts the wanted tables in the place of b, or at the end.
func replaceBlock(text string, b block, want Tables) string {
	newline := newlineOf(text)
	lines := beginLine(want.by) + newline + want.print(newline) + endMark + want.by
	switch {
	case len(want.list) == 0:
		return removeBlock(text[:b.start], text[b.end:])
	case b.exists():
		return text[:b.start] + lines + text[b.end:]
	case text == "":
		return lines + newline
	case strings.HasSuffix(text, "\n"):
		return text + newline + lines + newline
	}
	return text + newline + newline + lines
}

// removeBlock undoes what replaceBlock did at the end of a text: the empty line
// before the block goes, and the newline that was added to a last line without.
func removeBlock(before, after string) string {
	if cut, ok := cutNewline(before); ok && strings.HasSuffix(cut, "\n") {
		before = cut
	}
	if after == "" {
		before, _ = cutNewline(before)
		return before
	}
	_, after, _ = strings.Cut(after, "\n")
	return before + after
}

func cutNewline(s string) (string, bool) {
	cut, ok := strings.CutSuffix(s, "\n")
	if ok {
		cut = strings.TrimSuffix(cut, "\r")
	}
	return cut, ok
}

// newlineOf returns how the first line of text ends.
func newlineOf(text string) string {
	if first, _, ok := strings.Cut(text, "\n"); ok && strings.HasSuffix(first, "\r") {
		return "\r\n"
	}
	return "\n"
}

// verify checks the promise of Edit on its result: the wanted tables are there,
// exactly, and all else is as it was.
func (r *rest) verify(edited string, want Tables) error {
	got, err := parseTOML([]byte(edited), origin{})
	if err != nil {
		return fmt.Errorf("with the tables added: %w", err)
	}
	if len(want.list) > 0 {
		source := newTable(origin{})
		maps.Copy(source.table(), r.source())
		maps.Copy(source.table(), want.data(origin{}))
		r.doc.table()["source"] = source
	}
	if !reflect.DeepEqual(got, r.doc) {
		return errors.New("the tables cannot be added without changing others")
	}
	return nil
}
