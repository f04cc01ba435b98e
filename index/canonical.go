package index

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Canonical returns the entry's line as every index that means the same has it here:
// registries and proxies differ in the order and spacing of what they write, and in
// whether they spell a default. Members stand in the order of crates.io, those that Cargo
// does not know behind them by name; dependencies, features and what those turn on are
// sorted, as none of their orders means anything; what older Cargos want to be there is
// there, and other defaults are not. The error matches [ErrEntry].
func (e *Entry) Canonical() ([]byte, error) {
	line, err := appendObject(make([]byte, 0, len(e.Line)+64), e.Line, entryMembers)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	return line, nil
}

// known is a member of an object that Cargo knows.
type known struct {
	key       string
	otherwise string // what it means if it is missing or null
	always    bool   // it is spelt also then
	append    func(dst []byte, value string) ([]byte, error)
}

// entryMembers are those of a line (spec 3.6), in the order of crates.io.
var entryMembers = []known{
	{"name", "", true, appendValue},
	{"vers", "", true, appendValue},
	{"deps", "[]", true, appendSorted(appendDependency)},
	{"cksum", "", true, appendValue},
	{"features", "{}", true, appendFeatures},
	{"features2", "{}", false, appendFeatures},
	{"yanked", "false", true, appendValue},
	{"links", "null", false, appendValue},
	{"rust_version", "null", false, appendValue},
	{"pubtime", "null", false, appendValue},
	{"v", "1", false, appendValue},
}

// dependencyMembers are those of a dependency. Up to 1.8x Cargo wanted all but the last
// two (RegistryDependency).
var dependencyMembers = []known{
	{"name", "", true, appendValue},
	{"req", "", true, appendValue},
	{"features", "[]", true, appendSorted(appendValue)},
	{"optional", "false", true, appendValue},
	{"default_features", "true", true, appendValue},
	{"target", "null", true, appendValue},
	{"kind", `"normal"`, true, appendValue},
	{"registry", "null", false, appendValue},
	{"package", "null", false, appendValue},
}

func appendDependency(dst []byte, value string) ([]byte, error) {
	return appendObject(dst, value, dependencyMembers)
}

// appendFeatures appends an object of arrays, each of which is sorted.
func appendFeatures(dst []byte, value string) ([]byte, error) {
	return appendMembers(dst, value, appendSorted(appendValue))
}

