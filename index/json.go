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
	start := skipSpace(data, 0)
	if at(data, start) != '{' {
		return errNotObject
	}
	var err error
	end := skipObject(data, start, 0, func(key, value string) {
		if err == nil {
			key, err = stringValue(key)
		}
		if err == nil {
			err = f(key, value)
		}
	})
	if end < 0 || skipSpace(data, end) != len(data) {
		return errJSON
	}
	return err
}

// errTwice is the error for a key of which there may be one.
func errTwice(key string) error { return fmt.Errorf("key %q occurs twice", key) }

// eachElement is eachMember for an array.
func eachElement(data string, f func(value string) error) error {
	start := skipSpace(data, 0)
	if at(data, start) != '[' {
		return errNotArray
	}
	var err error
	end := skipArray(data, start, 0, func(value string) {
		if err == nil {
			err = f(value)
		}
	})
	if end < 0 || skipSpace(data, end) != len(data) {
		return errJSON
	}
	return err
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

// skipObject calls f, unless nil, with the quoted key and the value of each
// member.
func skipObject(data string, i, depth int, f func(key, value string)) int {
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
		value := skipSpace(data, i+1)
		if i = skipValue(data, value, depth+1); i < 0 {
			return -1
		}
		if f != nil {
			f(data[key:keyEnd], data[value:i])
		}
		if i = skipSpace(data, i); at(data, i) != ',' {
			return skipEnd(data, i, '}')
		}
		i = skipSpace(data, i+1)
	}
}

// skipArray calls f, unless nil, with each element.
func skipArray(data string, i, depth int, f func(value string)) int {
	i = skipSpace(data, i+1)
	if at(data, i) == ']' {
		return i + 1
	}
	for {
		value := i
		if i = skipValue(data, i, depth+1); i < 0 {
			return -1
		}
		if f != nil {
			f(data[value:i])
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
		return map[byte]error{'"': errNotString, '[': errNotArray, '{': errNotObject}[c]
	}
	return nil
}

var (
	errNotString = errors.New("not a string")
	errNotArray  = errors.New("not an array")
	errNotObject = errors.New("not an object")
)
