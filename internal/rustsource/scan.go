package rustsource

import (
	"bytes"
	"errors"
	"path"
	"slices"
	"strings"
)

// File is what a Rust file names.
type File struct {
	Includes []Include // in the order of the text
	// Modules are those in other files that an attribute gives a path, in the order of the
	// text, and if that is asked for all others.
	Modules []Submodule
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
	IsCode   bool   // of the crate
}

// Submodule is a module in a file of its own, that is not for tests only.
type Submodule struct {
	Line   int      // from 1
	Name   string   // of the module
	Paths  []string // that attributes give it, each perhaps under a condition
	Always bool     // one of them has none
	In     string   // the folder of the modules around it in the file, '/'-separated; "" if there are none
	Beside bool     // In begins beside the file, and not where the file has its modules
}

// Module is a module in a file of its own.
type Module struct {
	Name string // of the module
	Path string // that an attribute gives it, "" if none does
}

// ErrRoom is the error for a file that names more than there is room for.
var ErrRoom = errors.New("the code names too many files")

// perName is what a name takes of the room beside its length, in bytes.
const perName = 128

// Scan looks through a Rust file; modules says whether those count that have no path. What it
// names, and how deep it nests modules, is bounded by room, in bytes, of which that is taken
// off.
func Scan(src []byte, modules bool, room *int) (File, error) {
	if !worthIt(src, modules) {
		return File{}, nil
	}
	s := &scan{lexer: lexer{src: string(src), line: 1}, modules: modules, room: room}
	s.advance()
	s.items()
	if *room < 0 {
		return File{}, ErrRoom
	}
	return s.File, nil
}

// keep returns a name that does not hold on to the whole text, if there is room for it.
func (s *scan) keep(name string) string {
	if *s.room -= perName + len(name); *s.room < 0 {
		return ""
	}
	return strings.Clone(name)
}

// worthIt: most files, and those made by programs above all, name nothing.
func worthIt(src []byte, modules bool) bool {
	has := func(word string) bool { return bytes.Contains(src, []byte(word)) }
	return has("include") || hasModule(src) && (modules || has("cfg") && slices.ContainsFunc(unset, has) || hasPath(src))
}

func hasModule(src []byte) bool {
	return hasBefore(src, "mod", func(rest []byte) bool { return rest[0] <= ' ' || rest[0] == '/' })
}

// hasPath reports whether `path = "` may be in a text.
func hasPath(src []byte) bool {
	return hasBefore(src, "path", func(rest []byte) bool {
		value, ok := bytes.CutPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte("="))
		return ok && !bytes.HasPrefix(value, []byte("="))
	})
}

// hasBefore reports whether a word is in a text before something.
func hasBefore(src []byte, word string, something func(rest []byte) bool) bool {
	for {
		_, rest, found := bytes.Cut(src, []byte(word))
		if !found || len(rest) == 0 {
			return false
		}
		if something(rest) {
			return true
		}
		src = rest
	}
}

type scan struct {
	lexer
	File
	now     token
	dead    bool     // the next item is for tests only
	paths   []string // that attributes give to the next item
	always  bool     // one of them has no condition
	modules bool     // see Scan
	room    *int     // see Scan; below zero if there is none
	depth   int      // of braces
	inline  []inline // the modules that are open
}

// inline is a module whose items are in the file.
type inline struct {
	depth  int    // within its braces
	dir    string // of its modules
	beside bool   // see Submodule
}

func (s *scan) advance() { s.now = s.next() }

// items goes over all tokens of the file.
func (s *scan) items() {
	for s.now.kind != end && !s.AllTests && *s.room >= 0 {
		switch {
		case s.now.is("#"):
			s.attribute()
		case s.dead:
			s.deadItem()
			s.dead = false
			s.forget()
		case isInclude(s.now):
			s.forget()
			s.include(&s.File.Includes)
		case s.now.is("mod"):
			s.liveModule()
			s.forget()
		default:
			if s.now.kind != word && !strings.Contains("():", s.now.value) { // or it may be a visibility
				s.forget()
			}
			s.brace()
			s.advance()
		}
	}
}

// forget ends what attributes have said.
func (s *scan) forget() { s.paths, s.always = nil, false }

