package config

import (
	"fmt"
	"strings"

	"cargohome/internal/tomltext"
)

// What Edit writes stands between two comment lines, by which it is known again: a line
// is a mark if it starts with one of these texts, and behind it stands which command
// wrote it. There is one block for all: a source can be replaced once.
const (
	beginMark = "# BEGIN cargohome "
	endMark   = "# END cargohome "
)

func beginLine(by string) string {
	return fmt.Sprintf("%s%s (rewritten by \"cargohome %s --write-config\")", beginMark, by, by)
}

// ConflictError says what in a configuration file keeps Edit from changing it.
type ConflictError struct {
	Line   int    // counted from 1
	Table  string // as TOML has it, such as source.crates-io; "" if it is not about one
	Reason string // as a sentence without its full stop
}

func (e *ConflictError) Error() string {
	if e.Table == "" {
		return fmt.Sprintf("line %d: %s", e.Line, e.Reason)
	}
	return fmt.Sprintf("line %d: table %s: %s", e.Line, e.Table, e.Reason)
}

// Hint says how to go on.
func (e *ConflictError) Hint() string {
	return "take that out of the file and run this again; or run it without --write-config, and put the tables that it prints where you want them"
}

// block is the place of the marked lines in a text, from the start of the first
// to before the newline of the last. The zero value stands for no block.
type block struct {
	start, end int
	line       int // of the start
	tables     map[string]*value
}

func (b *block) exists() bool { return b.end > 0 }

// findBlock looks for the marks and checks that all between them is of the kind
// Edit writes: replacing it then loses nothing of the user's.
func findBlock(text string) (block, error) {
	f := blockFinder{text: text}
	for st := range tomltext.Statements(text) {
		if err := f.take(st); err != nil {
			return block{}, err
		}
	}
	if f.inside {
		return block{}, &ConflictError{f.line, "", "a block of cargohome begins here that does not end"}
	}
	return f.block, f.parse(text)
}

// blockFinder walks over the statements of a text.
type blockFinder struct {
	block
	text   string
	inside bool
	behind bool // the block's last table is still open
}

func (f *blockFinder) take(st tomltext.Statement) error {
	line := strings.TrimSpace(f.text[st.Start:st.End])
	switch {
	case st.Kind == tomltext.Comment && strings.HasPrefix(line, beginMark):
		return f.begin(st)
	case st.Kind == tomltext.Comment && strings.HasPrefix(line, endMark):
		return f.finish(st)
	case f.inside && !isOurs(st):
		return &ConflictError{st.Line, "", "this is not of cargohome's making but inside its block"}
	case f.behind && st.Kind == tomltext.Name:
		return &ConflictError{st.Line, "", "this key belongs to a table inside the block of cargohome above it"}
	case st.Kind == tomltext.Header || st.Kind == tomltext.ArrayHeader:
		f.behind = false
	}
	return nil
}

func (f *blockFinder) begin(st tomltext.Statement) error {
	if f.exists() || f.inside {
		return &ConflictError{st.Line, "", "a second block of cargohome begins here"}
	}
	f.start, f.line, f.inside = st.Start, st.Line, true
	return nil
}

func (f *blockFinder) finish(st tomltext.Statement) error {
	if !f.inside {
		return &ConflictError{st.Line, "", "a block of cargohome ends here that does not begin"}
	}
	f.end = st.Start + len(strings.TrimRight(f.text[st.Start:st.End], "\r\n"))
	f.inside, f.behind = false, true
	return nil
}

// isOurs reports whether a line inside the block could be one Edit wrote, apart
// from spacing and quotes.
func isOurs(st tomltext.Statement) bool {
	switch st.Kind {
	case tomltext.Newline:
		return true
	case tomltext.Header:
		return !st.Commented && len(st.Key) == 2 && st.Key[0] == "source"
	case tomltext.Name:
		return !st.Commented && len(st.Key) == 1 && st.Value.Kind == tomltext.Quoted
	}
	return false
}

// parse reads the tables of the block and checks their form.
func (b *block) parse(text string) error {
	if !b.exists() {
		return nil
	}
	doc, err := parseTOML([]byte(text[b.start:b.end]), origin{})
	if err != nil {
		return &ConflictError{b.line, "", "the block of cargohome does not stand alone: " + err.Error()}
	}
	if len(doc.table()) == 0 {
		return nil
	}
	source, ok := doc.table()["source"]
	if !ok || len(doc.table()) > 1 {
		return &ConflictError{b.line, "", "a key inside the block of cargohome is in none of its tables"}
	}
	for name, v := range source.table() {
		if !isOurTable(name, v.table()) {
			return &ConflictError{b.line, dotted([]string{"source", name}), "it is not of cargohome's making but inside its block"}
		}
	}
	b.tables = source.table()
	return nil
}

// isOurTable: a table of the block either stands in for sources or leads to one that does.
func isOurTable(name string, keys map[string]*value) bool {
	if isStandInName(name) {
		return len(keys) == 1 && (keys["directory"] != nil || keys["local-registry"] != nil || keys["registry"] != nil)
	}
	for key, v := range keys {
		switch key {
		case "registry", "git", "branch", "tag", "rev":
		case "replace-with":
			if folder, ok := v.data.(string); !ok || !isStandInName(folder) {
				return false
			}
		default:
			return false
		}
	}
	return keys["replace-with"] != nil
}
