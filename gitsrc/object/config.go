package object

import (
	"errors"
	"fmt"
	"strings"
)

// ErrConfig is matched by errors for text that is no configuration of git's.
var ErrConfig = errors.New("not a configuration of git")

// ParseConfig reads the text of a git configuration and reports each variable:
// its section with what follows the first dot, the key, and its value, "" if it
// has none. Section and key are in lower case.
//
//	[section "subsection"]  # or [section.subsection], of which all is lower case
//		key = value ; comment
//		key = "quoted \"value\""  \
//		      going on
//		key
//
// The error is that of report, or matches [ErrConfig].
//
// Source: libgit2 1.9, config_parse.c.
func ParseConfig(data string, report func(section, sub, key, value string) error) error {
	return parseConfig(data, func(section, sub, key, value string, _ bool) error { return report(section, sub, key, value) })
}

// parseConfig is ParseConfig that tells whether there is a value.
func parseConfig(data string, report func(section, sub, key, value string, given bool) error) error {
	if strings.HasPrefix(data, "\x00") {
		return nil // a text that ends at once
	}
	data = strings.TrimPrefix(data, "\ufeff")
	section, sub := "", ""
	after := len(data) // how many bytes come after the line that data begins in
	for data != "" {
		data = strings.TrimLeft(data, configSpace)
		if len(data) <= after { // else it is known: a line may have many sections
			_, rest, _ := strings.Cut(data, "\n")
			after = len(rest)
		}
		line, rest := strings.TrimSuffix(data[:len(data)-after], "\n"), data[len(data)-after:]
		switch {
		case line == "" || line[0] == ';' || line[0] == '#':
			data = rest
		case line[0] == '[':
			name, more, err := parseSection(line)
			if err != nil {
				return err
			}
			section, sub, _ = strings.Cut(name, ".")
			data = data[len(line)-len(more):]
		default:
			key, value, given, rest, err := parseVariable(data)
			if err == nil {
				err = report(section, sub, key, value, given)
			}
			if err != nil {
				return err
			}
			data = rest
		}
	}
	return nil
}

const configSpace = " \t\v\f\r\n"

func syntax(what, text string) error {
	return fmt.Errorf("%w: %s at %q", ErrConfig, what, text[:min(len(text), 80)])
}

// parseSection reads a header; after is what follows it on the line.
func parseSection(line string) (name, after string, err error) {
	i := 1
	for i < len(line) && isKeyByte(line[i], '.') {
		i++
	}
	name = strings.ToLower(line[1:i])
	rest := line[i:]
	if after, ok := strings.CutPrefix(rest, "]"); ok && name != "" {
		return name, after, nil
	}
	quoted := strings.TrimLeft(rest, configSpace)
	if quoted == rest || !strings.HasPrefix(quoted, `"`) {
		return "", "", syntax("no section", line)
	}
	sub, after, err := parseSubsection(quoted[1:])
	return name + "." + sub, after, err
}

func isKeyByte(c, more byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '-' || c == more
}

// parseSubsection reads up to the closing `"]`. A backslash stands for what
// follows it.
func parseSubsection(s string) (sub, after string, err error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			after, ok := strings.CutPrefix(s[i+1:], "]")
			if !ok {
				return "", "", syntax("no ']' after a subsection", s)
			}
			return b.String(), after, nil
		case s[i] == '\\':
			if i++; i == len(s) {
				return "", "", syntax("a subsection does not end", s)
			}
		}
		b.WriteByte(s[i])
	}
	return "", "", syntax("a subsection does not end", s)
}

// parseVariable reads a variable from the beginning of data, with the lines its
// value goes on to; rest is what follows.
func parseVariable(data string) (key, value string, given bool, rest string, err error) {
	line, rest, _ := strings.Cut(data, "\n")
	i := 0
	for i < len(line) && isKeyByte(line[i], '-') {
		i++
	}
	key = strings.ToLower(line[:i])
	text, given := strings.CutPrefix(strings.TrimLeft(line[i:], configSpace), "=")
	if key == "" || !given && text != "" && text[0] != ';' && text[0] != '#' {
		return "", "", false, "", syntax("no variable", line)
	}
	if !given {
		return key, "", false, rest, nil
	}
	value, rest, err = parseValue(strings.TrimLeft(text, configSpace), rest)
	return key, value, true, rest, err
}

// parseValue reads a value that begins with text and, if a backslash ends the
// line, goes on in rest. Lines with nothing but a comment are passed over there.
func parseValue(text, rest string) (value, after string, err error) {
	var b strings.Builder
	quoted := false
	text, quoted = stripComment(text, quoted)
	goesOn, err := unescape(&b, text)
	for err == nil && goesOn && rest != "" {
		text, rest, _ = strings.Cut(rest, "\n")
		if text, quoted = stripComment(text, quoted); text != "" {
			goesOn, err = unescape(&b, text)
		}
	}
	return b.String(), rest, err
}

// stripComment drops a comment and the white space at the end of a line. quoted
// says whether the line begins within quotes, and is returned for its end.
func stripComment(line string, quoted bool) (string, bool) {
	escapes := 0
	for i := range len(line) {
		switch c := line[i]; {
		case c == '"' && (i == 0 || line[i-1] != '\\'):
			quoted = !quoted
		case (c == ';' || c == '#') && !quoted && escapes%2 == 0:
			return strings.TrimRight(line[:i], configSpace), quoted
		}
		if line[i] == '\\' {
			escapes++
		} else {
			escapes = 0
		}
	}
	return strings.TrimRight(line, configSpace), quoted
}

// unescape appends a line of a value, and reports whether the value goes on in
// the next.
func unescape(b *strings.Builder, line string) (goesOn bool, err error) {
	for i := 0; i < len(line); i++ {
		switch c := line[i]; c {
		case '"':
		case '\\':
			if i++; i == len(line) {
				return true, nil
			}
			at := strings.IndexByte(`ntb"\`, line[i])
			if at < 0 {
				return false, syntax("no escape", line[i-1:])
			}
			b.WriteByte("\n\t\b\"\\"[at])
		default:
			b.WriteByte(c)
		}
	}
	return false, nil
}