// brace takes in one.
func (s *scan) brace() {
	switch {
	case s.now.is("{"):
		s.depth++
	case s.now.is("}"):
		if n := len(s.inline); n > 0 && s.inline[n-1].depth == s.depth {
			s.inline = s.inline[:n-1]
		}
		s.depth--
	}
}

// liveModule reads "mod x" and notes x if it is in a file of its own.
func (s *scan) liveModule() {
	m := Submodule{Line: s.now.line, Paths: s.paths, Always: s.always}
	s.advance()
	m.Name = s.now.value
	if s.now.kind != word {
		return
	}
	s.advance()
	if m.Name == "r" && s.accept("#") {
		m.Name = s.now.value
		s.advance()
	}
	if n := len(s.inline); n > 0 {
		m.In, m.Beside = s.inline[n-1].dir, s.inline[n-1].beside
	}
	switch {
	case s.now.is("{"):
		s.open(m)
	case s.now.is(";") && (s.modules || len(m.Paths) > 0):
		m.Name, m.In = s.keep(m.Name), s.keep(m.In)
		s.Modules = append(s.Modules, m)
	}
}

// open takes in a module whose items follow. Its name is that of a folder, if no attribute
// gives another (The Rust Reference, "The path attribute").
func (s *scan) open(m Submodule) {
	in := inline{s.depth + 1, path.Join(m.In, m.Name), m.Beside}
	if len(m.Paths) > 0 {
		in.dir, in.beside = path.Join(m.In, m.Paths[0]), m.Beside || m.In == ""
	}
	in.dir = s.keep(in.dir)
	s.inline = append(s.inline, in)
}

func isInclude(t token) bool {
	return t.kind == word && slices.Contains([]string{"include", "include_str", "include_bytes"}, t.value)
}

// include reads include!("x"), and adds what it names.
func (s *scan) include(to *[]Include) {
	one := Include{Line: s.now.line, IsCode: s.now.is("include")}
	s.advance()
	if !s.accept("!") || !s.opening() {
		return
	}
	ok := s.now.kind == text
	if ok {
		one.Path = s.now.value
	} else {
		one.Path, one.FromRoot, ok = s.concat()
	}
	if ok {
		one.Path = s.keep(one.Path)
		*to = append(*to, one)
	}
}

// opening passes what a macro's arguments begin with.
func (s *scan) opening() bool {
	if s.now.is("{") {
		s.depth++
	}
	return s.accept("(") || s.accept("[") || s.accept("{")
}

func (s *scan) accept(value string) bool {
	if !s.now.is(value) {
		return false
	}
	s.advance()
	return true
}

// concat reads concat!("x", "/y", …) or concat!(env!("CARGO_MANIFEST_DIR"), "/x", …) up to
// its end.
func (s *scan) concat() (path string, fromRoot, ok bool) {
	var all strings.Builder
	if !s.accept("concat") || !s.accept("!") || !s.opening() {
		return "", false, false
	}
	switch {
	case s.now.kind == text:
		all.WriteString(s.now.value)
	case s.accept("env") && s.accept("!") && s.opening() && s.now.kind == text && s.now.value == "CARGO_MANIFEST_DIR":
		s.advance()
		fromRoot = true
	default:
		return "", false, false
	}
	s.brace()
	s.advance()
	for s.accept(",") {
		if s.now.kind == text {
			all.WriteString(s.now.value)
			s.advance()
		}
	}
	return all.String(), fromRoot, s.now.is(")") || s.now.is("]") || s.now.is("}")
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
			paths := s.paths
			s.rest(&[]Include{})
			s.paths = paths
			return
		}
	case s.now.is("path"):
		s.always = true
	default:
		paths := s.paths
		defer func() { s.paths = paths }() // which other attributes do not give
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
		case s.now.is("path"):
			s.path()
			continue
		}
		s.brace()
		s.advance()
		if depth == 0 {
			return
		}
	}
}

// path reads path = "x".
func (s *scan) path() {
	s.advance()
	if s.accept("=") && s.now.kind == text {
		s.paths = append(s.paths, s.keep(s.now.value))
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
	if !s.now.is(";") {
		return
	}
	name = s.keep(name)
	if !s.always {
		s.TestOnly = append(s.TestOnly, Module{name, ""})
	}
	for _, path := range s.paths {
		s.TestOnly = append(s.TestOnly, Module{name, path})
	}
}
