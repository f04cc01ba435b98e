package index

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// encoding/json is not used for entries: it takes "CKSUM" for "cksum", lets the
// last of two equal keys win, repairs bad UTF-8, and takes several times as long
// for a line of which most is passed over.

// maxDepth bounds the nesting of values, which is walked by recursion. Cargo's
// limit is about the same, for the keys it reads.
const maxDepth = 127

var errJSON = errors.New("invalid JSON")

// eachMember calls f for the members of the object that data is, in order, until
// it returns an error. The value handed over has been checked to be well-formed.
func eachMember(data string, f func(key, value string) error) error {
	if !utf8.ValidString(data) {
		return fmt.Errorf("%w: not UTF-8", errJSON)
	}
	w := walk{data: data}
	return w.whole('{', func(i int) int { return w.members(i, 0, f) })
}

// eachElement is eachMember for an array that is UTF-8.
func eachElement(data string, f func(value string) error) error {
	w := walk{data: data}
	return w.whole('[', func(i int) int { return w.elements(i, 0, f) })
}

// eachObject is eachElement for an array of objects: it calls member for the members of
// each, and end behind it.
func eachObject(data string, member func(key, value string) error, end func() error) error {
	w := walk{data: data}
	return w.whole('[', func(i int) int {
		return skipArray(data, i, 0, func(i int) int {
			i = w.begin('{', i, 1, func(i int) int { return w.members(i, 1, member) })
			w.do(end)
			return i
		})
	})
}

// eachList is eachMember for an object of arrays, without looking whether it is UTF-8: it
// calls element for the elements of each, and end with its key behind them.
func eachList(data string, element func(value string) error, end func(key string) error) error {
	w := walk{data: data}
	return w.whole('{', func(i int) int {
		return skipObject(data, i, 0, func(key string, i int) int {
			i = w.begin('[', i, 1, func(i int) int { return w.elements(i, 1, element) })
			w.do(func() error {
				key, err := stringValue(key)
				if err == nil {
					err = end(key)
				}
				return err
			})
			return i
		})
	})
}

// errTwice is the error for a key of which there may be one.
func errTwice(key string) error { return fmt.Errorf("key %q occurs twice", key) }

// walk goes through a text, and calls for what it comes to, until there is an error; what
// it returns is as what is called skip, below.
type walk struct {
	data string
	err  error // the first of what is called
}

func (w *walk) do(f func() error) {
	if w.err == nil {
		w.err = f()
	}
}

// whole goes through all of the text, which begins with c.
func (w *walk) whole(c byte, value func(i int) int) error {
	start := skipSpace(w.data, 0)
	if at(w.data, start) != c {
		return errNot[c]
	}
	if end := value(start); end < 0 || skipSpace(w.data, end) != len(w.data) {
		return errJSON
	}
	return w.err
}

// begin goes through a value that must begin with c, else it is passed over.
func (w *walk) begin(c byte, i, depth int, value func(i int) int) int {
	if at(w.data, i) == c {
		return value(i)
	}
	w.do(func() error { return errNot[c] })
	return skipValue(w.data, i, depth)
}

// members calls f for the members of the object at i.
func (w *walk) members(i, depth int, f func(key, value string) error) int {
	return skipObject(w.data, i, depth, func(key string, i int) int {
		end := skipValue(w.data, i, depth+1)
		if end >= 0 && w.err == nil {
			if key, w.err = stringValue(key); w.err == nil {
				w.err = f(key, w.data[i:end])
			}
		}
		return end
	})
}

// elements calls f for those of the array at i.
func (w *walk) elements(i, depth int, f func(value string) error) int {
	return skipArray(w.data, i, depth, func(i int) int {
		end := skipValue(w.data, i, depth+1)
		if end >= 0 && w.err == nil {
			w.err = f(w.data[i:end])
		}
		return end
	})
}

// The functions below that are called skip return the position in data behind
// what begins at i, or -1 if that is not well-formed. They have no state besides,
// which makes them three times as fast as methods of a scanner: after system
// calls they are what looking up a lockfile's packages costs.

// at returns the byte at i, 0 behind the end.
func at(data string, i int) byte {
	if i < len(data) {
		return data[i]
	}
	return 0
}

func skipSpace(data string, i int) int {
	for i < len(data) && data[i] <= ' ' && (data[i] == ' ' || data[i] == '\n' || data[i] == '\t' || data[i] == '\r') {
		i++
	}
	return i
}

// skipValue leaves the space behind the value.
func skipValue(data string, i, depth int) int {
	if depth > maxDepth {
		return -1
	}
	switch c := at(data, i); c {
	case '"':
		return skipString(data, i)
	case '{':
		return skipObject(data, i, depth, nil)
	case '[':
		return skipArray(data, i, depth, nil)
	case 't':
		return skipWord(data, i, "true")
	case 'f':
		return skipWord(data, i, "false")
	case 'n':
		return skipWord(data, i, "null")
	}
	return skipNumber(data, i)
}

