package visible

import (
	"testing"
	"unicode"
)

// Whatever shows as nothing, or is not assigned to anything, is escaped; what people
// write is not.
func TestIsUnsafe(t *testing.T) {
	for _, r := range "\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180d\u180e\u180f\u2000\u200b\u200d\u2028\u2029\u202e\u202f\u205f\u2060\u2065\u2066" +
		"\u2800\u3000\u3164\ufe00\ufe0f\ufeff\uffa0\ufff0\ufff9\ufffb\ufffd\ufffe\U0001D159\U0001D173\U00013430\U00013441\U00016FE4\U000E0001\U000E0020\U000E0100\U000E01EF\U000F0000" +
		"\ue000\u0378\x00\x1b\x7f\u009b\t\r" {
		if !isUnsafe(r) {
			t.Errorf("%U is shown as it is", r)
		}
	}
	for _, r := range "aZ09 ~-\néß世界あ한א؟ẽ€→█😀" {
		if isUnsafe(r) {
			t.Errorf("%U %q is escaped", r, r)
		}
	}
	for r := range rune(unicode.MaxRune) {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector, unicode.Noncharacter_Code_Point) &&
			r != '\n' && !isUnsafe(r) {
			t.Fatalf("%U is shown as it is", r)
		}
	}
}

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"plain":          "plain",
		"a\u3164b":       `a\u3164b`,
		"a\U000E0100b":   `a\U000e0100b`,
		"a\xffb":         `a\xffb`,
		"a\x1bb\nc":      "a\\x1bb\nc",
		"soft\u00adness": `soft\u00adness`,
	} {
		if got := Text(in); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
}
