package tomltext

// A Table is a TOML table whose keys have an order. The zero value is empty.
//
// Values are string, int64, float64, bool, [Datetime], []any of these, or
// *Table.
type Table struct {
	Entries []Entry // no key occurs twice

	places map[string]int // in Entries, once there are many
	origin origin
}

// An Entry is one key of a table.
type Entry struct {
	Key   string // one part of it
	Value any    // see [Table]
	Line  int    // where the key was read, from 1; 0 if it was not read
}

// Datetime is a date, a time or both, in the form in which it is printed.
type Datetime string

// Set adds a key at the end. It must not be there yet.
func (t *Table) Set(key string, value any) { t.add(Entry{Key: key, Value: value}) }

// Get returns the value of a key, nil if it is absent. A nil table is empty.
func (t *Table) Get(key string) any {
	if e := t.entry(key); e != nil {
		return e.Value
	}
	return nil
}

// fewEntries are looked through one by one.
const fewEntries = 16

func (t *Table) add(e Entry) {
	if t.Entries = append(t.Entries, e); t.places != nil {
		t.places[e.Key] = len(t.Entries) - 1
	}
}

// entry returns nil if there is none.
func (t *Table) entry(key string) *Entry {
	if t == nil {
		return nil
	}
	if len(t.Entries) > fewEntries {
		return t.among(key)
	}
	for i := range t.Entries {
		if t.Entries[i].Key == key {
			return &t.Entries[i]
		}
	}
	return nil
}

func (t *Table) among(key string) *Entry {
	if len(t.places) != len(t.Entries) {
		t.places = make(map[string]int, len(t.Entries))
		for i, e := range t.Entries {
			t.places[e.Key] = i
		}
	}
	if i, ok := t.places[key]; ok {
		return &t.Entries[i]
	}
	return nil
}