// skipObject has value, unless nil, skip the value of each member, with its quoted key.
func skipObject(data string, i, depth int, value func(key string, i int) int) int {
	i = skipSpace(data, i+1)
	if at(data, i) == '}' {
		return i + 1
	}
	for {
		key := i
		keyEnd := skipString(data, key)
		if keyEnd < 0 {
			return -1
		}
		if i = skipSpace(data, keyEnd); at(data, i) != ':' {
			return -1
		}
		if i = skipSpace(data, i+1); value == nil {
			i = skipValue(data, i, depth+1)
		} else {
			i = value(data[key:keyEnd], i)
		}
		if i < 0 {
			return -1
		}
		if i = skipSpace(data, i); at(data, i) != ',' {
			return skipEnd(data, i, '}')
		}
		i = skipSpace(data, i+1)
	}
}

// skipArray has value, unless nil, skip each element.
func skipArray(data string, i, depth int, value func(i int) int) int {
	i = skipSpace(data, i+1)
	if at(data, i) == ']' {
		return i + 1
	}
	for {
		if value == nil {
			i = skipValue(data, i, depth+1)
		} else {
			i = value(i)
		}
		if i < 0 {
			return -1
		}
		if i = skipSpace(data, i); at(data, i) != ',' {
			return skipEnd(data, i, ']')
		}
		i = skipSpace(data, i+1)
	}
}

// skipEnd leaves the byte that closes an object or array behind.
func skipEnd(data string, i int, end byte) int {
	if at(data, i) != end {
		return -1
	}
	return i + 1
}

func skipString(data string, i int) int {
	if at(data, i) != '"' {
		return -1
	}
	for i++; i < len(data); i++ {
		switch c := data[i]; {
		case c == '"':
			return i + 1
		case c < ' ':
			return -1
		case c == '\\':
			if i = skipEscape(data, i); i < 0 {
				return -1
			}
		}
	}
	return -1
}

// skipEscape stops at the last byte of an escape.
func skipEscape(data string, i int) int {
	i++
	if c := at(data, i); c != 'u' {
		if c == 0 || strings.IndexByte(`"\/bfnrt`, c) < 0 {
			return -1
		}
		return i
	}
	for range 4 {
		i++
		if c := at(data, i); !isDigit(c) && (c|0x20 < 'a' || 'f' < c|0x20) {
			return -1
		}
	}
	return i
}

func skipNumber(data string, i int) int {
	if at(data, i) == '-' {
		i++
	}
	if at(data, i) == '0' {
		i++
	} else if i = skipDigits(data, i); i < 0 {
		return -1
	}
	if at(data, i) == '.' {
		if i = skipDigits(data, i+1); i < 0 {
			return -1
		}
	}
	if at(data, i)|0x20 != 'e' {
		return i
	}
	i++
	if c := at(data, i); c == '+' || c == '-' {
		i++
	}
	return skipDigits(data, i)
}

// skipDigits wants one at least.
func skipDigits(data string, i int) int {
	if !isDigit(at(data, i)) {
		return -1
	}
	for isDigit(at(data, i)) {
		i++
	}
	return i
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func skipWord(data string, i int, word string) int {
	if !strings.HasPrefix(data[i:], word) {
		return -1
	}
	return i + len(word)
}

// stringValue returns the text of a well-formed string, a part of it if there is no
// escape. Half a surrogate pair is
// refused, where encoding/json would put a replacement character.
func stringValue(value string) (string, error) {
	if err := startsWith(value, '"'); err != nil {
		return "", err
	}
	if strings.IndexByte(value, '\\') < 0 {
		return value[1 : len(value)-1], nil
	}
	if halfSurrogate(value) {
		return "", fmt.Errorf("%w: half a surrogate pair", errJSON)
	}
	var text string
	err := json.Unmarshal([]byte(value), &text)
	return text, err
}

// halfSurrogate reports whether a \uD800–\uDBFF in a well-formed string is not
// followed by a \uDC00–\uDFFF, or such a one stands alone.
func halfSurrogate(value string) bool {
	for i := 0; i < len(value); i++ {
		if value[i] != '\\' {
			continue
		}
		if i++; value[i] != 'u' {
			continue
		}
		switch unit := escapedUnit(value[i-1:]); {
		case 0xDC00 <= unit && unit <= 0xDFFF:
			return true
		case 0xD800 <= unit && unit <= 0xDBFF:
			low := escapedUnit(value[i+5:])
			if low < 0xDC00 || 0xDFFF < low {
				return true
			}
			i += 6
		}
		i += 4
	}
	return false
}

// escapedUnit returns the UTF-16 unit that text begins with in the form \uXXXX,
// 0 if it does not.
func escapedUnit(text string) uint64 {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0
	}
	unit, _ := strconv.ParseUint(text[2:6], 16, 16)
	return unit
}

func boolValue(value string) (bool, error) {
	switch value {
	case "true":
		return true, nil
	case "false", "null":
		return false, nil
	}
	return false, errors.New("not a boolean")
}

func uintValue(value string) (uint64, error) {
	n, err := strconv.ParseUint(value, 10, 64)
	if err != nil {
		return 0, errors.New("not a whole number of use")
	}
	return n, nil
}

func startsWith(value string, c byte) error {
	if len(value) == 0 || value[0] != c {
		return errNot[c]
	}
	return nil
}

// errNot says what a value is not, by what that would begin with.
var errNot = map[byte]error{
	'"': errors.New("not a string"), '[': errors.New("not an array"), '{': errors.New("not an object"),
}
