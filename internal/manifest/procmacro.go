package manifest

import "strings"

// MayBeProcMacro reports whether a manifest could say that its library is a procedural
// macro. Most do not speak of any, which is seen much faster than what they say.
func MayBeProcMacro(text string) bool {
	for _, escape := range []string{`\u`, `\U`, `\x`} { // any letter may be written so
		if strings.Contains(text, escape) {
			return true
		}
	}
	return hasWord(text, "proc-macro") || hasWord(text, "proc_macro")
}

// hasWord reports whether word is in a text, and not only as the beginning of another, as
// in proc-macro2.
func hasWord(text, word string) bool {
	for {
		_, rest, found := strings.Cut(text, word)
		if !found {
			return false
		}
		if rest == "" || !strings.ContainsAny(rest[:1], "-_0123456789abcdefghijklmnopqrstuvwxyz") {
			return true
		}
		text = rest
	}
}
