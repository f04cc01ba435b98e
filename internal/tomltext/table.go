package tomltext

// A Table is a TOML table whose keys have an order. The zero value is empty.
//
// Values are string, int64, float64, bool, [Datetime], []any of these, or
// *Table.
type Table struct {
	Entries []Entry // no key occurs twice
}

// An Entry is one key of a table.
type Entry struct {
	Key   string
	Value any
	Line  int // where the key was read, from 1; 0 if it was not read
}

// Datetime is a date, a time or both, in the form in which it is printed.
type Datetime string

// Set adds a key at the end. It must not be there yet.
func (t *Table) Set(key string, value any) {
	t.Entries = append(t.Entries, Entry{Key: key, Value: value})
}
