package ui

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
)

// Whatever shows as nothing, or is not assigned to anything, is escaped; what people
// write is not.
func TestUnsafeRune(t *testing.T) {
	for _, r := range "\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180d\u180e\u180f\u2000\u200b\u200d\u2028\u2029\u202e\u202f\u205f\u2060\u2065\u2066" +
		"\u2800\u3000\u3164\ufe00\ufe0f\ufeff\uffa0\ufff0\ufff9\ufffb\ufffd\ufffe\U0001D159\U0001D173\U00013430\U00013441\U00016FE4\U000E0001\U000E0020\U000E0100\U000E01EF\U000F0000" +
		"\ue000\u0378\x00\x1b\x7f\u009b\t\r" {
		if !unsafeRune(r) {
			t.Errorf("%U is shown as it is", r)
		}
	}
	for _, r := range "aZ09 ~-\néß世界あ한א؟ẽ€→█😀" {
		if unsafeRune(r) {
			t.Errorf("%U %q is escaped", r, r)
		}
	}
	for r := range rune(unicode.MaxRune) {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector, unicode.Noncharacter_Code_Point) &&
			r != '\n' && !unsafeRune(r) {
			t.Fatalf("%U is shown as it is", r)
		}
	}
}

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"plain":          "plain",
		"a\u3164b":       `a\u3164b`,
		"a\U000E0100b":   `a\U000e0100b`,
		"a\xffb":         `a\xffb`,
		"a\x1bb\nc":      "a\\x1bb\nc",
		"soft\u00adness": `soft\u00adness`,
	} {
		if got := escape(in); got != want {
			t.Errorf("escape(%q) = %q, want %q", in, got, want)
		}
	}
}

// Every text of a result is redacted, wherever it is, but for a configuration; the result
// itself stays as it is.
func TestRedacted(t *testing.T) {
	type inner struct {
		URL  string
		Size int64
	}
	const secret = "https://u:hunter2@h/x?token=hunter2"
	text := secret
	v := struct {
		A      string
		B      []inner
		C      map[string]string
		D      *string
		E      any
		F      []string
		Config TOML
	}{secret, []inner{{secret, 5}}, map[string]string{secret: secret}, &text, inner{secret, 1}, nil, secret}
	var stdout strings.Builder
	o := &Printer{stdout: &stdout}
	if err := o.writeJSON(v); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(stdout.String(), "hunter2"); n != 2 || !strings.Contains(stdout.String(), `"Config": "`+secret+`"`) {
		t.Errorf("the secret is there %d times, want 2 in the configuration:\n%s", n, stdout.String())
	}
	if !strings.Contains(stdout.String(), `"F": null`) || v.B[0].URL != secret || text != secret {
		t.Errorf("the result was changed: %v", v)
	}
}

type fullWriter struct{}

func (fullWriter) Write([]byte) (int, error) { return 0, fmt.Errorf("no space left on device") }

// What was done is told when its result cannot be printed.
func TestPrinter_full(t *testing.T) {
	for done, want := range map[string]string{
		"":                          "the result could not be printed: no space left on device",
		"the vendor folder is made": "the vendor folder is made, but the result could not be printed: no space left on device",
	} {
		o := &Printer{stdout: fullWriter{}, achieved: done}
		for _, err := range []error{o.writeJSON("x"), o.writeTOML("x"), (&table{out: o, rows: [][]string{{"x"}}, bars: []int64{-1}}).print()} {
			if err == nil || err.Error() != want {
				t.Errorf("error is %v, want %q", err, want)
			}
		}
	}
}
