package tomltext

import (
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

func TestKey(t *testing.T) {
	for in, want := range map[string]string{
		"":               `""`,
		"crates-io":      "crates-io",
		"A_9":            "A_9",
		"a.b":            `"a.b"`,
		"git+file:///a":  `"git+file:///a"`,
		"é":              `"é"`,
		`say "x"`:        `'say "x"'`,
		`back\slash`:     `'back\slash'`,
		`both ' and "`:   `"both ' and \""`,
		"line\nbreak":    `"line\nbreak"`,
		"tab\tkey":       `"tab\tkey"`,
		"tab\t\"key":     "'tab\t\"key'",
		"bell\a":         `"bell\u0007"`,
		"delete\x7f":     `"delete\u007F"`,
		"not utf-8 \xff": "\"not utf-8 \uFFFD\"",
	} {
		if got := Key(in); got != want {
			t.Errorf("Key(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestString(t *testing.T) {
	for in, want := range map[string]string{
		"":                 `""`,
		"vendor":           `"vendor"`,
		"it's":             `"it's"`,
		"é 世":              `"é 世"`,
		`q"u`:              `'q"u'`,
		`back\slash`:       `'back\slash'`,
		"tab\tonly":        `"tab\tonly"`,
		"tab\t\"":          "'tab\t\"'",
		`both ' and "`:     `"""both ' and """"`,
		`both ' and ""`:    `"""both ' and """""`,
		`three ' """`:      `'''three ' """'''`,
		`three ''' """`:    `"three ''' \"\"\""`,
		`both ' " \`:       `'''both ' " \'''`,
		"a\nb":             "\"\"\"\na\nb\"\"\"",
		"a\nb\\":           "'''\na\nb\\'''",
		"a\n''' \\":        "\"\"\"\na\n''' \\\\\"\"\"",
		"a\n''' \"\"\"\\":  "\"\"\"\na\n''' \"\"\\\"\\\\\"\"\"",
		"return\r":         `"return\r"`,
		"nul\x00 \b\f\x7f": `"nul\u0000 \b\f\u007F"`,
		"tab\t' \"":        "\"\"\"tab\\t' \"\"\"\"",
	} {
		if got := String(in); got != want {
			t.Errorf("String(%q) = %s, want %s", in, got, want)
		}
	}
}

// FuzzRoundTrip: whatever the text, a TOML reader gets it back, and keys and the
// escaped forms stay on one line.
func FuzzRoundTrip(f *testing.F) {
	for _, s := range []string{"", "a", `"`, `'"`, "\"\"\"'", "'''\"\"\"\n", "\t'\"", "\\\n'", "\r\n", "\x7f", "é\xff", "\n", "\n\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want := strings.ToValidUTF8(s, "\uFFFD")
		var doc map[string]string
		if _, err := toml.Decode(Key(s)+" = "+String(s)+"\n", &doc); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if got, ok := doc[want]; !ok || got != want {
			t.Errorf("%q came back as %q", want, doc)
		}
		if strings.Contains(Key(s), "\n") {
			t.Errorf("Key(%q) breaks the line", s)
		}
	})
}
