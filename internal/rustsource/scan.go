package rustsource

import (
	"bytes"
	"slices"
)

// File is what a Rust file names.
type File struct {
	Includes []Include // in the order of the text
	// TestOnly are the modules in other files that are for tests only.
	TestOnly []Module
	// AllTests says that the file itself is, by an attribute at its head.
	AllTests bool
}

// Include is a file that is named.
type Include struct {
	Line     int    // from 1
	Path     string // as written
	FromRoot bool   // it is below the package's folder, and not beside the file
}

// Module is a module in a file of its own.
type Module struct {
	Name string // of the module
	Path string // that an attribute gives it, "" if none does
}

// Scan looks through a Rust file.
func Scan(src []byte) File {
	if !worthIt(src) {
		return File{}
	}
	s := &scan{lexer: lexer{src: string(src), line: 1}}
	s.advance()
	s.items()
	return s.File
}

// worthIt: most files, and those made by programs above all, name nothing.
func worthIt(src []byte) bool {
	has := func(word string) bool { return bytes.Contains(src, []byte(word)) }
	return has("include") || has("cfg") && slices.ContainsFunc(unset, has)
}

type scan struct {
	lexer
	File
	now  token
	dead bool   // the next item is for tests only
	path string // that an attribute gives to the next item
}

func (s *scan) advance() { s.now = s.next() }

// items goes over all tokens of the file.
func (s *scan) items() {
	for s.now.kind != end && !s.AllTests {
		switch {
		case s.now.is("#"):
			s.attribute()
		case s.dead:
			s.deadItem()
			s.dead, s.path = false, ""
		case isInclude(s.now):
			s.path = ""
			s.include(&s.File.Includes)
		default:
			s.path = ""
			s.advance()
		}
	}
}

func isInclude(t token) bool {
	return t.kind == word && slices.Contains([]string{"include", "include_str", "include_bytes"}, t.value)
}

// include reads include!("x"), and adds what it names.
func (s *scan) include(to *[]Include) {
	line := s.now.line
	s.advance()
	if !s.accept("!") || !s.accept("(") && !s.accept("[") && !s.accept("{") {
		return
	}
	if s.now.kind == text {
		*to = append(*to, Include{Line: line, Path: s.now.value})
		return
	}
	if path, ok := s.concat(); ok {
		*to = append(*to, Include{Line: line, Path: path, FromRoot: true})
	}
}

func (s *scan) accept(value string) bool {
	if !s.now.is(value) {
		return false
	}
	s.advance()
	return true
}

// concat reads concat!(env!("CARGO_MANIFEST_DIR"), "/x", …) up to its end.
func (s *scan) concat() (path string, ok bool) {
	for _, want := range []string{"concat", "!", "(", "env", "!", "("} {
		if !s.accept(want) {
			return "", false
		}
	}
	if s.now.kind != text || s.now.value != "CARGO_MANIFEST_DIR" {
		return "", false
	}
	s.advance()
	s.accept(")")
	for s.accept(",") {
		if s.now.kind == text {
			path += s.now.value
			s.advance()
		}
	}
	return path, s.now.is(")")
}

// attribute reads #[…] or #![…].
func (s *scan) attribute() {
	s.advance()
	inner := s.accept("!")
	if !s.accept("[") {
		return
	}
	var includes []Include
	switch {
	case s.now.is("cfg"):
		s.advance()
		never := s.accept("(") && s.never(maxNesting)
		s.AllTests = s.AllTests || inner && never
		s.dead = s.dead || !inner && never
	case s.now.is("cfg_attr"):
		s.advance()
		if s.accept("(") && s.never(maxNesting) {
			s.rest(&[]Include{})
			return
		}
	case s.now.is("path"):
		s.advance()
		if s.accept("=") && s.now.kind == text {
			s.path = s.now.value
		}
	}
	s.rest(&includes)
	if !s.dead {
		s.Includes = append(s.Includes, includes...)
	}
}

// rest passes what is left of an attribute.
func (s *scan) rest(includes *[]Include) {
	for depth := 1; s.now.kind != end; {
		switch {
		case s.now.is("["):
			depth++
		case s.now.is("]"):
			depth--
		case isInclude(s.now):
			s.include(includes)
			continue
		}
		s.advance()
		if depth == 0 {
			return
		}
	}
}

// unset are names that hold in no build of a dependency.
var unset = []string{"test", "doctest", "docsrs", "miri", "loom", "fuzzing"}

// maxNesting bounds how deep predicates are read; of deeper ones nothing is certain.
const maxNesting = 64

// never reads a predicate, and reports whether it is certain that it never holds.
func (s *scan) never(nesting int) bool {
	name := s.now
	s.advance()
	switch {
	case s.now.is("="):
		s.advance()
		s.advance()
		return false
	case !s.now.is("(") || nesting == 0:
		return name.kind == word && slices.Contains(unset, name.value)
	}
	s.advance()
	none, all := true, false
	for n := 0; !s.now.is(")") && s.now.kind != end; n++ {
		one := s.never(nesting - 1)
		none, all = none && one, all || one
		if !s.accept(",") && !s.now.is(")") {
			s.advance() // no predicate
			none, all = false, false
		}
	}
	s.accept(")")
	return name.is("all") && all || name.is("any") && none
}

// heads are words that an item begins with, which goes on over commas.
var heads = []string{
	"pub", "mod", "fn", "impl", "use", "static", "const", "struct", "enum", "union", "trait", "type", "extern", "unsafe", "async", "macro_rules", "let",
}

// deadItem passes an item: up to a semicolon or a closing brace, and what is no item (a
// field, an arm) up to a comma or what closes the list it is in.
func (s *scan) deadItem() {
	isItem := s.now.kind == word && slices.Contains(heads, s.now.value)
	s.module()
	for depth := 0; s.now.kind != end; s.advance() {
		switch {
		case s.now.is("(") || s.now.is("[") || s.now.is("{"):
			depth++
		case s.now.is(")") || s.now.is("]") || s.now.is("}"):
			if depth--; depth < 0 {
				return
			}
			if depth == 0 && s.now.is("}") {
				s.advance()
				return
			}
		case depth == 0 && (s.now.is(";") || s.now.is(",") && !isItem):
			s.advance()
			return
		}
	}
}

// module passes "pub(crate) mod x", and notes x if it is in a file of its own.
func (s *scan) module() {
	if s.accept("pub") && s.now.is("(") {
		for !s.accept(")") && s.now.kind != end {
			s.advance()
		}
	}
	if !s.accept("mod") {
		return
	}
	name := s.now.value
	s.advance()
	if s.now.is(";") {
		s.TestOnly = append(s.TestOnly, Module{name, s.path})
	}
}