// appendObject appends an object of which some members are known.
func appendObject(dst []byte, object string, knows []known) ([]byte, error) {
	var room [16]string // more than are known
	values := room[:len(knows)]
	others, err := sortOut(object, knows, values)
	if err != nil {
		return nil, err
	}
	dst = append(dst, '{')
	for i := range knows {
		if dst, err = knows[i].appendTo(dst, values[i]); err != nil {
			return nil, err
		}
	}
	for _, m := range others {
		if dst, err = appendMember(dst, m, appendValue); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

// sortOut puts the values of what is known into values, and returns the other members,
// sorted. No key may be there twice.
func sortOut(object string, knows []known, values []string) (others []member, err error) {
	next := 0 // the one that is likely to come
	err = eachMember(object, func(key, value string) error {
		i := next
		if i == len(knows) || knows[i].key != key {
			i = slices.IndexFunc(knows, func(k known) bool { return k.key == key })
		}
		switch {
		case i < 0:
			others = append(others, member{key, value})
			return nil
		case values[i] != "":
			return errTwice(key)
		}
		values[i], next = value, i+1
		return nil
	})
	if err == nil {
		err = sortMembers(others)
	}
	return others, err
}

// appendTo appends the member with a value; without one, or with null, that is what it means.
func (k *known) appendTo(dst []byte, value string) ([]byte, error) {
	switch {
	case value != "" && value != "null":
	case k.otherwise == "":
		return nil, fmt.Errorf("it lacks %q", k.key)
	case !k.always:
		return dst, nil
	default:
		return append(appendKey(dst, k.key), k.otherwise...), nil
	}
	before := len(dst)
	dst = appendKey(dst, k.key)
	start := len(dst)
	dst, err := k.append(dst, value)
	if err == nil && !k.always && string(dst[start:]) == k.otherwise {
		dst = dst[:before]
	}
	return dst, err
}

// member is one of an object.
type member struct{ key, value string }

// sortMembers sorts those of an object, of which none may be there twice.
func sortMembers(members []member) error {
	slices.SortFunc(members, func(a, b member) int { return strings.Compare(a.key, b.key) })
	for i := 1; i < len(members); i++ {
		if members[i].key == members[i-1].key {
			return errTwice(members[i].key)
		}
	}
	return nil
}

// appendMember appends one more member of an object.
func appendMember(dst []byte, m member, each func(dst []byte, value string) ([]byte, error)) ([]byte, error) {
	return each(appendKey(dst, m.key), m.value)
}

// appendKey appends what comes before the value of one more member.
func appendKey(dst []byte, key string) []byte {
	if dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	return append(appendText(dst, key), ':')
}

// appendMembers appends an object, whose members are sorted.
func appendMembers(dst []byte, object string, each func(dst []byte, value string) ([]byte, error)) ([]byte, error) {
	members, err := sortOut(object, nil, nil)
	dst = append(dst, '{')
	for _, m := range members {
		if err == nil {
			dst, err = appendMember(dst, m, each)
		}
	}
	return append(dst, '}'), err
}

// appendSorted appends an array of which each element is appended by each, sorted by what
// comes of it.
func appendSorted(each func(dst []byte, value string) ([]byte, error)) func(dst []byte, array string) ([]byte, error) {
	return func(dst []byte, array string) ([]byte, error) {
		dst = append(dst, '[')
		start := len(dst)
		var room [16]int
		ends := room[:0] // of each, with the comma behind it
		err := eachElement(array, func(value string) (err error) {
			if dst, err = each(dst, value); err == nil {
				dst = append(dst, ',')
				ends = append(ends, len(dst))
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(ends) > 0 {
			sortParts(dst, start, ends)
			dst = dst[:len(dst)-1]
		}
		return append(dst, ']'), nil
	}
}

// sortParts sorts what is in dst from start, by where each part ends.
func sortParts(dst []byte, start int, ends []int) {
	if arePartsSorted(dst, start, ends) {
		return
	}
	parts := make([][]byte, len(ends))
	from := start
	for i, end := range ends {
		parts[i], from = dst[from:end], end
	}
	slices.SortFunc(parts, compareParts)
	copy(dst[start:], bytes.Join(parts, nil))
}

func arePartsSorted(dst []byte, start int, ends []int) bool {
	before := dst[start:ends[0]]
	for i, end := range ends[1:] {
		part := dst[ends[i]:end]
		if compareParts(before, part) > 0 {
			return false
		}
		before = part
	}
	return true
}

// compareParts: the comma behind each does not count.
func compareParts(a, b []byte) int { return bytes.Compare(a[:len(a)-1], b[:len(b)-1]) }

// appendValue appends any value without spaces, members sorted.
func appendValue(dst []byte, value string) ([]byte, error) {
	switch value[0] {
	case '"':
		text, err := stringValue(value)
		return appendText(dst, text), err
	case '{':
		return appendMembers(dst, value, appendValue)
	case '[':
		dst = append(dst, '[')
		err := eachElement(value, func(value string) (err error) {
			if dst[len(dst)-1] != '[' {
				dst = append(dst, ',')
			}
			dst, err = appendValue(dst, value)
			return err
		})
		return append(dst, ']'), err
	}
	return append(dst, value...), nil
}

// appendText appends a string with no more escapes than it needs.
func appendText(dst []byte, text string) []byte {
	if isPlain(text) {
		return append(append(append(dst, '"'), text...), '"')
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a string, into memory
	return append(dst, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}

// isPlain reports whether a string is written as it is, as nearly all are.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
