package tomltext

import (
	"strconv"
	"time"
)

// An origin is how a table came to be, which decides what may be added to it.
type origin uint8

const (
	printed  origin = iota // it was not read
	byParent               // by the header of a table below it: it may have its own
	byHeader
	byKey  // by a dotted key: others may add to it
	inline // nothing may
)

// A builder makes the tables of a text. Where it is in doubt it makes [Bad] of the token
// it stands at, which ends everything: then the text is no TOML.
type builder struct {
	*Scanner
	top  *Table
	odd  []any    // the values of odd tokens, in their order
	path []string // see names
}

func (b *builder) doubt() { b.Kind = Bad }

// next passes over comments.
func (b *builder) next() bool {
	for b.Next() {
		if b.Kind != Comment {
			return true
		}
		if hasControl(b.Text()) {
			b.doubt()
		}
	}
	return false
}

// document reports false if it is in doubt.
func (b *builder) document() bool {
	table := b.top
	for b.next() {
		switch b.Kind {
		case Header, ArrayHeader:
			table = b.headed()
		case Name:
			b.keyValue(table)
		}
	}
	return b.Kind != Bad
}

// headed returns the table that a header opens.
func (b *builder) headed() *Table {
	line, element := b.Line, b.Kind == ArrayHeader
	b.next()
	path := b.names()
	t := b.top
	for i := 0; i < len(path)-1 && t != nil; i++ {
		t = t.below(path[i], line, byParent)
	}
	if t != nil && b.Kind != Bad {
		t = t.open(path[len(path)-1], line, element)
	}
	if t == nil {
		b.doubt()
	}
	return t
}

// below returns the table that a key leads to, made by origin if it is not there, nil if
// it leads to none. Dotted keys lead through tables that only headers below them made.
func (t *Table) below(key string, line int, by origin) *Table {
	e := t.entry(key)
	if e == nil {
		made := &Table{origin: by}
		t.add(Entry{key, made, line})
		return made
	}
	found, ok := e.Value.(*Table)
	switch {
	case !ok:
		return lastElement(e.Value)
	case found.origin == inline || found.origin == byHeader && by == byKey:
		return nil
	}
	return found
}

// lastElement returns that of an array of tables with headers, nil for all else.
func lastElement(v any) *Table {
	array, _ := v.([]any)
	if len(array) == 0 {
		return nil
	}
	if last, ok := array[len(array)-1].(*Table); ok && last.origin == byHeader {
		return last
	}
	return nil
}

// usualEntries are in a table with a header: a package of a lockfile has five.
const usualEntries = 6

// open returns the table of a header, nil if there can be none.
func (t *Table) open(key string, line int, element bool) *Table {
	made, e := &Table{Entries: make([]Entry, 0, usualEntries), origin: byHeader}, t.entry(key)
	switch {
	case e == nil && element:
		t.add(Entry{key, []any{made}, line})
	case e == nil:
		t.add(Entry{key, made, line})
	case element && lastElement(e.Value) != nil:
		e.Value = append(e.Value.([]any), made)
	default:
		made, _ = e.Value.(*Table)
		if element || made == nil || made.origin != byParent {
			return nil
		}
		made.origin = byHeader
	}
	return made
}

func (b *builder) keyValue(t *Table) {
	line, path := b.Line, b.names()
	last := len(path) - 1
	for i := 0; i < last && t != nil; i++ {
		t = t.below(path[i], line, byKey)
	}
	// Only such a key adds to what a dotted key has made (cargo 1.95: duplicate key).
	if t == nil || last > 0 && t.origin != byKey {
		b.doubt()
		return
	}
	key := path[last]
	b.next() // behind the equals sign
	v := b.value()
	if v == nil || t.entry(key) != nil {
		b.doubt()
		return
	}
	t.add(Entry{key, v, line})
}

// names reads a dotted key. It is not empty, and good until the next is read.
func (b *builder) names() []string {
	b.path = b.path[:0]
	for b.Kind == Name || b.Kind == Dot {
		if b.Kind == Name {
			b.path = append(b.path, b.name())
		}
		b.Next()
	}
	return b.path
}

func (b *builder) name() string {
	name, ok := b.text().(string)
	if !ok {
		b.doubt()
	}
	return name
}

// text returns what a string means, or a part of a key.
func (b *builder) text() any {
	text := b.Text()
	if isOdd(b.Kind, text) {
		return b.oddValue()
	}
	return unquote(text)
}

// value reads a value to its last token. In doubt it is nil.
func (b *builder) value() any {
	switch b.Kind {
	case Quoted:
		return b.text()
	case Literal:
		return b.literal()
	case ArrayOpen:
		return b.array()
	case TableOpen:
		return b.table()
	}
	return nil
}

func (b *builder) literal() any {
	text := b.Text()
	switch {
	case !isOdd(Literal, text) && text[0] <= '9':
		n, _ := strconv.ParseInt(text, 10, 64) // it is small
		return n
	case !isOdd(Literal, text):
		return text == "true"
	}
	v := b.oddValue()
	if _, ok := v.(time.Time); ok {
		return Datetime(printDatetime(text))
	}
	return v
}

// oddValue returns the next one.
func (b *builder) oddValue() any {
	if len(b.odd) == 0 {
		b.doubt()
		return nil
	}
	v := b.odd[0]
	b.odd = b.odd[1:]
	return v
}

func (b *builder) array() any {
	array := []any{}
	for b.next() && b.Kind != ArrayClose {
		if b.Kind != Newline && b.Kind != Comma {
			array = append(array, b.value())
		}
	}
	return array
}

func (b *builder) table() any {
	t := &Table{origin: inline}
	for b.next() && b.Kind != TableClose {
		if b.Kind == Name {
			b.keyValue(t)
		}
	}
	return t
}
